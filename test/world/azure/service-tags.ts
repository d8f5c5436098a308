/**
 * The address ranges that Azure publishes, made up in the size and shape of a recorded answer: 895 values, 1.9 MB,
 * `AzureArcInfrastructure` with 223 prefixes. Which addresses they are is made up.
 */
export interface ServiceTagValue {
  name: string;
  changeNumber: string;
  addressPrefixes: string[];
}

/** Tags of whole services that tests ask for, with how many ranges they have; the others are regional and made by number. */
const services: Readonly<Record<string, [v4: number, v6: number]>> = {
  AzureActiveDirectory: [30, 8],
  AzureResourceManager: [260, 70],
  AzureTrafficManager: [110, 1],
  AzureArcInfrastructure: [150, 73],
  Storage: [1_350, 240],
  'AzureFrontDoor.Frontend': [180, 60],
  AzureCloud: [7_800, 1_200],
};
const count = 895;

export class ServiceTags {
  changeNumber = 63;
  cloud = 'Public';
  /** Instead of what is made up. By name; undefined takes a tag away. */
  readonly changed = new Map<string, ServiceTagValue | undefined>();
  /** How often it was asked for. */
  asked = 0;

  /** Another week: this tag has other ranges, and the number moves. */
  move(name: string, addressPrefixes: string[]): void {
    this.changeNumber += 1;
    this.changed.set(name, { name, changeNumber: String(this.changeNumber), addressPrefixes });
  }

  body(subscription: string): string {
    this.asked += 1;
    const cloud = this.cloud.toLowerCase();
    return JSON.stringify({
      name: this.cloud,
      id: `/subscriptions/${subscription}/providers/Microsoft.Network/serviceTags/${cloud}`,
      type: 'Microsoft.Network/serviceTags',
      changeNumber: String(this.changeNumber),
      cloud: this.cloud,
      values: this.#values().map(({ name, changeNumber, addressPrefixes }) => ({
        name,
        id: name,
        properties: {
          changeNumber,
          region: name.split('.')[1]?.toLowerCase() ?? '',
          state: 'GA',
          networkFeatures: ['API', 'NSG', 'UDR', 'FW'],
          systemService: name.split('.')[0],
          addressPrefixes,
        },
      })),
    });
  }

  #values(): ServiceTagValue[] {
    const made = madeUp().filter(({ name }) => !this.changed.has(name));
    return [...made, ...[...this.changed.values()].filter((value) => value !== undefined)];
  }
}

let known: ServiceTagValue[] | undefined;

function madeUp(): ServiceTagValue[] {
  known ??= [
    ...Object.entries(services).map(([name, [v4, v6]], index) => tag(name, index, v4, v6)),
    ...Array.from({ length: count - Object.keys(services).length }, (_, index) =>
      tag(`Service${Math.floor(index / 60)}.Region${index % 60}`, index + 100, 84, 16),
    ),
  ];
  return known;
}

function tag(name: string, index: number, v4: number, v6: number): ServiceTagValue {
  const one = (n: number): string => `20.${index % 256}.${Math.floor(n / 32) % 256}.${(n % 32) * 8}/29`;
  const six = (n: number): string => `2603:${(0x1000 + index).toString(16)}:${n.toString(16)}::/48`;
  return {
    name,
    changeNumber: String(1 + (index % 40)),
    addressPrefixes: [
      ...Array.from({ length: v4 }, (_, n) => one(n)),
      ...Array.from({ length: v6 }, (_, n) => six(n)),
    ],
  };
}

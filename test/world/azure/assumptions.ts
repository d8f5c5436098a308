import type { AzureWorld } from './world.ts';

/** What the simulated Azure does although neither recording nor document says so. */
export interface Assumption {
  rule: string;
  /** What somebody would see whose Azure does the opposite. */
  ifWrong: string;
  /** Makes a world do the opposite; absent where no switch does. */
  opposite?: (world: AzureWorld) => void;
  /** Where the opposite is tried beside assumptions.test.ts, which lives a whole life under each `opposite`. */
  triedBy?: string;
}

const endpoints = 'Microsoft.Network/privateEndpoints';
const links = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';

export const assumptions: readonly Assumption[] = [
  {
    rule: 'An endpoint names no addresses while it has a zone group (documented for Terraform alone).',
    ifWrong: 'Addresses are read from the endpoint as well as from its zone group; the status is the same.',
    opposite: (world) => (world.quirks.emptyDnsConfigs = false),
  },
  {
    rule: 'Operations can be followed to their end.',
    ifWrong: 'The operator goes by what the resource itself shows, at the next look.',
    opposite(world) {
      for (const type of [endpoints, links]) world.operations.silenceNext({ type, fate: 'lost' });
    },
  },
  {
    rule: 'The address of an operation lives as long as the operation.',
    ifWrong: 'As when it cannot be followed.',
    opposite(world) {
      for (const type of [endpoints, links]) world.operations.silenceNext({ type, fate: 'expired' });
    },
  },
  {
    rule: 'Operations succeed that were accepted, and the codes of those that fail.',
    ifWrong: 'The code and message of Azure are shown, and the write is repeated after a pause.',
    opposite(world) {
      for (const type of [endpoints, links])
        world.operations.failNext({ type, method: 'PUT', code: 'Unheard', message: 'Nobody knows.' });
    },
  },
  {
    rule: 'Operations may be cancelled, and then leave what a failure leaves.',
    ifWrong: 'As when they fail.',
    opposite(world) {
      const canceled = { code: 'Canceled', message: 'Somebody did.', state: 'Canceled' } as const;
      for (const type of [endpoints, links]) world.operations.failNext({ type, method: 'PUT', ...canceled });
    },
  },
  {
    rule: 'A deletion that was accepted succeeds; one that fails leaves the resource Failed.',
    ifWrong: 'It is asked for again, and nothing below it or above it is deleted meanwhile.',
    opposite(world) {
      for (const type of [endpoints, links])
        world.operations.failNext({ type, method: 'DELETE', code: 'Unheard', message: 'Nobody knows.' });
    },
  },
  {
    rule: 'Retry-After of a refusal is a number of seconds.',
    ifWrong: 'A date is waited for, by the clock of Azure.',
    opposite: (world) => (world.quirks.datedRetryAfter = true),
  },
  {
    rule: 'All clocks agree.',
    ifWrong: 'Times of Azure are read by its own `Date`; nothing else depends on them.',
    opposite: (world) => (world.quirks.clockAheadMs = -900_000),
  },
  {
    rule: 'Asking after an operation needs the right to read it.',
    ifWrong: 'The role has an action that it does not need.',
  },
  {
    rule: 'Listings and `requiredZoneNames` are whole.',
    ifWrong: 'What is missing from a listing is asked for by itself before it counts as gone.',
    triedBy: 'src/association/absence.test.ts',
  },
  {
    rule: 'A scope with connections or servers cannot be deleted (409 `Conflict`).',
    ifWrong: 'None: the operator deletes a scope last, when its own look shows neither.',
  },
  {
    rule: 'Associating a server with a scope that does not exist, or of another region, is 400.',
    ifWrong: 'The region is compared before; another code is shown as it comes.',
  },
  {
    rule: 'An endpoint or zone group in work refuses a second write with 409 `AnotherOperationInProgress`.',
    ifWrong: 'None: it is not written while its state says that it is in work.',
  },
  {
    rule: 'A network security group in work refuses a second change of its rules with 409 `AnotherOperationInProgress`.',
    ifWrong: 'None: a group gets one change at a time.',
  },
  {
    rule: 'VPN and ExpressRoute gateways show as owners of IP configurations of their subnet, and list their connections.',
    ifWrong: '`hybridConnection` is NotFound where there is one; nothing depends on it.',
  },
  {
    rule: 'A full subnet is 400 `SubnetIsFull`.',
    ifWrong: 'The reason is named after the code that comes.',
  },
  {
    rule: 'The window of `resource-requests` is 320 in 300 seconds.',
    ifWrong:
      'The pace follows what the header and `Retry-After` say; a smaller window costs refusals at its end.',
  },
  {
    rule: 'What a GET answers, a PUT takes; read-only values in it count for nothing.',
    ifWrong: 'Changes of endpoints, links and zone groups are refused with 400, and the message is shown.',
  },
  {
    rule: 'A change of tags gives the resource a new etag.',
    ifWrong: 'None: a write by etag looks at the resource anew when it is refused.',
  },
  {
    rule: 'Private DNS drops tags beyond the fifteen that it takes.',
    ifWrong: 'A refusal is shown as it comes.',
  },
  {
    rule: 'The codes for tags that Azure refuses, and that a version that is no date is refused first.',
    ifWrong: 'Another code is shown as it comes.',
  },
  {
    rule: 'Endpoints or zones that failed are provisioned again by another PUT.',
    ifWrong: 'The object stays in trouble and says so; somebody has to delete the resource.',
  },
  {
    rule: 'How long operations take, but for the half minute of an endpoint.',
    ifWrong: 'Things take longer; `--stall-after` decides when that is said.',
  },
  {
    rule: 'The code for a name of a network interface that its group has already (the sentence is known).',
    ifWrong:
      'None where objects of the operator want it: that is found before. Else another code is shown as it comes.',
  },
];

const about = `# What is assumed of Azure

The operator is tested on a simulated Azure. Most of its rules were recorded or are documented; nobody wrote these down, so the tests assume them. Tell us when your Azure does otherwise: the second column says what you would see.

Where the third column names assumptions.test.ts, a scope and its servers live from creation to deletion under the opposite and end as they should. Where it names nothing, no test shows what the second column says; it is how the operator is meant to behave.

| assumed | if it is wrong | the opposite is tried by |
|---|---|---|
`;

/** docs/assumptions.md. */
export function assumptionsPage(): string {
  const lines = assumptions.map(({ rule, ifWrong, opposite, triedBy }) => {
    const own = opposite === undefined ? 'nothing' : 'test/world/azure/assumptions.test.ts';
    return `| ${rule} | ${ifWrong} | ${triedBy ?? own} |\n`;
  });
  return about + lines.join('');
}

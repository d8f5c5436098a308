import type { Laboratory } from '../../world/laboratory.ts';
import { approvedScopeOf, isLinked } from '../../world/reach.ts';
import { endpointId, hub, idOf, scopeId, zoneOf } from '../../world/small-seed.ts';
import { isIn, serversOf } from '../acto/server-model.ts';
import { southId, third } from './estate.ts';

/** Whether the servers of a scope can reach Azure Arc, and for how long they could not although nobody had asked for it. */

const his = 'privatelink.his.arc.azure.com';
const parts = {
  net: { id: scopeId, endpoint: endpointId, network: hub, zone: zoneOf(his) },
  south: {
    id: southId,
    endpoint: idOf('rg', 'Microsoft.Network/privateEndpoints', 'south-third'),
    network: third,
    zone: idOf('rg-third', 'Microsoft.Network/privateDnsZones', his),
  },
} as const;

type Name = keyof typeof parts;

export class Service {
  readonly #lab: Laboratory;
  /** A person took something away: until it is well again, nothing is the operator's fault. */
  readonly #disturbed = new Set<Name>();
  #cutOffSeconds = 0;

  constructor(lab: Laboratory) {
    this.#lab = lab;
  }

  disturb(name: Name): void {
    this.#disturbed.add(name);
  }

  sample(stepMs: number): void {
    for (const name of Object.keys(parts) as Name[]) {
      if (this.#serves(name)) this.#disturbed.delete(name);
      else if (!this.#disturbed.has(name)) this.#cutOffSeconds += (this.#servers(name) * stepMs) / 1000;
    }
  }

  /** Since the last time that this was asked. */
  lines(): string[] {
    const seconds = this.#cutOffSeconds;
    this.#cutOffSeconds = 0;
    return seconds === 0 ? [] : [`servers were cut off for ${seconds} server-seconds that nobody asked for`];
  }

  #servers(name: Name): number {
    return serversOf(this.#lab.world).filter((server) => isIn(server, parts[name].id)).length;
  }

  #serves(name: Name): boolean {
    const { id, endpoint, network, zone } = parts[name];
    const { resources } = this.#lab.world;
    if (resources.get(id)?.properties['publicNetworkAccess'] === 'Enabled') return true;
    const isApproved = approvedScopeOf(resources.get(endpoint)) !== undefined;
    const records = resources.below(zone, 'Microsoft.Network/privateDnsZones/A');
    return isApproved && records.length > 0 && isLinked(this.#lab.world, zone, network);
  }
}

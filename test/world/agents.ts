import type { Laboratory } from './laboratory.ts';
import type { Resource } from './azure/store.ts';
import { approvedScopeOf, isLinked } from './reach.ts';

/**
 * Whether the agents of servers would reach Azure Arc, moment by moment. All servers ask the name server of one VNet, as
 * on-premises servers do whose queries are forwarded there.
 *
 * | the name resolves to | the server is | it connects |
 * |---|---|---|
 * | the endpoint's address | in its scope, and was put there 15 minutes ago | yes, where the connection is approved |
 * | the endpoint's address | in another scope, in none, or in this one since a moment ago | no |
 * | a public address | in no scope | yes |
 * | a public address | in a scope whose public access is Enabled | yes |
 * | a public address | in a scope whose public access is Disabled | no |
 * | nothing, for the zone has no such record | anywhere | no |
 *
 * From "Use Azure Private Link to connect servers to Azure Arc": a server that resolves private addresses must be
 * associated, association takes up to 15 minutes, and `publicNetworkAccess` says whether associated servers may use public
 * endpoints. That the public endpoints go on serving a server at once when it is associated and they are allowed is assumed.
 */
export class Agents {
  readonly #lab: Laboratory;
  readonly #network: string;
  readonly #sinceMs = new Map<string, { scopeId: string; atMs: number }>();
  /** Server-seconds without a connection so far. */
  cutOffSeconds = 0;

  constructor(lab: Laboratory, network: string) {
    this.#lab = lab;
    this.#network = network;
    this.sample(0);
  }

  /** Lets time go by and adds up who is cut off. */
  async live(ms: number, stepMs = 5_000): Promise<void> {
    for (let past = 0; past < ms; past += stepMs) {
      await this.#lab.clock.advance(stepMs);
      this.sample(stepMs);
    }
  }

  /** The same until the condition holds; throws when it does not within the limit. */
  async liveUntil(condition: () => Promise<boolean>, limitMs: number): Promise<void> {
    const endMs = this.#lab.clock.now() + limitMs;
    while (!(await condition())) {
      if (this.#lab.clock.now() > endMs) throw new Error('the condition did not come to hold');
      await this.live(5_000);
    }
  }

  sample(stepMs: number): void {
    const servers = this.#lab.world.resources.ofType('Microsoft.HybridCompute/machines');
    const resolves = this.#resolves();
    for (const server of servers) if (!this.#connects(server, resolves)) this.cutOffSeconds += stepMs / 1000;
  }

  #connects(server: Resource, resolves: Resolution): boolean {
    const scopeId = String(server.properties['privateLinkScopeResourceId'] ?? '').toLowerCase();
    const known = this.#sinceMs.get(server.id);
    if (known?.scopeId !== scopeId) this.#sinceMs.set(server.id, { scopeId, atMs: this.#lab.clock.now() });
    const heldMs = this.#lab.clock.now() - (this.#sinceMs.get(server.id)?.atMs ?? 0);
    if (resolves.to === 'nothing') return false;
    if (resolves.to === 'endpoint') return resolves.scopeId === scopeId && heldMs >= acceptedAfterMs;
    if (scopeId === '') return true;
    const scope = this.#lab.portal.get(scopeId);
    return scope?.properties['publicNetworkAccess'] === 'Enabled';
  }

  /** What the VNet's name server gives for the service's names. */
  #resolves(): Resolution {
    const { resources } = this.#lab.world;
    const zones = resources
      .ofType('Microsoft.Network/privateDnsZones')
      .filter(({ name }) => name === 'privatelink.his.arc.azure.com')
      .filter(({ id }) => isLinked(this.#lab.world, id, this.#network));
    const [zone] = zones;
    if (zone === undefined) return { to: 'public' };
    const records = resources.below(zone.id, 'Microsoft.Network/privateDnsZones/A');
    if (records.length === 0) return { to: 'nothing' };
    const group = resources
      .ofType('Microsoft.Network/privateEndpoints/privateDnsZoneGroups')
      .find(({ properties }) => JSON.stringify(properties).toLowerCase().includes(zone.id.toLowerCase()));
    const endpoint = resources.get(group?.id.split('/privateDnsZoneGroups/')[0] ?? '');
    const scopeId = approvedScopeOf(endpoint);
    return scopeId === undefined ? { to: 'nothing' } : { to: 'endpoint', scopeId: scopeId.toLowerCase() };
  }
}

type Resolution = { to: 'public' } | { to: 'nothing' } | { to: 'endpoint'; scopeId: string };

const acceptedAfterMs = 15 * 60_000;

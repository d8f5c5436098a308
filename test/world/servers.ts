import { Laboratory, namespace, type LaboratoryOptions } from './laboratory.ts';
import { associationObject, scopeObject } from './objects.ts';
import { json } from './azure/http.ts';
import { plantServers, type Seed, type ServerSeed } from './azure/seed.ts';
import { serverId, smallSeed, subscription } from './small-seed.ts';
import { associations, confirmRelease, scopes, slices } from '../../src/api/resources.ts';
import type { ArcServerAssociation } from '../../src/api/types.ts';
import type { Exchange } from './azure/world.ts';

/** The laboratory as whoever looks after servers uses it: an association, its servers, and what a person does to both. */
export class ServersLab extends Laboratory {
  constructor(seed: Seed = smallSeed, options: LaboratoryOptions = {}) {
    super(seed, options);
  }

  /** The credentials, and a scope `net` that can serve servers as soon as it is there. */
  async prepare(
    scope = scopeObject({ publicNetworkAccess: 'Enabled', privateEndpoints: [] }),
  ): Promise<void> {
    await this.createSecret();
    await this.kubernetes.create(scopes, scope);
  }

  async associate(more: Record<string, unknown> = {}, name = 'servers'): Promise<void> {
    await this.kubernetes.create(associations, associationObject(more, name));
  }

  async change(spec: Record<string, unknown>, name = 'servers'): Promise<void> {
    await this.kubernetes.patch(associations, { namespace, name }, { spec });
  }

  /** From now on it selects these servers by name. */
  async select(names: readonly string[], name = 'servers'): Promise<void> {
    await this.change({ machines: { selectionMode: 'Matching', tagSelector: null, names } }, name);
  }

  async dissociate(name = 'servers'): Promise<void> {
    await this.kubernetes.delete(associations, { namespace, name });
  }

  async state(type = 'Ready', name = 'servers'): Promise<string> {
    return await this.condition(this.association(name), type);
  }

  async becomes(wanted: string, type = 'Ready', name = 'servers'): Promise<void> {
    await this.until(async () => (await this.state(type, name)) === wanted, 2 * 3_600_000);
  }

  async gone(name = 'servers'): Promise<boolean> {
    return (await this.association(name)) === undefined;
  }

  async status(name = 'servers'): Promise<NonNullable<ArcServerAssociation['status']>> {
    return (await this.association(name))?.status ?? {};
  }

  async message(type: string, name = 'servers'): Promise<string> {
    const { conditions = [] } = await this.status(name);
    return conditions.find((condition) => condition.type === type)?.message ?? '';
  }

  /** `Propagated`, `Refused MovedAway` … by server. */
  async phases(): Promise<Record<string, string>> {
    return Object.fromEntries(
      [...(await this.entries())].map(([name, { phase, reason }]) => [
        name,
        reason ? `${phase} ${reason}` : phase,
      ]),
    );
  }

  scopeOf(name: string): unknown {
    return this.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];
  }

  /** Names of the servers that were PATCHed, one a call. */
  patches(): string[] {
    return this.machineCalls('PATCH').map(({ path }) => path.split('/').pop() ?? '');
  }

  /** Pages of listings of servers. */
  listings(): number {
    return this.machineCalls('GET').filter(({ path }) => path.endsWith('/machines')).length;
  }

  /** Calls on single servers and listings of them since the beginning. */
  machineCalls(method: string): Exchange[] {
    return this.world.exchanges.filter(
      (exchange) => exchange.method === method && exchange.path.includes('/machines'),
    );
  }

  plant(name: string, more: Partial<ServerSeed> = {}): void {
    plantServers(this.world, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name,
      location: 'westeurope',
      tags: { site: 'plant' },
      ...more,
    });
  }

  /** Until `onAzure` is set anew, Azure answers no listing of servers. */
  refuseListings(): void {
    const unavailable = json(503, { error: { code: 'ServiceUnavailable', message: 'Later.' } });
    this.onAzure = ({ url }, send) => (url.pathname.endsWith('/machines') ? unavailable : send());
  }

  /** Types the command that ends the message of the condition, as a person does. */
  async confirm(type = 'Complete', name = 'servers'): Promise<string> {
    const token = new RegExp(`--overwrite ${confirmRelease}=(\\S+)$`).exec(
      await this.message(type, name),
    )?.[1];
    if (token === undefined) throw new Error(`no command to confirm in: ${await this.message(type, name)}`);
    await this.kubernetes.patch(
      associations,
      { namespace, name },
      { metadata: { annotations: { [confirmRelease]: token } } },
    );
    return token;
  }

  /** As a backup that does not have them leaves it. */
  async loseSlices(): Promise<void> {
    for (const { metadata } of (await this.kubernetes.list(slices, { namespace })).items) {
      const key = { namespace, name: metadata.name };
      await this.kubernetes.patch(slices, key, { metadata: { finalizers: [] } });
      await this.kubernetes.delete(slices, key);
    }
  }
}

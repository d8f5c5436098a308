import { requestFor } from './azure/ask.ts';
import { Laboratory, namespace, type LaboratoryOptions } from './laboratory.ts';
import { scopeObject } from './objects.ts';
import { endpointId, hub, idOf, scopeId, smallSeed, spoke, subscription, zoneOf } from './small-seed.ts';
import { scopes } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope } from '../../src/api/types.ts';
import { findCondition } from '../../src/runtime/conditions.ts';

export const key = { namespace, name: 'net' };
export const zoneNames = [
  'privatelink.dp.kubernetesconfiguration.azure.com',
  'privatelink.guestconfiguration.azure.com',
  'privatelink.his.arc.azure.com',
];
export const ownerTag = 'arc-private-link-operator';
/** The owner of everything that the object `net` of the laboratory's first cluster makes. */
export const owner = 'cluster/lab/net';

/** A laboratory around one ArcPrivateLinkScope, `net` in the small seed, as its user meets it. */
export class ScopeLab extends Laboratory {
  static async open(beside?: Laboratory, options: LaboratoryOptions = {}): Promise<ScopeLab> {
    const lab = new ScopeLab(smallSeed, beside === undefined ? options : { ...options, beside });
    await lab.createSecret();
    return lab;
  }

  async make(more: Record<string, unknown> = {}, annotations: Record<string, string> = {}): Promise<void> {
    const object = scopeObject(more);
    await this.kubernetes.create(scopes, { ...object, metadata: { ...object.metadata, annotations } });
    this.start();
  }

  async object(): Promise<ArcPrivateLinkScope | undefined> {
    return await this.scope('net');
  }

  async status(): Promise<NonNullable<ArcPrivateLinkScope['status']>> {
    return (await this.object())?.status ?? {};
  }

  async state(type = 'Ready'): Promise<string> {
    return await this.condition(this.object(), type);
  }

  async message(type = 'Ready'): Promise<string> {
    return findCondition((await this.status()).conditions, type)?.message ?? '';
  }

  async becomes(state: string, type = 'Ready', limitMs?: number): Promise<void> {
    await this.until(async () => (await this.state(type)) === state, limitMs);
  }

  async spec(change: Record<string, unknown>): Promise<void> {
    await this.kubernetes.patch(scopes, key, { spec: change });
  }

  /** Deletes the object and waits until it has gone. */
  async remove(limitMs?: number): Promise<void> {
    await this.kubernetes.delete(scopes, key);
    await this.until(async () => (await this.object()) === undefined, limitMs);
  }

  /** `PUT /subscriptions/…` of every call that changed something, in order. */
  changes(): string[] {
    return this.world
      .writes()
      .filter(({ status }) => status < 400)
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** Calls of Azure in the next so many milliseconds, by method. */
  async callsWithin(milliseconds: number): Promise<{ reads: number; writes: number }> {
    const from = this.world.exchanges.length;
    await this.clock.advance(milliseconds);
    const made = this.world.exchanges.slice(from);
    const reads = made.filter(({ method }) => method === 'GET').length;
    return { reads, writes: made.length - reads };
  }

  /** A call by somebody else, with every right. */
  async byHand(method: string, id: string, body: unknown = {}): Promise<void> {
    const answer = this.world.handle(requestFor(method, id, body));
    if (answer.status >= 400) throw new Error(`${method} ${id}: ${answer.status} ${answer.body}`);
    await this.clock.advance(60_000);
  }

  linksOf(zone: string): { name: string; network: string; tags: Record<string, string> }[] {
    return this.world.resources
      .below(zone, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks')
      .map(({ name, properties, tags = {} }) => ({
        name,
        network: (properties['virtualNetwork'] as { id: string }).id,
        tags,
      }));
  }
}

/** Another VNet like the small seed's, and a resource group for its zones; gives an endpoint in it. */
export function endpointElsewhere(lab: ScopeLab, name: string): Record<string, unknown> {
  const networkId = idOf('rg', 'Microsoft.Network/virtualNetworks', name);
  const subnet = lab.portal.need(`${spoke}/subnets/pe`);
  lab.world.resources.put({ ...structuredClone(lab.portal.need(spoke)), id: networkId, name });
  lab.world.resources.put({ ...structuredClone(subnet), id: `${networkId}/subnets/pe` });
  const group = `/subscriptions/${subscription}/resourceGroups/rg-${name}`;
  lab.world.resources.put({
    ...lab.portal.need(group.replace(`rg-${name}`, 'rg')),
    id: group,
    name: `rg-${name}`,
  });
  return { name, subnetId: `${networkId}/subnets/pe`, dns: { resourceGroup: `rg-${name}` } };
}

/** What a person built with the article of portal clicks: the same as the object `net` asks for, by other names. */
export async function buildByHand(lab: ScopeLab): Promise<void> {
  await lab.byHand('PUT', scopeId, { location: 'westeurope', tags: { made: 'by hand' }, properties: {} });
  const connection = {
    name: 'mine',
    properties: { privateLinkServiceId: scopeId, groupIds: ['hybridcompute'] },
  };
  await lab.byHand('PUT', endpointId, {
    location: 'westeurope',
    tags: { made: 'by hand' },
    properties: { subnet: { id: `${hub}/subnets/pe` }, privateLinkServiceConnections: [connection] },
  });
  for (const name of zoneNames) {
    await lab.byHand('PUT', zoneOf(name), { location: 'global', tags: { made: 'by hand' } });
    for (const [link, id] of [
      ['link-hub', hub],
      ['link-spoke', spoke],
    ] as const)
      await lab.byHand('PUT', `${zoneOf(name)}/virtualNetworkLinks/${link}`, {
        location: 'global',
        properties: { virtualNetwork: { id }, registrationEnabled: false },
      });
  }
  await lab.byHand('PUT', `${endpointId}/privateDnsZoneGroups/default`, zoneGroupTo(zoneNames));
}

/** What somebody else asks Azure for who registers an endpoint in the zones of these names. */
export function zoneGroupTo(names: readonly string[]): object {
  const privateDnsZoneConfigs = names.map((name) => ({
    name: name.replaceAll('.', '-'),
    properties: { privateDnsZoneId: zoneOf(name) },
  }));
  return { properties: { privateDnsZoneConfigs } };
}

/** The zones of a central team: linked to its own network, with tags of its own. */
export async function zonesOfHub(lab: ScopeLab): Promise<void> {
  for (const name of zoneNames) {
    await lab.byHand('PUT', zoneOf(name), { location: 'global', tags: { team: 'dns' } });
    await lab.byHand('PUT', `${zoneOf(name)}/virtualNetworkLinks/central`, {
      location: 'global',
      properties: { virtualNetwork: { id: spoke }, registrationEnabled: false },
    });
  }
}

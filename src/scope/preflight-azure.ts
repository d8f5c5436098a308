import { AzureError } from '../azure/errors.ts';
import { idKey, nameOf, parseResourceId, sameId } from '../azure/ids.ts';
import type { PrivateZone, Subnet } from '../azure/types.ts';
import { stalled } from '../base/errors.ts';
import type { Pass } from './context.ts';
import type { DesiredEndpoint } from './desired.ts';

/** What Azure already has that would clash. Look-ups that the identity may not make are told, not fatal. */

/** Recorded: an endpoint of a scope takes seven addresses. */
const addressesOfEndpoint = 7;
/** Learn, "Virtual network FAQ": Azure keeps five of every subnet. */
const reservedAddresses = 5;

export function checkAddresses(pass: Pass, endpoint: DesiredEndpoint): void {
  const subnet = subnetOf(pass, endpoint);
  if (subnet === undefined) return;
  const free = capacity(subnet.addressPrefixes) - subnet.usedAddresses;
  if (free >= addressesOfEndpoint) return;
  const message = `Subnet ${nameOf(endpoint.subnetId)} has ${Math.max(0, free)} free addresses; private endpoint ${endpoint.name} needs ${addressesOfEndpoint}. Use a larger subnet.`;
  throw stalled('SubnetFull', message);
}

/** Usable IPv4 addresses of the prefixes together; only IPv4 counts, endpoints take no other. */
export function capacity(prefixes: readonly string[]): number {
  const sizes = prefixes
    .filter((prefix) => !prefix.includes(':'))
    .map((prefix) => 2 ** (32 - Number(prefix.split('/')[1] ?? 32)));
  return sizes.reduce((sum, size) => sum + Math.max(0, size - reservedAddresses), 0);
}

function subnetOf(pass: Pass, endpoint: DesiredEndpoint): Subnet | undefined {
  return pass.networks
    .get(idKey(endpoint.networkId))
    ?.subnets.find(({ id }) => sameId(id, endpoint.subnetId));
}

/** A VNet reaches one scope at most: no other endpoint of the service may be in it. */
export async function checkOtherScopes(pass: Pass, endpoint: DesiredEndpoint): Promise<string[]> {
  const network = pass.networks.get(idKey(endpoint.networkId));
  const ids = (network?.subnets ?? []).flatMap(({ privateEndpointIds }) => privateEndpointIds);
  const notes: string[] = [];
  for (const id of ids.filter((other) => !sameId(other, endpoint.id))) {
    const found = await optional(() => pass.azure.getEndpoint(id));
    if (found === 'denied') notes.push(`Private endpoint ${nameOf(id)} in the same VNet could not be read.`);
    else if (found !== undefined)
      refuseOtherScope(
        pass,
        endpoint,
        found.connections.map(({ scopeId }) => scopeId),
      );
  }
  return notes;
}

function refuseOtherScope(pass: Pass, endpoint: DesiredEndpoint, scopeIds: readonly string[]): void {
  const scope = scopeIds.find((id) => /\/Microsoft\.HybridCompute\/privateLinkScopes\//i.test(id));
  if (scope === undefined || sameId(scope, pass.desired.scopeId)) return;
  const message = `The VNet ${nameOf(endpoint.networkId)} of private endpoint ${endpoint.name} already reaches another scope (${scope}). A VNet can reach one scope only: use another VNet, or remove that endpoint.`;
  throw stalled('VirtualNetworkInUse', message);
}

/** Zones of the service whatever the cloud: before the scope exists, Azure does not name them yet. */
const serviceZone = /^privatelink\.(his\.arc|guestconfiguration|dp\.kubernetesconfiguration)\./i;

/** A VNet can be linked to one zone of a name: no link to zones outside our sets may exist. */
export async function checkLinks(pass: Pass): Promise<string[]> {
  const wanted = pass.desired.endpoints.flatMap(({ dns }) => (dns === undefined ? [] : [dns]));
  if (wanted.length === 0) return [];
  const networks = new Set(wanted.flatMap(({ networkIds }) => networkIds.map(idKey)));
  const ours = new Set(wanted.map(({ groupId }) => idKey(groupId)));
  const ids = [...networks, ...wanted.map(({ groupId }) => `${groupId}/providers/a/b/c`)];
  const subscriptions = new Set(ids.map((id) => parseResourceId(id)?.subscriptionId.toLowerCase() ?? ''));
  const notes: string[] = [];
  for (const subscription of subscriptions) {
    const zones = await optional(async () => await pass.azure.listZones(subscription));
    if (zones === 'denied' || zones === undefined) {
      notes.push(`The private DNS zones of subscription ${subscription} could not be listed.`);
      continue;
    }
    const foreign = zones.filter(({ id, name }) => serviceZone.test(name) && !ours.has(idKey(groupOf(id))));
    for (const zone of foreign) await refuseLinked(pass, zone, networks);
  }
  return notes;
}

async function refuseLinked(pass: Pass, zone: PrivateZone, networks: ReadonlySet<string>): Promise<void> {
  const links = await optional(() => pass.azure.listZoneLinks(zone.id));
  if (links === 'denied' || links === undefined) return;
  const clash = links.find(({ virtualNetworkId }) => networks.has(idKey(virtualNetworkId)));
  if (clash === undefined) return;
  const message = `The VNet ${nameOf(clash.virtualNetworkId)} is linked to another zone ${zone.name} (${zone.id}). A VNet can be linked to one zone of a name: remove that link, or leave this VNet out.`;
  throw stalled('VirtualNetworkLinked', message);
}

function groupOf(id: string): string {
  return id.slice(0, id.toLowerCase().indexOf('/providers/'));
}

async function optional<T>(look: () => Promise<T>): Promise<T | 'denied'> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AzureError && [403, 404, 405].includes(error.status)) return 'denied';
    throw error;
  }
}

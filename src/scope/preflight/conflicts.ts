import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { fault, type Reason } from '../../api/reasons.ts';
import { idKey, nameOf, sameId } from '../../azure/ids.ts';
import type { Fault } from '../../base/errors.ts';
import { isOurs } from '../../domain/ownership.ts';
import { calledIn } from '../../domain/references.ts';
import { endpointsOf, linkId, type DesiredDns, type DesiredEndpoint } from '../desired.ts';
import { idsOf, inventoryOf, type Inventory } from '../inventory.ts';
import { groupOf, zoneGroupId } from '../keys.ts';
import { once } from '../../base/once.ts';
import { endpointSeen, zoneSeen, type Seen } from '../seen.ts';
import { listed } from '../verdicts.ts';
import { zonesOf } from '../wanted.ts';
import { groupFor } from '../zone-groups.ts';
import { linkTo } from '../zone-state.ts';

/** VNets, zone sets and names that two endpoints want, of one object or of two. Pure. */

interface Use {
  /** What is used, as a key that is equal exactly when it is the same. */
  key: string;
  what: string;
  reason: Extract<Reason, 'VirtualNetworkInUse' | 'ZoneSetInUse' | 'ManagementConflict'>;
}

/** Everything that an endpoint claims for itself alone. */
function usesOf(endpoint: DesiredEndpoint): Use[] {
  const { networkId, dns } = endpoint;
  const networks = new Set([networkId, ...(dns?.networkIds ?? [])].map(idKey));
  const zoneSet = dns === undefined ? [] : [zoneSetUse(dns.groupId)];
  return [...namesFor(endpoint), ...[...networks].map(networkUse), ...zoneSet];
}

/** What Azure has once in a resource group: the endpoint, and the network interface if it has a name of the spec's. */
function namesFor({ id, customNetworkInterfaceName: nic }: DesiredEndpoint): Use[] {
  const reason = 'ManagementConflict';
  const name: Use = { key: idKey(id), what: `The Azure name ${nameOf(id)}`, reason };
  if (nic === undefined) return [name];
  const what = `The network interface name ${nic} in ${nameOf(groupOf(id))}`;
  return [name, { key: `${idKey(groupOf(id))} interface ${idKey(nic)}`, what, reason }];
}

function networkUse(key: string): Use {
  return { key, what: `The VNet ${nameOf(key)}`, reason: 'VirtualNetworkInUse' };
}

function zoneSetUse(groupId: string): Use {
  return {
    key: `zones ${idKey(groupId)}`,
    what: `The DNS zones in ${nameOf(groupId)}`,
    reason: 'ZoneSetInUse',
  };
}

/** What of an endpoint's uses is still to be made in Azure; what is there already is not put into question. */
function openUses(seen: Seen, endpoint: DesiredEndpoint): Use[] {
  const { dns } = endpoint;
  const known = endpointSeen(seen, endpoint.id)?.known;
  const own = known?.is === 'there' ? [] : claimedByBeing(endpoint);
  if (dns === undefined) return usesOf(endpoint).filter(({ key }) => own.includes(key));
  const zones = zonesOf(seen, endpoint);
  const isMade = dns.existing
    ? groupFor(seen, endpoint) !== undefined
    : zones.some(({ id }) => zoneSeen(seen, id)?.known.is === 'there');
  const unlinked = dns.networkIds.filter((networkId) =>
    zones.some(({ id }) => linkTo(seen, id, networkId) === undefined),
  );
  const open = new Set([...own, ...unlinked.map(idKey), ...(isMade ? [] : [zoneSetUse(dns.groupId).key])]);
  return usesOf(endpoint).filter(({ key }) => open.has(key));
}

/** The keys of what an endpoint has as soon as it is there, names or not. */
function claimedByBeing(endpoint: DesiredEndpoint): string[] {
  return [...namesFor(endpoint).map(({ key }) => key), idKey(endpoint.networkId)];
}

/** Two endpoints of one object that cannot be together; most of it is refused by the API server already. */
export function conflictWithin(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const claimants = claimantsOf(seen);
  for (const use of openUses(seen, endpoint)) {
    const names = claimants.get(use.key) ?? [];
    if (names.length < 2) continue;
    const message = `${use.what} is used by more than one private endpoint of this object (${listed(names)}). A VNet and a set of zones belong to one endpoint each.`;
    return fault(use.reason, message);
  }
  return undefined;
}

/** The names of the endpoints that claim something, by what they claim. */
const claimantsOf = once(({ desired }: Seen): ReadonlyMap<string, readonly string[]> => {
  const claims = desired.endpoints.flatMap((endpoint) =>
    usesOf(endpoint).map(({ key }) => ({ key, name: endpoint.name })),
  );
  const byKey = Map.groupBy(claims, ({ key }) => key);
  return new Map([...byKey].map(([key, all]) => [key, all.map(({ name }) => name).sort()]));
});

/** Something that another object of this cluster has in Azure already. */
export function conflictWithOthers(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const open = openUses(seen, endpoint);
  for (const [other, proven] of provenByOthers(seen)) {
    const clash = open.find(({ key }) => proven.has(key));
    if (clash === undefined) continue;
    const message = `${clash.what}, which private endpoint ${endpoint.name} asks for, is used by ${calledIn(seen.object.metadata.namespace, other.metadata)} already. Use another, or remove it there.`;
    return fault(clash.reason, message);
  }
  return undefined;
}

/** Another object of this cluster has the scope itself. */
export function scopeConflict(seen: Seen): Fault | undefined {
  const { scopeId, owner } = seen.desired;
  const mine = seen.scope.is === 'there' && isOurs(seen.scope.value.tags, owner);
  if (mine) return undefined;
  const other = seen.preflight.others.find(({ status }) => {
    const listed = inventoryOf(status?.inventory);
    return status?.privateLinkScopeId !== undefined && listed.has(idKey(scopeId));
  });
  if (other === undefined) return undefined;
  const message = `The scope ${scopeId} is managed by ${calledIn(seen.object.metadata.namespace, other.metadata)} already. Remove one of the two.`;
  return fault('ManagementConflict', message);
}

const provenByOthers = once((seen: Seen) =>
  seen.preflight.others.map((other) => [other, provenUses(other)] as const),
);

/**
 * What another object has in Azure, as its status shows it: seen there, and written down as its own. What an object only
 * asks for keeps nobody from it.
 */
const provenUses = once((other: ArcPrivateLinkScope): ReadonlySet<string> => {
  const inventory = inventoryOf(other.status?.inventory);
  return new Set(endpointsOf(other).flatMap((endpoint) => provenOf(other, inventory, endpoint)));
});

function provenOf(
  { status }: ArcPrivateLinkScope,
  inventory: Inventory,
  endpoint: DesiredEndpoint,
): string[] {
  const shown = status?.endpoints?.find(({ name }) => name === endpoint.name);
  const isMade = shown?.id !== undefined && inventory.has(idKey(endpoint.id));
  const own = isMade ? claimedByBeing(endpoint) : [];
  const { dns } = endpoint;
  if (dns === undefined) return own;
  if (dns.existing) return [...own, ...usedZones(inventory, endpoint.id, dns)];
  if (!sameId(shown?.zoneResourceGroupId, dns.groupId)) return own;
  const zones = idsOf(inventory, 'zone').filter((zone) => sameId(groupOf(zone), dns.groupId));
  const linked = dns.networkIds.filter((networkId) =>
    zones.some((zone) => inventory.has(idKey(linkId(zone, networkId)))),
  );
  return [...own, ...linked.map(idKey), ...(zones.length > 0 ? [zoneSetUse(dns.groupId).key] : [])];
}

/** Zones that exist are used by whoever has a zone group that leads to them. */
function usedZones(inventory: Inventory, endpointId: string, { groupId }: DesiredDns): string[] {
  return inventory.has(idKey(zoneGroupId(endpointId))) ? [zoneSetUse(groupId).key] : [];
}

import type { ArcPrivateLinkScopeStatus, DnsRecord, EndpointStatus } from '../api/types.ts';
import { idKey, nameOf } from '../azure/ids.ts';
import type { PrivateEndpoint, ZoneGroup } from '../azure/types.ts';
import { isOurs } from '../domain/ownership.ts';
import { valueOf } from '../engine/picture.ts';
import type { DesiredEndpoint } from './desired.ts';
import { readyCount } from './endpoint-state.ts';
import { externalGroup, externalRecords, groupOfOthers } from './external.ts';
import { storedItems } from './inventory.ts';
import { inventoryAfter } from './inventory-update.ts';
import { publicName } from './public-name.ts';
import { networkStatus } from './status-networks.ts';
import { endpointSeen, isGone, zoneSeen, type Seen } from './seen.ts';
import { zonesOf } from './wanted.ts';
import { groupFor, recordsState } from './zone-groups.ts';

/** The status as the picture makes it: what is known stays until something newer is seen. Pure. */
export function statusOf(seen: Seen): ArcPrivateLinkScopeStatus {
  const before = seen.object.status ?? {};
  const kept = Object.entries(before).filter(([name]) => !toldAnew.has(name));
  const inventory = storedItems(inventoryAfter(seen));
  return {
    ...(Object.fromEntries(kept) as ArcPrivateLinkScopeStatus),
    // Written down before the first call of Azure: from then on deletion looks there.
    ...(inventory.length === 0 ? {} : { resourceId: before.resourceId ?? seen.desired.scopeId }),
    ...scopeFields(seen, before),
    endpointsReady: (seen.deleting ? before.endpointsReady : undefined) ?? readyText(seen),
    endpoints: endpointStatuses(seen),
    ...networkStatus(seen, before),
    ...verificationStatus(seen),
    ...(inventory.length === 0 && before.inventory === undefined ? {} : { inventory }),
  };
}

/** What is not there unless the picture has it. */
const toldAnew: ReadonlySet<string> = new Set([
  'servers',
  'publicNetworkAccess',
  'privateLinkScopeId',
  'networkSecurityGroups',
  'networks',
  'dnsVerification',
  'heldBack',
] satisfies (keyof ArcPrivateLinkScopeStatus)[]);

/** As it was found; nothing of a resolver that is no longer asked for. */
function verificationStatus({
  verification,
  deleting,
}: Seen): Pick<ArcPrivateLinkScopeStatus, 'dnsVerification'> {
  return deleting || verification.found.length === 0 ? {} : { dnsVerification: [...verification.found] };
}

function readyText(seen: Seen): string {
  const { ready, total } = readyCount(seen);
  return `${ready}/${total}`;
}

type ScopeFields = Pick<
  ArcPrivateLinkScopeStatus,
  'resourceId' | 'privateLinkScopeId' | 'publicNetworkAccess' | 'servers'
>;

/** Nothing of a scope that is gone; what was seen last of one that cannot be read. */
function scopeFields(seen: Seen, before: ArcPrivateLinkScopeStatus): ScopeFields {
  if (isGone(seen.scope)) return {};
  const scope = valueOf(seen.scope);
  const servers = seen.servers.count ?? before.servers;
  const counted = servers === undefined ? {} : { servers };
  if (scope === undefined) return { ...lastSeen(before), ...counted };
  const mine = isOurs(scope.tags, seen.desired.owner);
  return {
    ...counted,
    publicNetworkAccess: scope.publicNetworkAccess,
    ...(mine || seen.observing ? { resourceId: scope.id } : {}),
    ...(mine ? { privateLinkScopeId: scope.privateLinkScopeId } : {}),
  };
}

function lastSeen({ publicNetworkAccess, privateLinkScopeId }: ArcPrivateLinkScopeStatus): ScopeFields {
  return {
    ...(publicNetworkAccess === undefined ? {} : { publicNetworkAccess }),
    ...(privateLinkScopeId === undefined ? {} : { privateLinkScopeId }),
  };
}

/** What was seen of each endpoint, and those that are still to be removed. */
function endpointStatuses(seen: Seen): EndpointStatus[] {
  const before = seen.object.status?.endpoints ?? [];
  const wanted = seen.desired.endpoints.map((endpoint) => endpointStatus(seen, endpoint));
  const names = new Set(wanted.map(({ name }) => name));
  // One that goes on under another name of the object's is no leaving one.
  const ids = new Set(seen.desired.endpoints.map(({ id }) => idKey(id)));
  const leaving = before.filter(
    ({ name, id }) => !names.has(name) && id !== undefined && !ids.has(idKey(id)) && isStillThere(seen, id),
  );
  return [...wanted, ...leaving];
}

function isStillThere(seen: Seen, id: string): boolean {
  const known = endpointSeen(seen, id)?.known;
  return known !== undefined && !isGone(known);
}

/** The records of an endpoint as its status tells them. */
export function endpointRecords(seen: Seen, endpoint: DesiredEndpoint): readonly DnsRecord[] {
  return endpointStatus(seen, endpoint).records ?? [];
}

function endpointStatus(seen: Seen, endpoint: DesiredEndpoint): EndpointStatus {
  const before = seen.object.status?.endpoints?.find(({ name }) => name === endpoint.name);
  const observed = valueOf(endpointSeen(seen, endpoint.id)?.known);
  if (observed === undefined || !isOurs(observed.tags, seen.desired.owner))
    return before ?? { name: endpoint.name };
  const [connection] = observed.connections;
  const [nic] = observed.networkInterfaceIds;
  const zones = zoneSet(seen, endpoint);
  return {
    name: endpoint.name,
    id: observed.id,
    location: observed.location,
    provisioningState: observed.provisioningState,
    ...(connection === undefined ? {} : { connectionState: connection.status }),
    ...(nic === undefined ? {} : { networkInterfaceId: nic }),
    ...(zones === undefined ? {} : { zoneResourceGroupId: zones }),
    records: recordsOf(seen, endpoint, observed, before),
  };
}

/** The resource group of the endpoint's zones, as soon as one of them is there and ours. */
function zoneSet(seen: Seen, endpoint: DesiredEndpoint): string | undefined {
  const isMade = zonesOf(seen, endpoint).some(({ id }) => {
    const zone = valueOf(zoneSeen(seen, id)?.known);
    return zone !== undefined && isOurs(zone.tags, seen.desired.owner);
  });
  return isMade ? endpoint.dns?.groupId : undefined;
}

function recordsOf(
  seen: Seen,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
  before: EndpointStatus | undefined,
): DnsRecord[] {
  if (endpoint.dns === undefined) return recordsOfOthers(seen, endpoint, observed, before);
  const group = groupFor(seen, endpoint);
  if (group === undefined) return ownRecords(seen, observed);
  const state = recordsState(seen, endpoint, group);
  if (state === 'inPlace') return groupRecords(seen, endpoint, group);
  // While they are written again, those that were written last stay listed.
  return before?.records ?? [];
}

/** Where no names are made here: of the group that others have made, or as the endpoint names them itself. */
function recordsOfOthers(
  seen: Seen,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
  before: EndpointStatus | undefined,
): DnsRecord[] {
  const own = ownRecords(seen, observed);
  if (endpoint.external) {
    const found = externalGroup(seen, endpoint);
    if (found.is === 'there') return externalRecords(found.group);
    return own.length > 0 ? own : (before?.records ?? []);
  }
  const theirs = own.length > 0 ? undefined : groupOfOthers(seen, endpoint);
  return theirs === undefined ? own : externalRecords(theirs);
}

/** From the zone group; where that names none, the records in the zones. */
function groupRecords(seen: Seen, endpoint: DesiredEndpoint, { zones }: ZoneGroup): DnsRecord[] {
  const told = zones.filter(({ zoneId }) =>
    zonesOf(seen, endpoint).some(({ name }) => nameOf(zoneId).toLowerCase() === name),
  );
  const isEmpty = told.every(({ records }) => records.length === 0);
  return told.flatMap(({ zoneId, records }) => {
    const listed = isEmpty ? (valueOf(zoneSeen(seen, zoneId)?.records) ?? []) : records;
    return listed.map(({ name, fqdn, addresses }) => ({
      zone: nameOf(zoneId).toLowerCase(),
      name,
      fqdn: publicName(fqdn),
      addresses,
    }));
  });
}

/** From the endpoint's own names: those are to be made elsewhere. */
function ownRecords({ zoneNames }: Seen, { dnsConfigs }: PrivateEndpoint): DnsRecord[] {
  return dnsConfigs.flatMap(({ fqdn: told, addresses }) => {
    const fqdn = told.toLowerCase();
    const zone = zoneNames.names.find((name) => fqdn.endsWith(`.${publicName(name)}`));
    if (zone === undefined) return [];
    return [{ zone, name: fqdn.slice(0, -`.${publicName(zone)}`.length), fqdn, addresses }];
  });
}

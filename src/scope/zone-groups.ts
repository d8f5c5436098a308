import { idKey, nameOf, sameId } from '../azure/ids.ts';
import type { RecordSet, ZoneGroup } from '../azure/types.ts';
import { valueOf } from '../engine/picture.ts';
import type { Origin } from './actions.ts';
import type { DesiredEndpoint } from './desired.ts';
import { idsOf } from './inventory.ts';
import { zoneGroupId } from './keys.ts';
import { publicName } from './public-name.ts';
import { endpointSeen, zoneSeen, type Seen } from './seen.ts';
import { isWanted, zonesOf } from './wanted.ts';

/** Zone groups by what they do, and whether the records of an endpoint are where its servers look. Pure. */

/** The endpoint's group: ours, else the one that covers its zones, else any. */
export function groupFor(seen: Seen, endpoint: DesiredEndpoint): ZoneGroup | undefined {
  const groups = valueOf(endpointSeen(seen, endpoint.id)?.groups) ?? [];
  const own = groups.find(({ id }) => sameId(id, zoneGroupId(endpoint.id)));
  return own ?? groups.find((group) => covers(seen, endpoint, group)) ?? groups[0];
}

/** How the group is, or may become, ours; undefined for one that is somebody else's and stays as it is. */
export function originOf(
  { inventory, desired }: Seen,
  { id, name }: Pick<ZoneGroup, 'id' | 'name'>,
): Origin | undefined {
  const known = inventory.get(idKey(id))?.origin;
  if (known !== undefined) return known;
  if (name.toLowerCase() === nameOf(zoneGroupId(''))) return 'Created';
  return desired.owner.adopts ? 'Adopted' : undefined;
}

export function covers(seen: Seen, endpoint: DesiredEndpoint, group: ZoneGroup): boolean {
  const present = new Set(group.zones.map(({ zoneId }) => idKey(zoneId)));
  return zonesOf(seen, endpoint).every(({ id }) => present.has(idKey(id)));
}

/**
 * The wanted zones, and others' in the group. Left out is what was ours once and is wanted no more, and of a group of ours
 * what stands in the place of a wanted zone: zones of others that it led to before.
 */
export function zoneIdsToWrite(
  seen: Seen,
  endpoint: DesiredEndpoint,
  group: ZoneGroup | undefined,
): string[] {
  const wanted = zonesOf(seen, endpoint).map(({ id }) => id);
  const ours = new Set(idsOf(seen.inventory, 'zone').map(idKey));
  const isOwn = group !== undefined && originOf(seen, group) === 'Created';
  const names = new Set(wanted.map((id) => nameOf(id).toLowerCase()));
  const others = (group?.zones ?? [])
    .map(({ zoneId }) => zoneId)
    .filter((id) => !wanted.some((one) => sameId(one, id)))
    .filter((id) => !ours.has(idKey(id)) || isWanted(seen, id))
    .filter((id) => !isOwn || !names.has(nameOf(id).toLowerCase()));
  return [...wanted, ...others];
}

/**
 * Whether the records are in place. A group that is new is filled a moment later; writing it again would not make it
 * quicker.
 */
export function recordsState(
  seen: Seen,
  endpoint: DesiredEndpoint,
  group: ZoneGroup,
): 'inPlace' | 'working' | 'lacksZones' | 'lacksRecords' | 'unread' {
  if (group.provisioningState !== 'Succeeded' && group.provisioningState !== 'Failed') return 'working';
  if (!covers(seen, endpoint, group)) return 'lacksZones';
  if (group.provisioningState === 'Failed') return 'lacksRecords';
  const present = zonesOf(seen, endpoint).map(({ id }) => zoneSeen(seen, id)?.records);
  if (present.some((known) => known?.is === 'unknown')) return 'unread';
  const found = new Map(
    zonesOf(seen, endpoint).map(({ id }, index) => [idKey(id), valueOf(present[index]) ?? []]),
  );
  const isEmpty = [...found.values()].every((records) => records.length === 0);
  if (isEmpty && group.zones.every(({ records }) => records.length === 0)) return 'working';
  return areThere(seen, endpoint, group, found) ? 'inPlace' : 'lacksRecords';
}

/** Every record of the group, and every name that the endpoint still tells, stands in its zone. */
function areThere(
  seen: Seen,
  endpoint: DesiredEndpoint,
  group: ZoneGroup,
  found: ReadonlyMap<string, readonly RecordSet[]>,
): boolean {
  const names = new Set([...found.values()].flat().map(({ fqdn }) => publicName(fqdn)));
  const zoneNames = zonesOf(seen, endpoint).map(({ name }) => `.${publicName(name)}`);
  const observed = valueOf(endpointSeen(seen, endpoint.id)?.known);
  const told = (observed?.dnsConfigs ?? [])
    .map(({ fqdn }) => fqdn.toLowerCase())
    .filter((fqdn) => zoneNames.some((suffix) => fqdn.endsWith(suffix)));
  if (!told.every((fqdn) => names.has(fqdn))) return false;
  return group.zones.every(({ zoneId, records }) => {
    const present = found.get(idKey(zoneId));
    // Zones beside ours are others' to look after.
    return present === undefined || records.every((record) => isIn(present, record));
  });
}

function isIn(present: readonly RecordSet[], { name, addresses }: RecordSet): boolean {
  const found = present.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return found !== undefined && [...found.addresses].sort().join() === [...addresses].sort().join();
}

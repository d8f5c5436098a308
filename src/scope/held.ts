import { idKey } from '../azure/ids.ts';
import type { ZoneGroup } from '../azure/types.ts';
import { once } from '../base/once.ts';
import { linkId, type DesiredEndpoint } from './desired.ts';
import { idsOf } from './inventory.ts';
import { zoneGroupId } from './keys.ts';
import { zoneSeen, type Seen } from './seen.ts';
import { isWanted, wantedZones } from './wanted.ts';
import { groupFor } from './zone-groups.ts';
import { linkTo } from './zone-state.ts';

/**
 * What `dnsActivation: Hold` holds back: whatever would make names resolve to an endpoint that did not before. What
 * resolves already is left as it is. Pure.
 */
export interface Held {
  privateEndpoint: string;
  /** ARM id of what is not made, or not changed. */
  id: string;
}

/**
 * The endpoint's records stand in zones of before, which resolve: they stay there as long as the names of the new ones
 * are held back.
 */
export function holdsGroup(seen: Seen, group: ZoneGroup): boolean {
  if (!seen.desired.holds) return false;
  const made = new Set(idsOf(seen.inventory, 'zone').map(idKey));
  return group.zones.some(({ zoneId }) => made.has(idKey(zoneId)) && !isWanted(seen, zoneId));
}

/** Records in zones that exist make names resolve at once: who looks there is decided elsewhere. */
export function holdsNewGroup(seen: Seen, { dns }: DesiredEndpoint): boolean {
  return seen.desired.holds && dns?.existing === true;
}

/** Endpoints whose records do not move to their new zones now. */
export const movingGroups = once((seen: Seen): { endpoint: DesiredEndpoint; group: ZoneGroup }[] =>
  seen.deleting
    ? []
    : seen.desired.endpoints.flatMap((endpoint) => {
        const group = endpoint.dns === undefined ? undefined : groupFor(seen, endpoint);
        return group !== undefined && holdsGroup(seen, group) ? [{ endpoint, group }] : [];
      }),
);

/** All of it, links first. */
export const heldBack = once((seen: Seen): readonly Held[] => {
  if (!seen.desired.holds) return [];
  const links = wantedZones(seen)
    .filter(({ id }) => zoneSeen(seen, id)?.links.is !== 'unknown')
    .flatMap((zone) =>
      zone.dns.networkIds
        .filter((networkId) => linkTo(seen, zone.id, networkId) === undefined)
        .map((networkId) => ({ privateEndpoint: zone.endpoint.name, id: linkId(zone.id, networkId) })),
    );
  const moving = movingGroups(seen).map(({ endpoint, group }) => ({
    privateEndpoint: endpoint.name,
    id: group.id,
  }));
  const fresh = seen.desired.endpoints
    .filter((endpoint) => holdsNewGroup(seen, endpoint) && groupFor(seen, endpoint) === undefined)
    .map(({ name, id }) => ({ privateEndpoint: name, id: zoneGroupId(id) }));
  const byId = Map.groupBy([...links, ...moving, ...fresh], ({ id }) => idKey(id));
  return [...byId.values()].flatMap(([first]) => first ?? []);
});

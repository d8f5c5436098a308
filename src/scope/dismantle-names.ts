import { nameOf } from '../azure/ids.ts';
import type { ZoneGroup, ZoneLink } from '../azure/types.ts';
import { isOurs } from '../domain/ownership.ts';
import type { PlannedCall, ScopeAction } from './actions.ts';
import { deletion, none, together, underWay, type Dismantling } from './dismantle.ts';
import { groupsKey, linksKey } from './keys.ts';
import {
  blindness,
  isBusy,
  isLeaving,
  zoneSeen,
  type Seen,
  type SeenEndpoint,
  type SeenZone,
} from './seen.ts';
import { goesWithUs } from './standing.ts';
import { originOf } from './zone-groups.ts';

/** What makes names resolve, taken down: zone groups and links. Pure. */

/** The zone groups that were made below an endpoint of ours. */
export function takeDownGroups(seen: Seen, { id, known, groups }: SeenEndpoint): Dismantling {
  const unread = blindness(known) ?? blindness(groups);
  if (unread !== undefined) return { ...none, unread: [unread] };
  if (known.is !== 'there' || !isOurs(known.value.tags, seen.desired.owner)) return none;
  const all = groups.is === 'there' ? groups.value : [];
  return together(
    all.map((group) => {
      const what = `DNS zone group of private endpoint ${nameOf(id)}`;
      const calls = takeDownGroup(seen, id, group, what);
      if (calls.length === 0) return none;
      if (isBusy(groups)) return underWay(seen, group.id, what);
      if (isLeaving(group)) return { ...none, left: [what], watch: [groupsKey(id)] };
      return { ...none, left: [what], planned: calls };
    }),
  );
}

/** One that was made goes; one that was adopted stays, without the zones that were made for it. */
function takeDownGroup(seen: Seen, endpointId: string, group: ZoneGroup, what: string): PlannedCall[] {
  const keys = [groupsKey(endpointId), endpointId];
  const origin = originOf({ ...seen, ...neverAdopting(seen) }, group);
  if (origin === undefined) return [];
  if (origin === 'Created') return [deletion('deleteZoneGroup', group.id, what, keys)];
  const others = group.zones.map(({ zoneId }) => zoneId).filter((zone) => !isToBeDeleted(seen, zone));
  if (others.length === 0 || others.length === group.zones.length) return [];
  const action: ScopeAction = {
    call: 'putZoneGroup',
    verb: 'PUT',
    id: group.id,
    zoneIds: others,
    seen: group,
    origin,
  };
  return [
    { action, because: `taking our zones out of ${what}`, event: 'Removing', restsOn: keys, changes: keys },
  ];
}

function isToBeDeleted(seen: Seen, zone: string): boolean {
  const known = zoneSeen(seen, zone)?.known;
  return known?.is === 'there' && goesWithUs(seen, known.value);
}

/** What might be adopted is not ours. */
function neverAdopting({ desired }: Seen): Pick<Seen, 'desired'> {
  return { desired: { ...desired, owner: { ...desired.owner, adopts: false } } };
}

/** Links of ours in a zone, but for those that `isWanted`. `waitsFor` may hold one back. */
export function takeDownLinks(
  seen: Seen,
  { id, known, links }: SeenZone,
  isWanted: (link: ZoneLink) => boolean,
  waitsFor: (link: ZoneLink) => string | undefined = () => undefined,
): Dismantling {
  const unread = blindness(known) ?? blindness(links);
  if (unread !== undefined) return { ...none, unread: [unread] };
  const all = links.is === 'there' ? links.value : [];
  const surplus = all.filter((link) => isOurs(link.tags, seen.desired.owner) && !isWanted(link));
  return together(
    surplus.map((link) => {
      const what = `link of DNS zone ${nameOf(id)} to VNet ${nameOf(link.virtualNetworkId)}`;
      const key = linksKey(id);
      if (isBusy(links)) return underWay(seen, link.id, what);
      if (isLeaving(link)) return { ...none, left: [what], watch: [key] };
      const first = waitsFor(link);
      const call = deletion('deleteLink', link.id, what, [key]);
      return { ...none, left: [what], planned: [first === undefined ? call : { ...call, waitsFor: first }] };
    }),
  );
}

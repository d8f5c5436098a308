import { idKey } from '../azure/ids.ts';
import { once } from '../base/once.ts';
import { movingGroups } from './held.ts';
import type { Seen } from './seen.ts';
import { groupFor } from './zone-groups.ts';

/** Zones of before that stay with their links, though the spec no longer asks for them. Pure. */
export function isKept(seen: Seen, zone: string): boolean {
  return keptZones(seen).has(idKey(zone));
}

/** Records stand in them that are held back from moving, or for which others' group has not taken the place of ours. */
const keptZones = once((seen: Seen): ReadonlySet<string> => {
  if (seen.deleting) return new Set();
  const external = seen.desired.endpoints.filter((endpoint) => endpoint.external);
  const groups = [
    ...movingGroups(seen).map(({ group }) => group),
    ...external.flatMap((endpoint) => groupFor(seen, endpoint) ?? []),
  ];
  return new Set(groups.flatMap(({ zones }) => zones.map(({ zoneId }) => idKey(zoneId))));
});

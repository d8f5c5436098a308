import { idKey, nameOf } from '../azure/ids.ts';
import type { ZoneGroup } from '../azure/types.ts';
import type { EventReason } from '../api/reasons.ts';
import type { PlannedCall } from './actions.ts';
import type { DesiredEndpoint } from './desired.ts';
import { groupsKey, recordsKey, zoneGroupId } from './keys.ts';
import type { Seen } from './seen.ts';
import { zonesOf } from './wanted.ts';
import { originOf, zoneIdsToWrite } from './zone-groups.ts';

export interface GroupCall {
  /** The group that is there; a new one is made without. */
  group?: ZoneGroup;
  waitsFor: string | undefined;
  /** It covers the zones already, and its records are not all there. */
  again?: boolean;
}

/** The call that writes the records of an endpoint into its zones. Pure; concerns/records.ts says when. */
export function groupCall(
  seen: Seen,
  endpoint: DesiredEndpoint,
  { group, waitsFor, again = false }: GroupCall,
): PlannedCall {
  const { name, id } = endpoint;
  const zones = zonesOf(seen, endpoint);
  const groupName = nameOf(zones[0]?.dns.groupId ?? id);
  const event = eventOf(seen, group, again);
  return {
    action: {
      call: 'putZoneGroup',
      verb: 'PUT',
      id: group?.id ?? zoneGroupId(id),
      zoneIds: zoneIdsToWrite(seen, endpoint, group),
      ...(group === undefined ? {} : { seen: group }),
      origin: group === undefined ? 'Created' : (originOf(seen, group) ?? 'Created'),
    },
    because: again
      ? `writing the DNS records of private endpoint ${name} again`
      : `writing the DNS records of private endpoint ${name} into ${groupName}`,
    ...(event === undefined ? {} : { event }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    restsOn: [id, groupsKey(id)],
    changes: [groupsKey(id), id, ...zones.map((zone) => recordsKey(zone.id))],
  };
}

function eventOf(seen: Seen, group: ZoneGroup | undefined, again: boolean): EventReason | undefined {
  if (group === undefined) return undefined;
  if (originOf(seen, group) === 'Adopted' && !seen.inventory.has(idKey(group.id))) return 'Adopted';
  return again ? 'DriftCorrected' : undefined;
}

import type { DnsRecord } from '../api/types.ts';
import { nameOf } from '../azure/ids.ts';
import type { ZoneGroup } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import { valueOf } from '../engine/picture.ts';
import type { DesiredEndpoint } from './desired.ts';
import { publicName } from './public-name.ts';
import { endpointSeen, isLeaving, type Seen } from './seen.ts';

/** Zone groups that a policy or a team makes (`dns.mode: External`): waited for, told, never written. Pure. */
export type ExternalGroup =
  | { is: 'unread'; fault: Fault }
  | { is: 'none' }
  | { is: 'working'; group: ZoneGroup }
  /** It leads to none of the zones of these names. */
  | { is: 'lacksZones'; group: ZoneGroup; names: readonly string[] }
  | { is: 'there'; group: ZoneGroup };

export function externalGroup(seen: Seen, { id }: DesiredEndpoint): ExternalGroup {
  const groups = endpointSeen(seen, id)?.groups;
  if (groups?.is === 'unknown') return { is: 'unread', fault: groups.fault };
  const [group] = groups?.is === 'there' ? groups.value.filter((one) => !isLeaving(one)) : [];
  if (group === undefined) return { is: 'none' };
  const led = new Set(group.zones.map(({ zoneId }) => nameOf(zoneId).toLowerCase()));
  const names = seen.zoneNames.names.filter((name) => !led.has(name));
  if (names.length > 0) return { is: 'lacksZones', group, names };
  const isDone =
    group.provisioningState === 'Succeeded' && group.zones.some(({ records }) => records.length > 0);
  return { is: isDone ? 'there' : 'working', group };
}

/** A zone group with records that others have made below an endpoint without one of ours (`dns.mode: None`). */
export function groupOfOthers(seen: Seen, { id }: DesiredEndpoint): ZoneGroup | undefined {
  const groups = valueOf(endpointSeen(seen, id)?.groups);
  return groups?.find((one) => !isLeaving(one) && one.zones.some(({ records }) => records.length > 0));
}

/** The records that the group wrote, wherever its zones are. */
export function externalRecords({ zones }: ZoneGroup): DnsRecord[] {
  return zones.flatMap(({ zoneId, records }) =>
    records.map(({ name, fqdn, addresses }) => ({
      zone: nameOf(zoneId).toLowerCase(),
      name,
      fqdn: publicName(fqdn),
      addresses,
    })),
  );
}

import { fault } from '../../api/reasons.ts';
import { nameOf, sameId } from '../../azure/ids.ts';
import type { Fault } from '../../base/errors.ts';
import { valueOf } from '../../engine/picture.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { endpointSeen, zoneSeen, type Seen } from '../seen.ts';
import { zonesOf, type WantedZone } from '../wanted.ts';
import { groupFor } from '../zone-groups.ts';

/**
 * In zones that exist (`dns.mode: Existing`) another endpoint of the service may be registered: Azure drops its records
 * when a second one registers there, and its servers are cut off. Pure.
 */
export function recordsOfOthers(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const own = ownAddresses(seen, endpoint);
  for (const { id, name, dns } of openZones(seen, endpoint)) {
    const records = valueOf(zoneSeen(seen, id)?.records) ?? [];
    const first = records.find(({ addresses }) => !addresses.every((address) => own.has(address)));
    if (first === undefined) continue;
    const message = `DNS zone ${name} in ${nameOf(dns.groupId)}, which private endpoint ${endpoint.name} is to use, has records of another endpoint already (${first.name}: ${first.addresses.join(', ')}): Azure would drop them. Have a set of zones made for this endpoint.`;
    return fault('ZoneSetInUse', message);
  }
  return undefined;
}

/** Nobody knows whose records stand in a zone that is there: nothing may be written into it. */
export function unreadZones(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const [unread] = openZones(seen, endpoint).flatMap(({ id }) => {
    const zone = zoneSeen(seen, id);
    return zone?.known.is === 'there' && zone.records.is === 'unknown' ? [zone.records.fault] : [];
  });
  return unread;
}

/** Existing zones that the endpoint does not register in yet. */
function openZones(seen: Seen, endpoint: DesiredEndpoint): readonly WantedZone[] {
  if (endpoint.dns?.existing !== true) return [];
  const registered = groupFor(seen, endpoint)?.zones ?? [];
  return zonesOf(seen, endpoint).filter(({ id }) => !registered.some(({ zoneId }) => sameId(zoneId, id)));
}

/** What is left of a group that somebody removed is our own. */
function ownAddresses(seen: Seen, { id }: DesiredEndpoint): ReadonlySet<string> {
  const observed = valueOf(endpointSeen(seen, id)?.known);
  return new Set((observed?.dnsConfigs ?? []).flatMap(({ addresses }) => addresses));
}

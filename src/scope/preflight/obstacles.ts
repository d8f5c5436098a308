import { fault } from '../../api/reasons.ts';
import { idKey, nameOf, sameId } from '../../azure/ids.ts';
import type { Fault } from '../../base/errors.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { once } from '../../base/once.ts';
import { valueOf } from '../../engine/picture.ts';
import { endpointSeen, troubleOf, zoneSeen, type Seen } from '../seen.ts';
import { zonesOf } from '../wanted.ts';
import { groupFor } from '../zone-groups.ts';
import { conflictWithin, conflictWithOthers, scopeConflict } from './conflicts.ts';
import { networkObstacle } from './networks.ts';

/** What stands in the way of what is still to be made. Each obstacle keeps only its own endpoint. Pure. */

/** It keeps the whole object: another one has the scope. */
export function wholeObstacle(seen: Seen): Fault | undefined {
  return scopeConflict(seen);
}

/**
 * Nothing is written for an object none of whose endpoints can be made. One that can be made is enough to begin: what
 * stands in another's way keeps that one alone.
 */
export function isPointless(seen: Seen): boolean {
  const { endpoints } = seen.desired;
  return endpoints.length > 0 && endpoints.every((endpoint) => obstacleOf(seen, endpoint)?.is === 'found');
}

export type Obstacle =
  /** It is there, and a person or time has to remove it. */
  | { is: 'found'; fault: Fault }
  /** It could not be looked for. */
  | { is: 'unread'; fault: Fault };

/** The first obstacle of an endpoint and its DNS. */
export function obstacleOf(seen: Seen, { name }: DesiredEndpoint): Obstacle | undefined {
  return obstacles(seen).get(name);
}

const obstacles = once((seen: Seen): ReadonlyMap<string, Obstacle> => {
  const found = seen.desired.endpoints.map((endpoint) => [endpoint.name, lookFor(seen, endpoint)] as const);
  return new Map(found.flatMap(([name, obstacle]) => (obstacle === undefined ? [] : [[name, obstacle]])));
});

function lookFor(seen: Seen, endpoint: DesiredEndpoint): Obstacle | undefined {
  const found =
    conflictWithin(seen, endpoint) ??
    conflictWithOthers(seen, endpoint) ??
    (isMissing(seen, endpoint) ? networkObstacle(seen, endpoint) : undefined) ??
    foreignLink(seen, endpoint) ??
    othersRecords(seen, endpoint);
  if (found !== undefined) return { is: 'found', fault: found };
  const unread = unreadOf(seen, endpoint);
  return unread === undefined ? undefined : { is: 'unread', fault: unread };
}

/** A VNet can be linked to one zone of a name. */
function foreignLink({ preflight }: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const networks = new Set((endpoint.dns?.networkIds ?? []).map(idKey));
  const clash = preflight.foreignLinks.find(({ networkId }) => networks.has(idKey(networkId)));
  if (clash === undefined) return undefined;
  const network = nameOf(clash.networkId);
  const message = `The VNet ${network} of private endpoint ${endpoint.name} is linked to another zone of the same name (${clash.zoneId}). A VNet can be linked to one: leave it out, or delete that link: az network private-dns link vnet delete --ids ${clash.linkId}`;
  return fault('VirtualNetworkLinked', message);
}

/**
 * In zones that exist another endpoint may be registered: Azure drops its records when a second one of the same service
 * registers there (reference of privateDnsZoneGroups; seen in azure-rest-api-specs and by users).
 */
function othersRecords(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  if (endpoint.dns?.existing !== true) return undefined;
  const group = groupFor(seen, endpoint);
  const zones = zonesOf(seen, endpoint);
  const open = zones.filter(({ id }) => !(group?.zones ?? []).some(({ zoneId }) => sameId(zoneId, id)));
  for (const { id, name } of open) {
    const records = valueOf(zoneSeen(seen, id)?.records) ?? [];
    const [first] = records;
    if (first === undefined) continue;
    const message = `DNS zone ${name} in ${nameOf(endpoint.dns.groupId)}, which private endpoint ${endpoint.name} is to use, has records of another endpoint already (${first.name}: ${first.addresses.join(', ')}): Azure would drop them. Have a set of zones made for this endpoint.`;
    return fault('ZoneSetInUse', message);
  }
  return undefined;
}

function isMissing(seen: Pick<Seen, 'endpoints'>, endpoint: DesiredEndpoint): boolean {
  return endpointSeen(seen, endpoint.id)?.known.is === 'absent';
}

function unreadOf({ networks, preflight, ...seen }: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const key = idKey(endpoint.networkId);
  const network = networks.get(key);
  const own = network !== undefined && isMissing(seen, endpoint) ? troubleOf(network) : undefined;
  const others = [...preflight.failed].filter(([id]) =>
    [endpoint.networkId, ...(endpoint.dns?.networkIds ?? [])].some((one) => idKey(one) === id),
  );
  return own ?? others[0]?.[1];
}

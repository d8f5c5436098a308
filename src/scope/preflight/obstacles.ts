import { fault } from '../../api/reasons.ts';
import { idKey, nameOf } from '../../azure/ids.ts';
import type { Fault } from '../../base/errors.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { once } from '../../base/once.ts';
import { endpointSeen, troubleOf, type Seen } from '../seen.ts';
import { conflictWithin, conflictWithOthers, scopeConflict } from './conflicts.ts';
import { networkObstacle } from './networks.ts';
import { recordsOfOthers, unreadZones } from './records-of-others.ts';

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
    recordsOfOthers(seen, endpoint);
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

function isMissing(seen: Pick<Seen, 'endpoints'>, endpoint: DesiredEndpoint): boolean {
  return endpointSeen(seen, endpoint.id)?.known.is === 'absent';
}

function unreadOf(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const { networks, preflight } = seen;
  const key = idKey(endpoint.networkId);
  const network = networks.get(key);
  const own = network !== undefined && isMissing(seen, endpoint) ? troubleOf(network) : undefined;
  const others = [...preflight.failed].filter(([id]) =>
    [endpoint.networkId, ...(endpoint.dns?.networkIds ?? [])].some((one) => idKey(one) === id),
  );
  return own ?? others[0]?.[1] ?? unreadZones(seen, endpoint);
}

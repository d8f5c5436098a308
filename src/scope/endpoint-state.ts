import type { PrivateEndpoint } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import { sameId } from '../azure/ids.ts';
import { standsInZones, type DesiredEndpoint } from './desired.ts';
import { groupOfOthers } from './external.ts';
import type { Known } from '../engine/picture.ts';
import { blindness, endpointSeen, isLeaving, type Seen } from './seen.ts';
import { standing, type Standing } from './standing.ts';

/** Where a wanted endpoint stands. Pure; concerns/endpoints.ts, approvals.ts and records.ts decide by it. */
export type EndpointState =
  | { is: 'unread'; fault: Fault }
  /** An operation of ours runs on it. */
  | { is: 'busy' }
  /** To be made. `leaving`: the old one is on its way out. */
  | { is: 'absent'; leaving?: PrivateEndpoint }
  | { is: 'foreign'; fault: Fault }
  /** It cannot be what is asked for, and Azure cannot change it. */
  | { is: 'mismatched'; observed: PrivateEndpoint; how: string }
  | { is: 'claimable'; observed: PrivateEndpoint; standing: Extract<Standing, { is: 'claimable' }> }
  | { is: 'ours'; observed: PrivateEndpoint; adopted: boolean };

export function endpointState(seen: Seen, endpoint: DesiredEndpoint): EndpointState {
  const known = endpointSeen(seen, endpoint.id)?.known;
  if (known === undefined) return { is: 'absent' };
  if (known.is === 'unknown') return { is: 'unread', fault: known.fault };
  if (known.busy) return { is: 'busy' };
  if (known.is === 'absent') return absence(known);
  const observed = known.value;
  if (isLeaving(observed)) return { is: 'absent', leaving: observed };
  const mine = standing(seen, observed, { what: `private endpoint ${endpoint.name}`, rules: 'any' });
  if (mine.is === 'foreign') return mine;
  const how = mismatch(seen, endpoint, observed);
  if (how !== undefined) return { is: 'mismatched', observed, how };
  return mine.is === 'claimable'
    ? { is: 'claimable', observed, standing: mine }
    : { is: 'ours', observed, adopted: mine.adopted };
}

/** What was not there is not made while nobody can see whether it still is not. */
function absence(known: Known<unknown>): EndpointState {
  const unread = blindness(known);
  return unread === undefined ? { is: 'absent' } : { is: 'unread', fault: unread };
}

/** An endpoint cannot be moved to another subnet or scope. */
function mismatch(
  { desired }: Seen,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
): string | undefined {
  if (!sameId(observed.subnetId, endpoint.subnetId)) return `is in subnet ${observed.subnetId}`;
  const [connection] = observed.connections;
  if (connection === undefined || sameId(connection.scopeId, desired.scopeId)) return undefined;
  return `leads to ${connection.scopeId}`;
}

/** Approved, Pending, Rejected or Disconnected. */
export function connectionStatus({ connections }: PrivateEndpoint): string {
  return connections[0]?.status ?? 'Pending';
}

/** Ours, finished and approved: what it is there for works. */
export function isServing(state: EndpointState): state is Extract<EndpointState, { is: 'ours' }> {
  return (
    state.is === 'ours' &&
    state.observed.provisioningState === 'Succeeded' &&
    connectionStatus(state.observed) === 'Approved'
  );
}

/**
 * Serving, and with addresses. Without zones the endpoint itself names them, a moment after it says Succeeded; with a
 * zone group they are in the group's records (azurerm documentation of azurerm_private_endpoint, custom_dns_configs).
 */
export function isReady(seen: Seen, endpoint: DesiredEndpoint): boolean {
  const state = endpointState(seen, endpoint);
  return isServing(state) && hasNames(seen, endpoint, state.observed);
}

/** Its own, those of a group that others have made, or such as its zones are to have. */
export function hasNames(seen: Seen, endpoint: DesiredEndpoint, { dnsConfigs }: PrivateEndpoint): boolean {
  if (standsInZones(endpoint) || dnsConfigs.length > 0) return true;
  return groupOfOthers(seen, endpoint) !== undefined;
}

/** What cannot be read is counted as it was seen last. */
export function readyCount(seen: Seen): { ready: number; total: number } {
  const { endpoints } = seen.desired;
  const isCounted = (endpoint: DesiredEndpoint): boolean =>
    endpointState(seen, endpoint).is === 'unread' ? wasServing(seen, endpoint) : isReady(seen, endpoint);
  return { ready: endpoints.filter(isCounted).length, total: endpoints.length };
}

function wasServing({ object }: Seen, { name }: DesiredEndpoint): boolean {
  const before = object.status?.endpoints?.find((one) => one.name === name);
  return before?.provisioningState === 'Succeeded' && before.connectionState === 'Approved';
}

import type { DnsRecord } from '../../api/types.ts';
import type { PrivateEndpoint } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { valueOf } from '../../engine/picture.ts';
import { connectionStatus, endpointState } from '../endpoint-state.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { endpointSeen, type Seen } from '../seen.ts';
import { endpointRecords } from '../status.ts';

/** Whether the records of an endpoint may be exported. Pure. */
export type Exportable =
  | { is: 'records'; records: readonly DnsRecord[]; current: boolean }
  /** `why` goes on after the endpoint's name: `which is not approved (Pending)`. */
  | { is: 'none'; why: string; current: boolean }
  | { is: 'unread'; fault: Fault };

/**
 * An endpoint serves when it is ours, approved and provisioned. Once exported, its records stay while it is merely being
 * changed or cannot be read, and go when Azure says that it is gone or not approved.
 */
export function exportable(seen: Seen, endpoint: DesiredEndpoint, wasExported: boolean): Exportable {
  if (seen.desired.holds && !wasExported)
    return { is: 'none', why: 'whose names are held back (dnsActivation: Hold)', current: true };
  const state = endpointState(seen, endpoint);
  switch (state.is) {
    case 'unread':
      return lastSeen(seen, endpoint, state.fault);
    case 'busy':
      return changing(seen, endpoint, wasExported);
    case 'absent':
      return { is: 'none', why: 'which is not there', current: true };
    case 'foreign':
    case 'claimable':
      return { is: 'none', why: 'which is not ours', current: true };
    case 'mismatched':
      return { is: 'none', why: `which ${state.how}`, current: true };
    case 'ours':
      return own(seen, endpoint, state.observed, wasExported);
  }
}

function own(
  seen: Seen,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
  wasExported: boolean,
): Exportable {
  const status = connectionStatus(observed);
  if (status !== 'Approved') return { is: 'none', why: `which is not approved (${status})`, current: true };
  if (observed.provisioningState !== 'Succeeded') return changing(seen, endpoint, wasExported);
  const { unknown } = seen.zoneNames;
  if (endpoint.dns === undefined && unknown !== undefined) return { is: 'unread', fault: unknown };
  return { is: 'records', records: endpointRecords(seen, endpoint), current: true };
}

/** Azure or this operator is at work on it; approved as before, it serves all the while. */
function changing(seen: Seen, endpoint: DesiredEndpoint, wasExported: boolean): Exportable {
  const observed = valueOf(endpointSeen(seen, endpoint.id)?.known);
  const isApproved = observed !== undefined && connectionStatus(observed) === 'Approved';
  const records = statusOf(seen, endpoint)?.records ?? [];
  if (wasExported && isApproved && records.length > 0) return { is: 'records', records, current: false };
  return { is: 'none', why: 'which is not provisioned yet', current: false };
}

/** As it was seen last, where that is known and was serving; else nothing is to be concluded. */
function lastSeen(seen: Seen, endpoint: DesiredEndpoint, fault: Fault): Exportable {
  const before = statusOf(seen, endpoint);
  const records = before?.records ?? [];
  if (before?.connectionState !== 'Approved' || records.length === 0) return { is: 'unread', fault };
  return { is: 'records', records, current: false };
}

function statusOf({ object }: Seen, { name }: DesiredEndpoint) {
  return object.status?.endpoints?.find((one) => one.name === name);
}

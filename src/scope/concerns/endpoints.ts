import { fault } from '../../api/reasons.ts';
import { idKey } from '../../azure/ids.ts';
import type { PrivateEndpoint } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import type { Concern } from '../../engine/concern.ts';
import { valueOf } from '../../engine/picture.ts';
import type { ScopeAction, ScopeDecision } from '../actions.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { creation, repetition, replacement } from '../endpoint-calls.ts';
import {
  connectionStatus,
  endpointState,
  hasNames,
  readyCount,
  type EndpointState,
} from '../endpoint-state.ts';
import { obstacleOf } from '../preflight/obstacles.ts';
import { scopeGate } from '../scope-state.ts';
import { endpointSeen, type Seen } from '../seen.ts';
import { failed, nothing, onItsWay, readyUnless, unreadable, worstOf } from '../verdicts.ts';
import { atWork, waitsOf, watchOf, type Part } from './part.ts';

/**
 * Every private endpoint is there, ours and whole (condition PrivateEndpointsReady). One's trouble does not hold up the
 * others. Approval of connections: approvals.ts; what counts as drift: ../drift.ts.
 */
export const endpointsConcern: Concern<Seen, ScopeAction> = {
  name: 'endpoints',
  condition: 'PrivateEndpointsReady',
  gatesReady: true,
  decide(seen) {
    const { endpoints } = seen.desired;
    if (endpoints.length === 0)
      return {
        verdict: { is: 'ready', reason: 'NotRequired', message: 'No private endpoint is asked for.' },
        planned: nothing,
      };
    const all = endpoints.map((endpoint) => ({ endpoint, ...decideOne(seen, endpoint) }));
    const planned = all.flatMap((one) => one.planned);
    const faults = all.flatMap(({ endpoint: { name }, trouble }) =>
      trouble === undefined ? [] : [{ name, fault: trouble }],
    );
    const worst = worstOf(faults);
    if (worst !== undefined) return failed(worst, planned, watchOf(all));
    return { verdict: verdictOf(seen, all), planned };
  },
};

function verdictOf(
  seen: Seen,
  all: readonly (Part & { endpoint: DesiredEndpoint })[],
): ScopeDecision['verdict'] {
  const { ready, total } = readyCount(seen);
  const unread = all.find((one) => one.unread !== undefined);
  const waits = onItsWay(waitsOf(all), watchOf(all), (first, more) => {
    const rest = more > 0 ? ` and ${more} more` : '';
    return `${first}${rest} (${ready} of ${total} endpoints ready).`;
  });
  if (waits !== undefined) return waits;
  if (unread?.unread !== undefined) {
    const what = `Private endpoint ${unread.endpoint.name}`;
    return unreadable(seen, 'PrivateEndpointsReady', unread.unread, what);
  }
  const known = all.map(({ endpoint }) => endpointSeen(seen, endpoint.id)?.known);
  return readyUnless(known, `${ready} of ${total} endpoints are ready.`);
}

function decideOne(seen: Seen, endpoint: DesiredEndpoint): Part {
  const { name, id } = endpoint;
  const state = endpointState(seen, endpoint);
  switch (state.is) {
    case 'unread':
      return { unread: state.fault, planned: nothing };
    case 'busy':
      return atWork(
        seen,
        {
          id,
          known: endpointSeen(seen, id)?.known,
          waits: `Azure is at work on private endpoint ${name}`,
        },
        ['PUT', 'DELETE'],
      );
    case 'absent':
      return missing(seen, endpoint, state.leaving);
    case 'foreign':
      return { trouble: state.fault, planned: nothing, watch: [id] };
    case 'mismatched':
      return { trouble: mismatch(endpoint, state.how), planned: nothing, watch: [id] };
    case 'claimable': {
      const { planned } = state.standing;
      return { waits: `Making private endpoint ${name} ours`, planned: [planned] };
    }
    case 'ours':
      return present(seen, endpoint, state);
  }
}

function mismatch({ name, id }: DesiredEndpoint, how: string): Fault {
  return fault(
    'EndpointMismatch',
    `Private endpoint ${name} exists and ${how}, which cannot be changed. Remove it from the spec and add it under another name, or delete it to have it made anew: az network private-endpoint delete --ids ${id}`,
  );
}

function missing(seen: Seen, endpoint: DesiredEndpoint, leaving?: PrivateEndpoint): Part {
  const { name, id } = endpoint;
  const watch = leaving === undefined ? [] : [id];
  const waits =
    leaving === undefined
      ? `Creating private endpoint ${name}`
      : `Waiting until the old private endpoint ${name} has gone`;
  if (obstacleOf(seen, endpoint) !== undefined)
    return {
      waits: `Private endpoint ${name} is made when the preflight has passed`,
      planned: nothing,
      watch,
    };
  const location = valueOf(seen.networks.get(idKey(endpoint.networkId)))?.location ?? leaving?.location;
  const gate = scopeGate(seen);
  if (gate.is === 'closed' || location === undefined)
    return { waits: `Private endpoint ${name} waits for the scope`, planned: nothing, watch };
  const call = creation(seen, endpoint, location);
  if (leaving !== undefined)
    return { waits, planned: [{ ...call, waitsFor: 'the deletion of the old one' }], watch };
  return { waits, planned: [gate.is === 'open' ? call : { ...call, waitsFor: gate.waitsFor }], watch };
}

/** What to do about one that failed, or that lost its connection. */
function present(seen: Seen, endpoint: DesiredEndpoint, state: Extract<EndpointState, { is: 'ours' }>): Part {
  const { name, id } = endpoint;
  const { observed, adopted } = state;
  // Learn, "What is a private endpoint?": a disconnected endpoint is only good for deletion.
  if (observed.connections.some(({ status }) => status === 'Disconnected'))
    return adopted
      ? { trouble: disconnected(endpoint), planned: nothing, watch: [id] }
      : {
          waits: `Replacing private endpoint ${name}, its connection was removed`,
          planned: replacement(seen, endpoint, observed),
        };
  switch (observed.provisioningState) {
    case 'Succeeded':
      return connectionStatus(observed) === 'Approved' && !hasNames(seen, endpoint, observed)
        ? { waits: `Waiting for the addresses of private endpoint ${name}`, planned: nothing, watch: [id] }
        : { planned: nothing };
    case 'Failed':
    case 'Canceled':
      return {
        waits: `Repeating private endpoint ${name}, it had failed`,
        planned: [repetition(endpoint, observed)],
        watch: [id],
      };
    default:
      return { waits: `Azure is at work on private endpoint ${name}`, planned: nothing, watch: [id] };
  }
}

function disconnected({ name, id }: DesiredEndpoint): Fault {
  return fault(
    'EndpointDisconnected',
    `The connection of private endpoint ${name} was removed, and what was adopted is not deleted by the operator. Delete it to have it made anew: az network private-endpoint delete --ids ${id}`,
  );
}

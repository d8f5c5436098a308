import { fault } from '../../api/reasons.ts';
import { sameId } from '../../azure/ids.ts';
import { valueOf } from '../../engine/picture.ts';
import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { connectionStatus, endpointState } from '../endpoint-state.ts';
import type { Seen } from '../seen.ts';
import { failed, listed, nothing, working, worstOf } from '../verdicts.ts';

/**
 * The owner of the scope has approved every connection (condition PrivateEndpointsReady, beside the endpoints). A person
 * may take days: one look a minute at each endpoint that waits.
 */
export const approvals: Concern<Seen, ScopeAction> = {
  name: 'approvals',
  condition: 'PrivateEndpointsReady',
  gatesReady: true,
  decide(seen) {
    const rejected = withStatus(seen, 'Rejected');
    const worst = worstOf(
      rejected.map((endpoint) => ({ name: endpoint.name, fault: rejection(seen, endpoint) })),
    );
    if (worst !== undefined)
      return failed(
        worst,
        nothing,
        rejected.map(({ id }) => id),
      );
    const pending = withStatus(seen, 'Pending');
    const [first] = pending;
    if (first === undefined)
      return { verdict: { is: 'ready', message: allApproved(seen) }, planned: nothing };
    const also = pending.length === 1 ? '' : `, as do ${listed(pending.slice(1).map(({ name }) => name))}`;
    const message = `Private endpoint ${first.name} waits for its approval${also}: ${approveCommand(seen, first)}`;
    const verdict = working(message, {
      reason: 'AwaitingApproval',
      lookAgainMs: 60_000,
      watch: pending.map(({ id }) => id),
    });
    return { verdict, planned: nothing };
  },
};

function allApproved({ desired: { endpoints } }: Seen): string {
  return endpoints.length === 0 ? 'No connection is to be approved.' : 'No connection waits for an approval.';
}

function withStatus(seen: Seen, status: string): DesiredEndpoint[] {
  return seen.desired.endpoints.filter((endpoint) => {
    const state = endpointState(seen, endpoint);
    if (state.is !== 'ours' || state.observed.provisioningState !== 'Succeeded') return false;
    return connectionStatus(state.observed) === status;
  });
}

function rejection(seen: Seen, endpoint: DesiredEndpoint) {
  const message = `The connection of private endpoint ${endpoint.name} was rejected. Remove the endpoint, or have it approved after all: ${approveCommand(seen, endpoint)}`;
  return fault('ConnectionRejected', message);
}

function approveCommand({ connections, desired }: Seen, endpoint: DesiredEndpoint): string {
  const connection = (valueOf(connections) ?? []).find(({ privateEndpointId }) =>
    sameId(privateEndpointId, endpoint.id),
  );
  return connection === undefined
    ? `az network private-endpoint-connection list --id ${desired.scopeId}`
    : `az network private-endpoint-connection approve --id ${connection.id}`;
}

import type { PrivateEndpoint } from '../azure/types.ts';
import type { PlannedCall, ScopeAction } from './actions.ts';
import type { DesiredEndpoint } from './desired.ts';
import { groupsKey } from './keys.ts';
import type { Seen } from './seen.ts';
import { wantedTags } from './standing.ts';

/** The calls that make an endpoint, make it again, or put another in its place. Pure; concerns/endpoints.ts says when. */

export function creation(seen: Seen, endpoint: DesiredEndpoint, location: string): PlannedCall {
  const { name, id, networkId, subnetId, manual, requestMessage, customNetworkInterfaceName } = endpoint;
  const spec = {
    location,
    tags: wantedTags(seen, false, 'any'),
    subnetId,
    scopeId: seen.desired.scopeId,
    manual,
    ...(requestMessage === undefined ? {} : { requestMessage }),
    ...(customNetworkInterfaceName === undefined ? {} : { customNetworkInterfaceName }),
  };
  const action: ScopeAction = { call: 'createEndpoint', verb: 'PUT', id, spec };
  const restsOn = [networkId, seen.desired.scopeId];
  const before = seen.object.status?.endpoints?.find((one) => one.name === name);
  if (before?.id === undefined)
    return { action, because: `creating private endpoint ${name}`, event: 'EndpointCreated', restsOn };
  const because = `creating private endpoint ${name} anew, it was gone`;
  return { action, because, event: 'DriftCorrected', restsOn };
}

/** One that failed is sent back as Azure has it. */
export function repetition({ name }: DesiredEndpoint, observed: PrivateEndpoint): PlannedCall {
  const { id } = observed;
  const action: ScopeAction = { call: 'updateEndpoint', verb: 'PUT', id, seen: observed, change: {} };
  return { action, because: `repeating private endpoint ${name}, it had failed`, event: 'DriftCorrected' };
}

export function replacement(seen: Seen, endpoint: DesiredEndpoint, observed: PrivateEndpoint): PlannedCall[] {
  const { name, id } = endpoint;
  const deletion: PlannedCall = {
    action: { call: 'deleteEndpoint', verb: 'DELETE', id: observed.id },
    because: `replacing private endpoint ${name}, its connection was removed`,
    event: 'DriftCorrected',
    changes: [id, groupsKey(id)],
  };
  const anew = creation(seen, endpoint, observed.location);
  return [deletion, { ...anew, waitsFor: 'the deletion of the old one' }];
}

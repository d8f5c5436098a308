import type { DesiredEndpoint } from './desired.ts';
import { endpointState, isServing } from './endpoint-state.ts';
import { externalGroup } from './external.ts';
import { heldBack } from './held.ts';
import type { Seen } from './seen.ts';
import { zonesOf } from './wanted.ts';
import { groupFor, recordsState } from './zone-groups.ts';
import { linkTo } from './zone-state.ts';

/** Whether servers of the scope can do without its public access. Pure. */

/**
 * None of the endpoints serves, by what is seen now, and there may be servers in the scope: whoever turns public access
 * off cuts them off. Of an object without endpoints nobody can tell: they may be made elsewhere.
 */
export function wouldCutOff(seen: Seen): boolean {
  const { endpoints } = seen.desired;
  return endpoints.length > 0 && seen.servers.count !== 0 && !endpoints.some((one) => serves(seen, one));
}

/** It is approved, and its names resolve in all of its VNets; or its records are made elsewhere. */
function serves(seen: Seen, endpoint: DesiredEndpoint): boolean {
  const { dns, name } = endpoint;
  if (!isServing(endpointState(seen, endpoint))) return false;
  if (heldBack(seen).some(({ privateEndpoint }) => privateEndpoint === name)) return false;
  if (endpoint.external) return externalGroup(seen, endpoint).is === 'there';
  if (dns === undefined) return true;
  const group = groupFor(seen, endpoint);
  if (group === undefined || recordsState(seen, endpoint, group) !== 'inPlace') return false;
  return zonesOf(seen, endpoint).every(({ id }) =>
    dns.networkIds.every((networkId) => linkTo(seen, id, networkId) !== undefined),
  );
}

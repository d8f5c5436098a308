import type { Scope } from '../../azure/types.ts';
import type { Concern, Verdict } from '../../engine/concern.ts';
import type { PlannedCall, ScopeAction, ScopeDecision } from '../actions.ts';
import { afterTags, scopeDrift } from '../drift.ts';
import { scopeState } from '../scope-state.ts';
import { isBusy, type Seen } from '../seen.ts';
import { wouldCutOff } from '../serving.ts';
import { nothing, withOverrides, working } from '../verdicts.ts';

/**
 * Public access, where the spec names it (condition ScopeReady, beside the scope itself). Turning it off waits for
 * servers that still propagate, and for an endpoint that serves; nothing else waits for that. What is neither Enabled nor
 * Disabled is Azure's own (`SecuredByPerimeter`) and is never written over.
 */
export const publicAccess: Concern<Seen, ScopeAction> = {
  name: 'public access',
  condition: 'ScopeReady',
  gatesReady: true,
  tellsRefusals: true,
  decide(seen) {
    const state = scopeState(seen);
    const wanted = seen.object.spec.publicNetworkAccess;
    if (state.is !== 'ours' || isBusy(seen.scope) || wanted === undefined)
      return asItIs('Public access is not ours to set now.');
    const is = state.scope.publicNetworkAccess;
    if (is !== 'Enabled' && is !== 'Disabled')
      return asItIs(`Public access is ${is}, which is left as it is.`);
    return is === wanted ? asItIs(`Public access is ${is}.`) : change(seen, state.scope, wanted);
  },
};

function asItIs(message: string): ScopeDecision {
  return { verdict: { is: 'ready', message }, planned: nothing };
}

function change(seen: Seen, scope: Scope, wanted: string): ScopeDecision {
  const action: ScopeAction = {
    call: 'updateScope',
    verb: 'PUT',
    id: scope.id,
    seen: scope,
    publicNetworkAccess: wanted,
  };
  const planned: PlannedCall = {
    action,
    because: `setting public access of scope ${scope.name} to ${wanted}`,
    event: 'ScopeUpdated',
  };
  const { propagating, propagatedInMs } = seen.associations;
  if (wanted === 'Disabled' && propagating > 0) {
    const message = `Public access is turned off when the ${propagating} servers that are still propagating can do without it.`;
    const verdict: Verdict = working(message, {
      reason: 'WaitingForPropagation',
      lookAgainMs: (propagatedInMs ?? 60_000) + 1_000,
      watch: [scope.id],
    });
    return { verdict, planned: [{ ...planned, waitsFor: 'servers that are still propagating' }] };
  }
  if (wanted === 'Disabled' && wouldCutOff(seen)) {
    const { count } = seen.servers;
    const servers = count === undefined ? 'the servers' : `the ${count} servers`;
    const message = `Public access is turned off when a private endpoint serves ${servers} of the scope: none is approved with names that resolve, and they would be cut off. See PrivateEndpointsReady and DNSReady; or leave publicNetworkAccess Enabled.`;
    return {
      verdict: working(message, { reason: 'WaitingForEndpoints', lookAgainMs: 60_000, watch: [scope.id] }),
      planned: [{ ...planned, waitsFor: 'a private endpoint that serves' }],
    };
  }
  const call = afterTags(seen, planned, scopeDrift(seen, scope));
  return withOverrides(seen, [call], working(`Setting public access of scope ${scope.name} to ${wanted}.`));
}

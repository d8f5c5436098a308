import { nameOf } from '../../azure/ids.ts';
import type { Scope } from '../../azure/types.ts';
import { capital, type Concern } from '../../engine/concern.ts';
import type { PlannedCall, ScopeAction, ScopeDecision } from '../actions.ts';
import { isPointless, wholeObstacle } from '../preflight/obstacles.ts';
import { scopeState } from '../scope-state.ts';
import { isBusy, type Seen } from '../seen.ts';
import { wantedTags } from '../standing.ts';
import { byItself, failed, nothing, readyUnless, withTrouble, unreadable, working } from '../verdicts.ts';

/** The scope itself: there, ours, and of the right region (condition ScopeReady). */
export const scopeConcern: Concern<Seen, ScopeAction> = {
  name: 'scope',
  condition: 'ScopeReady',
  gatesReady: true,
  decide(seen) {
    const { scopeId } = seen.desired;
    if (isBusy(seen.scope))
      return {
        verdict: working(`${withTrouble(`Changing scope ${nameOf(scopeId)}`, seen.scope)}.`),
        planned: nothing,
      };
    const state = scopeState(seen);
    switch (state.is) {
      case 'unread':
        return { verdict: unreadable(seen, 'ScopeReady', state.fault), planned: nothing };
      case 'foreign':
        return failed(state.fault, nothing, [scopeId]);
      case 'absent':
        return missing(seen, state.leaving);
      case 'claimable': {
        const { planned } = state.standing;
        return { verdict: working(`${capital(planned.because)}.`), planned: [planned] };
      }
      case 'ours':
        return present(seen, state.scope);
    }
  },
};

function missing(seen: Seen, leaving: boolean): ScopeDecision {
  const { desired, object } = seen;
  const name = nameOf(desired.scopeId);
  if (wholeObstacle(seen) !== undefined || isPointless(seen))
    return { verdict: working(`Scope ${name} is made when the preflight has passed.`), planned: nothing };
  const { location, publicNetworkAccess } = object.spec;
  const action: ScopeAction = {
    call: 'createScope',
    verb: 'PUT',
    id: desired.scopeId,
    spec: {
      location,
      tags: wantedTags(seen, false, 'any'),
      publicNetworkAccess: publicNetworkAccess ?? 'Disabled',
    },
    namesAccess: publicNetworkAccess !== undefined,
  };
  const planned: PlannedCall = { action, because: `creating scope ${name}`, event: 'ScopeCreated' };
  if (!leaving) return { verdict: working(`Creating scope ${name}.`), planned: [planned] };
  const verdict = working(`Waiting until the old scope ${name} has gone.`, {
    ...byItself,
    watch: [desired.scopeId],
  });
  return { verdict, planned: [{ ...planned, waitsFor: 'the deletion of the old one' }] };
}

function present(seen: Seen, scope: Scope): ScopeDecision {
  const { scopeId } = seen.desired;
  switch (scope.provisioningState) {
    case 'Succeeded':
      return { verdict: readyUnless([seen.scope], `The scope exists (${scope.name}).`), planned: nothing };
    case 'Failed':
    case 'Canceled': {
      const { publicNetworkAccess } = scope;
      const action: ScopeAction = {
        call: 'updateScope',
        verb: 'PUT',
        id: scope.id,
        seen: scope,
        publicNetworkAccess,
      };
      const because = `repeating scope ${scope.name}, it had failed`;
      return {
        verdict: working(`Repeating scope ${scope.name}, it had failed.`),
        planned: [{ action, because, event: 'ScopeUpdated' }],
      };
    }
    default:
      return {
        verdict: working(`Azure is at work on scope ${scope.name}.`, { ...byItself, watch: [scopeId] }),
        planned: nothing,
      };
  }
}

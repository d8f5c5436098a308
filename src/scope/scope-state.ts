import { fault } from '../api/reasons.ts';
import { nameOf, sameLocation } from '../azure/ids.ts';
import type { Scope } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import { isLeaving, type Seen } from './seen.ts';
import { standing, type Standing } from './standing.ts';

/** Where the scope itself stands. Pure. */
export type ScopeState =
  | { is: 'unread'; fault: Fault }
  /** To be made: nothing is there, or what was there is on its way out. */
  | { is: 'absent'; leaving: boolean }
  | { is: 'claimable'; scope: Scope; standing: Extract<Standing, { is: 'claimable' }> }
  | { is: 'foreign'; fault: Fault }
  | { is: 'ours'; scope: Scope };

export function scopeState(seen: Seen): ScopeState {
  const { scope: known } = seen;
  if (known.is === 'unknown') return { is: 'unread', fault: known.fault };
  if (known.is === 'absent') return { is: 'absent', leaving: false };
  const scope = known.value;
  if (isLeaving(scope)) return { is: 'absent', leaving: true };
  const mine = standing(seen, scope, { what: `scope ${scope.name}`, rules: 'any' });
  if (mine.is === 'foreign') return mine;
  const wrong = regionMismatch(seen, scope);
  if (wrong !== undefined) return { is: 'foreign', fault: wrong };
  return mine.is === 'claimable' ? { is: 'claimable', scope, standing: mine } : { is: 'ours', scope };
}

function regionMismatch({ object }: Seen, scope: Scope): Fault | undefined {
  const { location } = object.spec;
  if (sameLocation(scope.location, location)) return undefined;
  return fault(
    'RegionMismatch',
    `The scope ${scope.name} exists in ${scope.location}, not in ${location}, and neither can be changed: create another object with location: ${scope.location}, or with another azureName.`,
  );
}

/**
 * Whether endpoints can be led to the scope: at once, after what `waitsFor` names, or not before a person has acted.
 */
export function scopeGate(seen: Seen): { is: 'open' } | { is: 'later'; waitsFor: string } | { is: 'closed' } {
  const state = scopeState(seen);
  if (state.is === 'ours') return { is: 'open' };
  if (state.is === 'foreign' || state.is === 'unread') return { is: 'closed' };
  return { is: 'later', waitsFor: `scope ${nameOf(seen.desired.scopeId)}` };
}

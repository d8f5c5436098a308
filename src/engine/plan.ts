import type { PlannedAction } from '../api/types.ts';
import type { Action, Decision } from './concern.ts';

/** What status says of planned calls. Pure. */
const mostListed = 100;

/** The fields, with the first hundred entries; absent when nothing is planned. */
export function planFields(
  decisions: readonly Decision<Action>[],
): { plannedActions: PlannedAction[]; plannedActionsTotal: number } | undefined {
  const all = decisions.flatMap(({ planned }) => planned);
  if (all.length === 0) return undefined;
  const plannedActions = all.slice(0, mostListed).map(({ action: { verb, id }, because, waitsFor }) => ({
    verb,
    id,
    because,
    ...(waitsFor === undefined ? {} : { waitsFor }),
  }));
  return { plannedActions, plannedActionsTotal: all.length };
}

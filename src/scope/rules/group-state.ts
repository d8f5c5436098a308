import { nameOf } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import type { PlannedCall } from '../actions.ts';
import { isOverridden } from '../overridden.ts';
import { scopeGate } from '../scope-state.ts';
import type { Seen } from '../seen.ts';
import { nothing } from '../verdicts.ts';
import type { Part } from '../concerns/part.ts';
import type { DesiredGroup, DesiredRule } from './desired-rules.ts';
import { moves, writing } from './rule-calls.ts';
import { priorityConflict, shadowed } from './rule-faults.ts';
import { ruleState, type RuleState } from './rule-state.ts';

/** What is to be done about the rules of one group that is there. Pure. */

export interface Stated {
  wanted: DesiredRule;
  state: RuleState;
}

export function statesOf(seen: Seen, group: DesiredGroup, rules: readonly SecurityRule[]): Stated[] {
  return group.rules.map((wanted) => ({ wanted, state: ruleState(seen, group, rules, wanted) }));
}

/** `busy`: Azure is at work on one of its rules, and takes no second change. */
export function decideRules(
  seen: Seen,
  group: DesiredGroup,
  { rules, busy }: { rules: readonly SecurityRule[]; busy: boolean },
): Part {
  const name = nameOf(group.id);
  const all = statesOf(seen, group, rules);
  const planned = gated(
    seen,
    plannedFor(seen, group, rules, all),
    busy ? `Azure's work on NSG ${name}` : undefined,
  );
  const [trouble] = all.flatMap(({ wanted, state }) => troubleOf(seen, group, rules, { wanted, state }));
  const refused = trouble ?? refusalOf(seen, planned.calls);
  if (refused !== undefined) return { trouble: refused, planned: planned.calls, watch: [group.id] };
  const atWork = all.find(({ state }) => state.is === 'atWork');
  if (busy || atWork !== undefined)
    return {
      waits: `Azure is at work on the rules of NSG ${name}`,
      planned: planned.calls,
      ...(busy ? {} : { watch: [group.id] }),
    };
  if (planned.waits !== undefined)
    return { waits: `The rules of NSG ${name} wait for ${planned.waits}`, planned: planned.calls };
  const [first] = planned.calls;
  return first === undefined
    ? { planned: nothing }
    : { waits: `Writing the rules of NSG ${name}`, planned: planned.calls };
}

function plannedFor(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  all: readonly Stated[],
): PlannedCall[] {
  const due = all.flatMap(({ wanted, state }) =>
    state.is === 'due' ? [writing(seen, group, wanted, state)] : [],
  );
  const behind = all.flatMap(({ wanted, state }) => (state.is === 'behind' ? [{ wanted, state }] : []));
  return [...due, ...moves(seen, group, rules, behind)];
}

/** Nothing is written for an object whose scope is someone else's. */
function gated(
  seen: Seen,
  calls: readonly PlannedCall[],
  working: string | undefined,
): { calls: readonly PlannedCall[]; waits?: string } {
  if (calls.length === 0) return { calls };
  const gate = scopeGate(seen);
  if (gate.is === 'closed') return { calls: nothing, waits: 'the scope' };
  const waitsFor = gate.is === 'later' ? gate.waitsFor : working;
  if (waitsFor === undefined) return { calls };
  return {
    calls: calls.map((one) => ({ waitsFor, ...one })),
    ...(gate.is === 'later' ? { waits: waitsFor } : {}),
  };
}

function troubleOf(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  { wanted, state }: Stated,
): Fault[] {
  switch (state.is) {
    case 'foreign':
      return [state.fault];
    case 'conflict':
      return [priorityConflict(seen, group, wanted, { rules, other: state.other })];
    case 'shadowed':
      return [shadowed(seen, group, wanted, { rules, ...state })];
    case 'found':
    case 'ours':
    case 'due':
    case 'behind':
    case 'atWork':
      return [];
  }
}

/** A call that Azure refused; a change that it undoes is told by the concern. */
function refusalOf(seen: Seen, planned: readonly PlannedCall[]): Fault | undefined {
  const refusals = planned.flatMap(({ action }) => {
    const refusal = seen.refusal(action);
    const lasts = refusal !== undefined && (!isOverridden(refusal.fault) || action.call === 'createRule');
    return lasts ? [refusal.fault] : [];
  });
  return refusals[0];
}

import { nameOf, sameId } from '../../azure/ids.ts';
import type { RuleSpec, SecurityRule } from '../../azure/types.ts';
import type { PlannedCall, ScopeAction } from '../actions.ts';
import type { Seen } from '../seen.ts';
import type { DesiredGroup, DesiredRule } from './desired-rules.ts';
import { sparePriority } from './free-priority.ts';
import type { Heir } from './heirs.ts';
import { markFor } from './marks.ts';
import type { RuleState } from './rule-state.ts';

/** The calls that make a rule, put it right, move it, or leave it to another object. Pure. */

/** Its group is looked at before and after; a group takes one change at a time. */
export function call(action: ScopeAction, groupId: string, more: Omit<PlannedCall, 'action'>): PlannedCall {
  return { action, ...more, restsOn: [groupId], changes: [groupId] };
}

/** The rule as the spec says. `rule` is what is there. */
export function writing(
  { desired }: Seen,
  group: DesiredGroup,
  wanted: DesiredRule,
  { rule, claims }: Pick<Extract<RuleState, { is: 'due' }>, 'rule' | 'claims'>,
): PlannedCall {
  const { name, priority, serviceTag } = wanted;
  const spec: RuleSpec = { description: markFor(desired.owner.tag), priority, serviceTag };
  const what = `rule ${name} of NSG ${nameOf(group.id)}`;
  if (rule === undefined) {
    const action = { call: 'createRule', verb: 'PUT', id: wanted.id, spec } as const;
    return call(action, group.id, { because: `creating ${what}`, event: 'RuleCreated' });
  }
  const action = { call: 'updateRule', verb: 'PUT', id: rule.id, seen: rule, spec } as const;
  return claims
    ? call({ ...action, origin: 'Created' }, group.id, { because: `taking ${what} over`, event: 'TakenOver' })
    : call(action, group.id, { because: `putting ${what} right`, event: 'DriftCorrected' });
}

/** Out of the way for a moment, so that rules of ours can change places. */
function steppingAside(
  { desired }: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  { rule, serviceTag }: { rule: SecurityRule; serviceTag: string },
): PlannedCall | undefined {
  const priority = sparePriority(group, rules);
  if (priority === undefined) return undefined;
  const spec: RuleSpec = { description: markFor(desired.owner.tag), priority, serviceTag };
  const because = `moving rule ${rule.name} of NSG ${nameOf(group.id)} aside for the rule that is to have its priority`;
  return call({ call: 'updateRule', verb: 'PUT', id: rule.id, seen: rule, spec }, group.id, { because });
}

/** Rules that wait for one another to leave their priorities: where they wait in a circle, one steps aside. */
export function moves(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  behind: readonly { wanted: DesiredRule; state: Extract<RuleState, { is: 'behind' }> }[],
): PlannedCall[] {
  return behind.flatMap(({ wanted, state }) => {
    const { blocker, rule } = state;
    const later: PlannedCall = {
      ...writing(seen, group, wanted, state),
      waitsFor: `rule ${blocker.name} to leave priority ${wanted.priority}`,
    };
    const { serviceTag } = wanted;
    const aside =
      rule !== undefined && isFirstInCircle(behind, wanted)
        ? steppingAside(seen, group, rules, { rule, serviceTag })
        : undefined;
    return aside === undefined ? [later] : [aside, later];
  });
}

/** Whether following what blocks it leads back to it, and it is the first of that circle in the spec. */
function isFirstInCircle(
  behind: readonly { wanted: DesiredRule; state: Extract<RuleState, { is: 'behind' }> }[],
  wanted: DesiredRule,
): boolean {
  const positions = [behind.findIndex((one) => one.wanted === wanted)];
  for (let at = positions[0] ?? -1; at >= 0;) {
    const blocker = behind[at]?.state.blocker;
    at = behind.findIndex((one) => sameId(one.wanted.id, blocker?.id));
    if (at === positions[0]) return Math.min(...positions) === positions[0];
    if (positions.includes(at)) return false;
    positions.push(at);
  }
  return false;
}

/** What another object of this cluster asks for as well is left to it, as it is but for whose it is. */
export function handingOver(
  rule: SecurityRule,
  groupId: string,
  heir: Heir,
  serviceTag: string,
): PlannedCall {
  const spec: RuleSpec = { description: markFor(heir.owner.tag), priority: rule.priority, serviceTag };
  const because = `leaving rule ${rule.name} of NSG ${nameOf(groupId)} to another object that asks for it`;
  const action = { call: 'updateRule', verb: 'PUT', id: rule.id, seen: rule, spec } as const;
  return call(action, groupId, { because, event: 'HandedOver' });
}

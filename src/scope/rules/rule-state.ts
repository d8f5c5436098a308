import { sameId } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { hasFailed, isLeaving, type Seen } from '../seen.ts';
import type { DesiredGroup, DesiredRule } from './desired-rules.ts';
import { isMarkedFor, markFor, mayTakeOver } from './marks.ts';
import { foreignRule } from './rule-faults.ts';
import { shadowOver } from './shadow.ts';
import { allowsTheSame, isSame } from './traffic.ts';

/** Where a rule that the spec asks for stands among the rules of its group. Pure. */
export type RuleState =
  /** Someone's rule allows it; it counts as it is. */
  | { is: 'found'; rule: SecurityRule; partly: readonly SecurityRule[] }
  /** Ours, as it shall be. */
  | { is: 'ours'; rule: SecurityRule; partly: readonly SecurityRule[] }
  /** To be made, or put right, at its priority. `claims`: another owner's, which the object was told to take over. */
  | { is: 'due'; rule?: SecurityRule; claims?: true }
  /** The same, when a rule of ours has left the priority. */
  | { is: 'behind'; rule?: SecurityRule; blocker: SecurityRule }
  /** Azure is at it. */
  | { is: 'atWork'; rule: SecurityRule }
  /** A rule of someone else has its priority. `rule` is ours, where it is still at another one. */
  | { is: 'conflict'; rule?: SecurityRule; other: SecurityRule }
  /** A rule with a lower number denies it. `theirs`: the rule of our name is not ours. */
  | { is: 'shadowed'; rule?: SecurityRule; by: SecurityRule; theirs?: true }
  /** The name is somebody's, for something else. */
  | { is: 'foreign'; rule: SecurityRule; fault: Fault };

export function ruleState(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  wanted: DesiredRule,
): RuleState {
  const { owner } = seen.desired;
  const named = rules.find(({ id }) => sameId(id, wanted.id));
  if (named === undefined) return equalOf(seen, rules, wanted) ?? placed(seen, group, rules, wanted);
  if (isMarkedFor(named, owner.tag)) return own(seen, group, rules, wanted, named);
  if (mayTakeOver(named, owner)) {
    const state = placed(seen, group, rules, wanted, named);
    return state.is === 'due' ? { ...state, claims: true } : state;
  }
  if (!allowsTheSame(named, wanted.serviceTag))
    return { is: 'foreign', rule: named, fault: foreignRule(seen, group, wanted, named) };
  const { by, partly } = shadowAt(rules, wanted, named);
  return by === undefined
    ? { is: 'found', rule: named, partly }
    : { is: 'shadowed', rule: named, by, theirs: true };
}

/** A rule of another name that allows the same, and that nothing shadows. One of ours that is to go does not count. */
function equalOf(
  seen: Seen,
  rules: readonly SecurityRule[],
  wanted: DesiredRule,
): Extract<RuleState, { is: 'found' }> | undefined {
  for (const rule of rules) {
    if (!allowsTheSame(rule, wanted.serviceTag) || hasFailed(rule) || isLeaving(rule)) continue;
    if (isMarkedFor(rule, seen.desired.owner.tag)) continue;
    const { by, partly } = shadowAt(rules, wanted, rule);
    if (by === undefined) return { is: 'found', rule, partly };
  }
  return undefined;
}

function own(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  wanted: DesiredRule,
  rule: SecurityRule,
): RuleState {
  if (isLeaving(rule) || rule.provisioningState === 'Updating') return { is: 'atWork', rule };
  const isRight =
    allowsTheSame(rule, wanted.serviceTag) &&
    rule.priority === wanted.priority &&
    rule.description === markFor(seen.desired.owner.tag) &&
    !hasFailed(rule);
  if (!isRight) return placed(seen, group, rules, wanted, rule);
  const { by, partly } = shadowAt(rules, wanted, rule);
  return by === undefined ? { is: 'ours', rule, partly } : { is: 'shadowed', rule, by };
}

/** Whether it can have its priority. */
function placed(
  seen: Seen,
  group: DesiredGroup,
  rules: readonly SecurityRule[],
  wanted: DesiredRule,
  rule?: SecurityRule,
): RuleState {
  const mine = rule === undefined ? {} : { rule };
  const other = rules.find(
    ({ id, priority, direction }) =>
      priority === wanted.priority && isSame(direction, 'Outbound') && !sameId(id, wanted.id),
  );
  if (other !== undefined && !isMarkedFor(other, seen.desired.owner.tag))
    return { is: 'conflict', ...mine, other };
  const { by } = shadowOver(rules, wanted);
  if (by !== undefined) return { is: 'shadowed', ...mine, by };
  return other === undefined ? { is: 'due', ...mine } : { is: 'behind', ...mine, blocker: other };
}

/** What lies over a rule where it is now. */
function shadowAt(
  rules: readonly SecurityRule[],
  { serviceTag }: DesiredRule,
  rule: SecurityRule,
): ReturnType<typeof shadowOver> {
  return shadowOver(rules, { serviceTag, priority: rule.priority, id: rule.id });
}

import type { SecurityRule } from '../../azure/types.ts';
import type { DesiredGroup, DesiredRule } from './desired-rules.ts';
import { shadowOver } from './shadow.ts';
import { isSame } from './traffic.ts';

/** Azure's own bounds (specification of Microsoft.Network). */
const lowest = 100;
const highest = 4096;

/** The free priority next to the wanted one at which nothing denies what the rule allows. Pure. */
export function freePriority(
  group: DesiredGroup,
  wanted: DesiredRule,
  rules: readonly SecurityRule[],
): number | undefined {
  const taken = takenIn(group, rules);
  // The first rule that denies it all denies it from there on.
  const { by } = shadowOver(rules, { ...wanted, priority: highest + 1 });
  const end = by?.priority ?? highest + 1;
  const [nearest] = Array.from({ length: Math.max(0, end - lowest) }, (_, index) => lowest + index)
    .filter((priority) => !taken.has(priority))
    .sort((one, other) => Math.abs(one - wanted.priority) - Math.abs(other - wanted.priority));
  return nearest;
}

/** Where a rule can stand for a moment while others change places: the first one that is free. */
export function sparePriority(group: DesiredGroup, rules: readonly SecurityRule[]): number | undefined {
  const taken = takenIn(group, rules);
  for (let priority = lowest; priority <= highest; priority += 1) if (!taken.has(priority)) return priority;
  return undefined;
}

/** By a rule that is there, or one that the spec asks for. */
function takenIn(group: DesiredGroup, rules: readonly SecurityRule[]): ReadonlySet<number> {
  const outbound = rules.filter(({ direction }) => isSame(direction, 'Outbound'));
  return new Set([...outbound, ...group.rules].map(({ priority }) => priority));
}

import { sameId } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import { once } from '../../base/once.ts';
import { isSame, shareOf, shareOfDestination, shareOfSource } from './traffic.ts';

/**
 * What rules with lower numbers make of a rule of ours. Azure takes the first one that fits (learn: "Network security
 * groups"). Pure.
 */
export interface Shadow {
  /** It denies all of it; where several do so together, the last of them. */
  by?: SecurityRule;
  /** They deny, or may deny, some of it. */
  partly: readonly SecurityRule[];
}

/** `id`: of the rule that is asked about, where it is there. */
export function shadowOver(
  rules: readonly SecurityRule[],
  { serviceTag, priority, id }: { serviceTag: string; priority: number; id?: string },
): Shadow {
  const partly: SecurityRule[] = [];
  for (const rule of inOrder(rules)) {
    if (rule.priority >= priority) break;
    if (sameId(rule.id, id)) continue;
    const share = shareOf(rule, serviceTag);
    if (share === 'none') continue;
    if (isSame(rule.access, 'Allow')) {
      // It is let through before anybody denies it.
      if (share === 'whole') break;
      continue;
    }
    partly.push(rule);
    if (share === 'whole' || isWholeTogether(partly, serviceTag)) return { by: rule, partly: [] };
  }
  return { partly };
}

const inOrder = once((rules: readonly SecurityRule[]) =>
  rules
    .filter((rule) => isSame(rule.direction, 'Outbound'))
    .sort((one, other) => one.priority - other.priority),
);

/** Several denials of single prefixes may leave nothing. */
function isWholeTogether(denials: readonly SecurityRule[], serviceTag: string): boolean {
  const ofAll = denials.filter((rule) => shareOfSource(rule) === 'whole' && !rule.ofGroups.destinations);
  const destinations = ofAll.flatMap((rule) => rule.destinations);
  const ofGroups = { sources: false, destinations: false };
  return shareOfDestination({ destinations, ofGroups }, serviceTag) === 'whole';
}

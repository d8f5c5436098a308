import { nameOf, sameId } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import { blindness, isBusy, isLeaving, type Seen, type SeenSecurityGroup } from '../seen.ts';
import { deletion, none, together, underWay, type Dismantling } from '../dismantle.ts';
import { idsOf } from '../inventory.ts';
import { parentOf } from '../keys.ts';
import { isWanted } from '../wanted.ts';
import { heirOf } from './heirs.ts';
import { isMarkedFor } from './marks.ts';
import { handingOver } from './rule-calls.ts';
import { allowsTheSame } from './traffic.ts';

/** How the rules that are ours are taken down: deleted, or left to another object that asks for them. Pure. */

/** Those of one group that the spec no longer asks for; at deletion it asks for none. */
export function takeDownRules(seen: Seen, group: SeenSecurityGroup): Dismantling {
  const { rules } = group;
  const all = rules.is === 'there' ? rules.value : [];
  const surplus = all.filter((rule) => isMarkedFor(rule, seen.desired.owner.tag) && !isWanted(seen, rule.id));
  const unread = blindness(rules);
  if (unread !== undefined) return isRecorded(seen, group) ? { ...none, unread: [unread] } : none;
  return together(surplus.map((rule) => takeDownRule(seen, group, rule)));
}

function takeDownRule(seen: Seen, { id, rules }: SeenSecurityGroup, rule: SecurityRule): Dismantling {
  const what = `rule ${rule.name} of NSG ${nameOf(id)}`;
  const heir = heirOf(seen, rule.id);
  const isLeft = heir !== undefined && allowsTheSame(rule, heir.rule.serviceTag);
  const planned = isLeft
    ? handingOver(rule, id, heir, heir.rule.serviceTag)
    : deletion('deleteRule', rule.id, what, [id]);
  if (isBusy(rules)) {
    const waiting = { ...planned, waitsFor: `Azure's work on NSG ${nameOf(id)}` };
    return { ...underWay(seen, rule.id, what), planned: [waiting] };
  }
  if (isLeaving(rule) || rule.provisioningState === 'Updating') return { ...none, left: [what], watch: [id] };
  return { ...none, left: [what], planned: [planned] };
}

/** Whether the group can hold anything of ours. */
function isRecorded({ inventory }: Seen, { id }: SeenSecurityGroup): boolean {
  return idsOf(inventory, 'rule').some((rule) => sameId(parentOf(rule), id));
}

import { idKey, sameId } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import { parentOf } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { isMarkedFor } from './marks.ts';

/** Security rules in the picture. Pure. */

/** What is known of a rule; undefined where its group was not looked at. */
export function ruleKnown(seen: Seen, id: string): Known<SecurityRule> | undefined {
  const rules = seen.securityGroups.get(idKey(parentOf(id)))?.rules;
  if (rules === undefined || rules.is !== 'there') return rules;
  const value = rules.value.find((one) => sameId(one.id, id));
  return value === undefined ? { ...rules, is: 'absent' } : { ...rules, value };
}

/** Those that carry our mark. */
export function markedRules({ securityGroups, desired }: Seen): SecurityRule[] {
  const all = [...securityGroups.values()].flatMap(({ rules }) => valueOf(rules) ?? []);
  return all.filter((rule) => isMarkedFor(rule, desired.owner.tag));
}

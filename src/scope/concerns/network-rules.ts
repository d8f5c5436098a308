import { idKey, nameOf } from '../../azure/ids.ts';
import { absent, type Concern } from '../../engine/concern.ts';
import { valueOf } from '../../engine/picture.ts';
import type { ScopeAction } from '../actions.ts';
import type { DesiredGroup } from '../rules/desired-rules.ts';
import { decideRules, statesOf } from '../rules/group-state.ts';
import { groupNotFound } from '../rules/rule-faults.ts';
import { blindness, type Seen } from '../seen.ts';
import {
  failed,
  listed,
  nothing,
  onItsWay,
  readyUnless,
  unreadable,
  withOverrides,
  worstOf,
} from '../verdicts.ts';
import { waitsOf, watchOf, type Part } from './part.ts';

/**
 * Every rule that the spec asks of a network security group is there and of effect (condition NetworkRulesReady). What
 * stands in its way is found before anything is written; one group's trouble does not hold up the others.
 */
export const networkRules: Concern<Seen, ScopeAction> = {
  name: 'networkRules',
  condition: 'NetworkRulesReady',
  gatesReady: true,
  tellsRefusals: true,
  decide(seen) {
    const { securityGroups } = seen.desired;
    if (securityGroups.length === 0) return absent();
    const all = securityGroups.map((group) => ({ group, ...decideGroup(seen, group) }));
    const planned = all.flatMap((one) => one.planned);
    const faults = all.flatMap(({ group, trouble }) =>
      trouble === undefined ? [] : [{ name: `NSG ${nameOf(group.id)}`, fault: trouble }],
    );
    const worst = worstOf(faults);
    if (worst !== undefined) return failed(worst, planned, watchOf(all));
    const waits = onItsWay(waitsOf(all), watchOf(all));
    if (waits !== undefined) return withOverrides(seen, planned, waits);
    const unread = all.find((one) => one.unread !== undefined);
    if (unread?.unread !== undefined) {
      const what = `NSG ${nameOf(unread.group.id)}`;
      return { verdict: unreadable(seen, 'NetworkRulesReady', unread.unread, what), planned };
    }
    const known = all.map(({ group }) => seen.securityGroups.get(idKey(group.id))?.rules);
    return { verdict: readyUnless(known, messageOf(seen)), planned };
  },
};

function decideGroup(seen: Seen, group: DesiredGroup): Part {
  const rules = seen.securityGroups.get(idKey(group.id))?.rules;
  const unread = rules === undefined ? undefined : blindness(rules);
  if (unread !== undefined) return { unread, planned: nothing };
  if (rules === undefined || rules.is !== 'there')
    return { trouble: groupNotFound(group), planned: nothing, watch: [group.id] };
  return decideRules(seen, group, { rules: rules.value, busy: rules.busy });
}

/** What denies some of it is told: it may well be meant. */
function messageOf(seen: Seen): string {
  const { securityGroups } = seen.desired;
  const partly = securityGroups.flatMap((group) => {
    const rules = valueOf(seen.securityGroups.get(idKey(group.id))?.rules) ?? [];
    const denials = statesOf(seen, group, rules).flatMap(({ state }) =>
      state.is === 'ours' || state.is === 'found' ? state.partly : [],
    );
    return [...new Set(denials.map(({ name }) => `${name} (NSG ${nameOf(group.id)})`))];
  });
  const count = securityGroups.reduce((sum, { rules }) => sum + rules.length, 0);
  const note = partly.length === 0 ? '' : ` Rules with lower numbers may deny some of it: ${listed(partly)}.`;
  return `All ${count} rules are there.${note}`;
}

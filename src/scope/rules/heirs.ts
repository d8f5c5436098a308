import { idKey } from '../../azure/ids.ts';
import { once } from '../../base/once.ts';
import { ownerFor, type Owner } from '../../domain/ownership.ts';
import { rankOf } from '../../domain/rivals.ts';
import type { Seen } from '../seen.ts';
import { desiredGroups, type DesiredRule } from './desired-rules.ts';

/** Other objects of this cluster that ask for a rule: it stays while any of them does. Pure. */
export interface Heir {
  owner: Owner;
  rule: DesiredRule;
}

/** The object that keeps the rule when we let it go: the oldest. */
export function heirOf(seen: Seen, ruleId: string): Heir | undefined {
  return askersOf(seen).get(idKey(ruleId))?.[0];
}

/** Every live object that asks for the rule, the oldest first. */
const askersOf = once(({ preflight, desired }: Seen): ReadonlyMap<string, readonly Heir[]> => {
  const live = preflight.others
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));
  const all = live.flatMap((object): Heir[] => {
    const owner = ownerFor(object.metadata, desired.owner.ownerId, object.spec.adoptionPolicy);
    return desiredGroups(object).flatMap(({ rules }) => rules.map((rule) => ({ owner, rule })));
  });
  return Map.groupBy(all, ({ rule }) => idKey(rule.id));
});

/** The live object whose mark the rule has. */
export function ownersByTag(seen: Seen): readonly Heir[] {
  return [...askersOf(seen).values()].flat();
}

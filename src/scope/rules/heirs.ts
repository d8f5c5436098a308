import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { idKey } from '../../azure/ids.ts';
import { once } from '../../base/once.ts';
import type { Seen } from '../seen.ts';
import { desiredGroups, type DesiredRule } from './desired-rules.ts';

/** Other objects of this cluster that ask for a rule: it stays while any of them does. Pure. */
export interface Heir {
  /** The owner's tag that the object's resources carry. */
  ownerTag: string;
  namespace: string;
  name: string;
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
    .sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  const all = live.flatMap((object) =>
    desiredGroups(object).flatMap(({ rules }) =>
      rules.map((rule) => heir(object, desired.owner.ownerId, rule)),
    ),
  );
  return Map.groupBy(all, ({ rule }) => idKey(rule.id));
});

/** The live object whose mark the rule has. */
export function ownersByTag(seen: Seen): readonly Heir[] {
  return [...askersOf(seen).values()].flat();
}

function heir({ metadata }: ArcPrivateLinkScope, ownerId: string, rule: DesiredRule): Heir {
  const { name, namespace = '' } = metadata;
  return { ownerTag: `${ownerId}/${namespace}/${name}`, namespace, name, rule };
}

function rank({ metadata }: ArcPrivateLinkScope): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
}

import type { ArcServerAssociation, MachineSelector, TagRequirement } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';

/** Which servers an association selects. Pure. Names, groups and tag keys are compared without case, tag values with. */
export type Selection = (machine: Machine) => boolean;

/** `subscriptionId` is the scope's: where servers are looked for when the spec names no subscription. */
export function selectionOf(selector: MachineSelector, subscriptionId: string): Selection {
  const subscriptions = lower(subscriptionsOf(selector, subscriptionId));
  const names = selector.names && lower(selector.names);
  const groups = selector.resourceGroups && lower(selector.resourceGroups);
  const tags = tagSelection(selector);
  const all = selector.selectionMode === 'All';
  // The API server refuses an empty selection; should one slip through, it must not take everything.
  const empty = !all && !names?.size && !groups?.size && tags === undefined;
  return (machine) =>
    !empty &&
    subscriptions.has(machine.subscriptionId.toLowerCase()) &&
    (all ||
      ((!names?.size || names.has(machine.name.toLowerCase())) &&
        (!groups?.size || groups.has(machine.resourceGroup.toLowerCase())) &&
        (tags === undefined || tags(machine))));
}

export function subscriptionsOf(selector: MachineSelector, subscriptionId: string): readonly string[] {
  return selector.subscriptionIds?.length ? selector.subscriptionIds : [subscriptionId];
}

function tagSelection(selector: MachineSelector): Selection | undefined {
  const wanted = Object.entries(selector.tagSelector?.matchTags ?? {});
  const requirements = selector.tagSelector?.matchExpressions ?? [];
  if (wanted.length === 0 && requirements.length === 0) return undefined;
  return (machine) => {
    const tags = new Map(Object.entries(machine.tags).map(([key, value]) => [key.toLowerCase(), value]));
    return (
      wanted.every(([key, value]) => tags.get(key.toLowerCase()) === value) &&
      requirements.every((requirement) => meets(tags.get(requirement.key.toLowerCase()), requirement))
    );
  };
}

function meets(value: string | undefined, { operator, values = [] }: TagRequirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function lower(texts: readonly string[]): Set<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

/** Names that the spec lists and that no server of the subscriptions has. */
export function missingNames(selector: MachineSelector, machines: Iterable<Machine>): string[] {
  if (!selector.names?.length) return [];
  const present = new Set([...machines].map(({ name }) => name.toLowerCase()));
  return selector.names.filter((name) => !present.has(name.toLowerCase())).sort();
}

/** Another live association of this cluster, as far as conflicts go. */
export interface Rival {
  name: string;
  scopeId: string | undefined;
  /** Compares as the older one first. */
  rank: string;
  selects: Selection;
}

export function rankOf({ metadata }: ArcServerAssociation): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * The rival that a server belongs to instead of us, when there is one: the association of the scope that it is in now,
 * else the older one.
 */
export function winnerOver(
  machine: Machine,
  own: { scopeId: string; rank: string },
  rivals: readonly Rival[],
): Rival | undefined {
  const claims = rivals.filter((rival) => rival.selects(machine));
  if (claims.length === 0) return undefined;
  const current = machine.scopeId === undefined ? undefined : idKey(machine.scopeId);
  const inIt = (scopeId: string | undefined): boolean =>
    current !== undefined && scopeId !== undefined && idKey(scopeId) === current;
  const order = (claim: { scopeId: string | undefined; rank: string }): string =>
    `${inIt(claim.scopeId) ? 0 : 1} ${claim.rank}`;
  return claims
    .filter((claim) => order(claim) < order(own))
    .sort((one, other) => (order(one) < order(other) ? -1 : 1))[0];
}

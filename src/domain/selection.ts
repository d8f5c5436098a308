import type { MachineSelector, TagRequirement } from '../api/types.ts';
import type { Machine } from '../azure/types.ts';
import { once } from '../base/once.ts';

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
  const wanted = Object.entries(selector.tagSelector?.matchTags ?? {}).map(
    ([key, value]) => [key.toLowerCase(), value] as const,
  );
  const requirements = (selector.tagSelector?.matchExpressions ?? []).map((requirement) => ({
    ...requirement,
    key: requirement.key.toLowerCase(),
  }));
  if (wanted.length === 0 && requirements.length === 0) return undefined;
  return (machine) => {
    const tags = tagsOf(machine);
    return (
      wanted.every(([key, value]) => tags.get(key) === value) &&
      requirements.every((requirement) => meets(tags.get(requirement.key), requirement))
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

/** A server's tags by key in lower case; kept with the tags, which many servers have and many associations look at. */
export function tagsOf({ tags }: Machine): ReadonlyMap<string, string> {
  return byKey(tags);
}

const byKey = once(
  (tags: Machine['tags']): ReadonlyMap<string, string> =>
    new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value])),
);

function lower(texts: readonly string[]): Set<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

/** Names that the spec lists and that none of these servers has. */
export function missingNames(selector: MachineSelector, machines: Iterable<Machine>): string[] {
  if (!selector.names?.length) return [];
  const present = new Set<string>();
  for (const { name } of machines) present.add(name.toLowerCase());
  return selector.names.filter((name) => !present.has(name.toLowerCase())).sort();
}

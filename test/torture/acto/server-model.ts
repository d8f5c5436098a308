import { place } from '../../world/azure/ids.ts';
import type { Resource } from '../../world/azure/store.ts';
import type { AzureWorld } from '../../world/azure/world.ts';
import { subscription } from '../../world/small-seed.ts';

/** Which servers an association selects, written from the documentation of its fields alone. */

export interface Expression {
  key: string;
  operator: string;
  values?: string[];
}

export interface Selector {
  subscriptionIds?: string[];
  names?: string[];
  resourceGroups?: string[];
  tagSelector?: { matchTags?: Record<string, string>; matchExpressions?: Expression[] };
  selectionMode: string;
}

const low = (text: string): string => text.toLowerCase();

export function serversOf(world: AzureWorld): Resource[] {
  return world.resources.ofType('Microsoft.HybridCompute/machines');
}

/** `own`: the scope's subscription, which is looked at when none is named. */
export function selected(world: AzureWorld, selector: Selector, own = subscription): Resource[] {
  return serversOf(world).filter((server) => isSelected(server, selector, own));
}

export function isSelected(server: Resource, selector: Selector, own = subscription): boolean {
  const [, , subscriptionId = '', , group = ''] = server.id.split('/');
  const { subscriptionIds = [], names = [], resourceGroups = [], tagSelector = {} } = selector;
  const within = (list: readonly string[], value: string): boolean =>
    list.length === 0 || list.map(low).includes(low(value));
  return (
    within(subscriptionIds.length === 0 ? [own] : subscriptionIds, subscriptionId) &&
    within(names, server.name) &&
    within(resourceGroups, group) &&
    Object.entries(tagSelector.matchTags ?? {}).every(([key, value]) => tagOf(server, key) === value) &&
    (tagSelector.matchExpressions ?? []).every((expression) => holds(server, expression))
  );
}

function tagOf({ tags = {} }: Resource, name: string): string | undefined {
  return Object.entries(tags).find(([key]) => low(key) === low(name))?.[1];
}

/** As label selectors have it: a server without the tag is not in any list of values. */
function holds(server: Resource, { key, operator, values = [] }: Expression): boolean {
  const value = tagOf(server, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

export function isIn({ properties }: Resource, scopeId: string): boolean {
  return low(String(properties['privateLinkScopeResourceId'] ?? '')) === low(scopeId);
}

export function isFree({ properties }: Resource): boolean {
  return String(properties['privateLinkScopeResourceId'] ?? '') === '';
}

/** Only servers of the scope's region can be in it. */
export function isOfRegion(server: Resource, scope: Resource | undefined): boolean {
  return scope !== undefined && place(server.location ?? '') === place(scope.location ?? '');
}

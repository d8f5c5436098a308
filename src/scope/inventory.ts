import type { InventoryItem } from '../api/types.ts';
import { idKey, parseResourceId } from '../azure/ids.ts';
import { once } from '../base/once.ts';
import type { ScopeAction } from './actions.ts';
import { parentOf } from './keys.ts';

/**
 * What is this object's in Azure, as status.inventory has it: written down before it is made, and struck out when Azure
 * says that it is gone. Deletion works from it and from tags, and touches only what both, where there can be a tag,
 * call ours. Pure.
 */
export type Inventory = ReadonlyMap<string, InventoryItem>;

export type ResourceKind = 'scope' | 'endpoint' | 'zoneGroup' | 'zone' | 'rule' | 'link';

const types: Record<string, ResourceKind> = {
  'microsoft.hybridcompute/privatelinkscopes': 'scope',
  'microsoft.network/privateendpoints': 'endpoint',
  'microsoft.network/privateendpoints/privatednszonegroups': 'zoneGroup',
  'microsoft.network/privatednszones': 'zone',
  'microsoft.network/privatednszones/virtualnetworklinks': 'link',
  'microsoft.network/networksecuritygroups/securityrules': 'rule',
};

/** Links come last: where there is no room for all, they are found below their zones. */
const order: readonly ResourceKind[] = ['scope', 'endpoint', 'zoneGroup', 'zone', 'rule', 'link'];
/** The schema's limit. */
const mostItems = 4000;

export function kindOf(id: string): ResourceKind | undefined {
  return types[parseResourceId(id)?.type.toLowerCase() ?? ''];
}

export function inventoryOf(items: readonly InventoryItem[] = none): Inventory {
  return byId(items);
}

const none: readonly InventoryItem[] = [];
const byId = once(
  (items: readonly InventoryItem[]): Inventory => new Map(items.map((item) => [idKey(item.id), item])),
);

/** As it is stored: always in the same order. */
export function storedItems(inventory: Inventory): InventoryItem[] {
  const rank = ({ id }: InventoryItem): string => `${order.indexOf(kindOf(id) ?? 'link')} ${idKey(id)}`;
  return [...inventory.values()].sort((one, other) => (rank(one) < rank(other) ? -1 : 1)).slice(0, mostItems);
}

export function idsOf(inventory: Inventory, kind: ResourceKind): readonly string[] {
  return byKind(inventory).get(kind) ?? [];
}

const byKind = once((inventory: Inventory) =>
  Map.groupBy(
    [...inventory.values()].map(({ id }) => id),
    kindOf,
  ),
);

/** The links that were written down, by the `idKey` of their zones. */
export const linksIn = once((inventory: Inventory) =>
  Map.groupBy(idsOf(inventory, 'link'), (link) => idKey(parentOf(link))),
);

/** With what the calls are about to make, or to make ours. */
export function withCalls(inventory: Inventory, actions: readonly ScopeAction[]): Inventory {
  const next = new Map(inventory);
  for (const action of actions) {
    const item = itemOf(action);
    if (item === undefined) continue;
    const known = next.get(idKey(item.id));
    // What was adopted stays so, whatever is written to it later; what has to be made anew is another resource.
    const staysAdopted = known?.origin === 'Adopted' && !action.call.startsWith('create');
    if (known?.origin !== item.origin && !staysAdopted) next.set(idKey(item.id), item);
  }
  return next;
}

function itemOf(action: ScopeAction): InventoryItem | undefined {
  if (action.call === 'putZoneGroup') return { id: action.id, origin: action.origin };
  if (action.call === 'setTags')
    return action.origin === undefined ? undefined : { id: action.of, origin: action.origin };
  if (action.call === 'updateRule')
    return action.origin === undefined ? undefined : { id: action.id, origin: action.origin };
  return action.call.startsWith('create') ? { id: action.id, origin: 'Created' } : undefined;
}

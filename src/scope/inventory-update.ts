import { idKey, sameId } from '../azure/ids.ts';
import type { Tags } from '../azure/types.ts';
import { isMarkedAdopted, isOurs } from '../domain/ownership.ts';
import type { Known } from '../engine/picture.ts';
import type { Origin } from './actions.ts';
import { kindOf, type Inventory } from './inventory.ts';
import { parentOf, zoneGroupName } from './keys.ts';
import { endpointSeen, isGone, zoneSeen, type Seen } from './seen.ts';
import { heirOf } from './rules/heirs.ts';
import { isMarkedFor } from './rules/marks.ts';
import { markedRules, ruleKnown } from './rules/seen-rules.ts';
import { isOthersZone, isWanted } from './wanted.ts';

/**
 * The inventory as the picture makes it: what carries our tag is added, so that a lost status is made good; what is gone,
 * or is no longer ours, is struck out. What is wanted stays listed while it is being made, however long Azure refuses it.
 */
export function inventoryAfter(seen: Seen): Inventory {
  if (seen.observing) return seen.inventory;
  const next = new Map([...seen.inventory].filter(([, { id }]) => stays(seen, id)));
  for (const { id, tags } of taggedResources(seen).filter((one) => !isOthersZone(seen, one.id))) {
    const origin: Origin = isMarkedAdopted(tags) ? 'Adopted' : 'Created';
    const known = next.get(idKey(id));
    if (known === undefined || origin === 'Adopted') next.set(idKey(id), { id: known?.id ?? id, origin });
  }
  return next;
}

function stays(seen: Seen, id: string): boolean {
  if (isOthersZone(seen, id)) return false;
  if (isWanted(seen, id)) return true;
  const known = knownOf(seen, id);
  // At deletion it stays listed, so that the last word can name what is left.
  const lost = !seen.deleting && known !== undefined && isNoLongerOurs(seen, id, known);
  return known === undefined || !(isGone(known) || lost);
}

/** What this object made and may no longer delete, because someone took the tag off or gave it another. */
export function strays(seen: Seen): string[] {
  return [...seen.inventory.values()]
    .filter(({ id, origin }) => {
      const known = knownOf(seen, id);
      const left = known !== undefined && isNoLongerOurs(seen, id, known);
      // What was left to another object is no stray.
      return origin === 'Created' && left && heirOf(seen, id) === undefined;
    })
    .map(({ id }) => id);
}

/** Everything in the picture that carries our tag, and zone groups of our name below endpoints that do. */
function taggedResources(seen: Seen): { id: string; tags: Tags }[] {
  const { owner } = seen.desired;
  const scope = seen.scope.is === 'there' ? [seen.scope.value] : [];
  const endpoints = [...seen.endpoints.values()].flatMap(({ known }) =>
    known.is === 'there' ? [known.value] : [],
  );
  const groups = [...seen.endpoints.values()].flatMap(({ known, groups: listed }) => {
    if (known.is !== 'there' || !isOurs(known.value.tags, owner) || listed.is !== 'there') return [];
    const ours = listed.value.filter(({ name }) => name.toLowerCase() === zoneGroupName);
    return ours.map(({ id }) => ({ id, tags: { ...known.value.tags } }));
  });
  const zones = [...seen.zones.values()].flatMap(({ known }) => (known.is === 'there' ? [known.value] : []));
  const links = [...seen.zones.values()].flatMap(({ links: listed }) =>
    listed.is === 'there' ? listed.value : [],
  );
  return [
    ...[...scope, ...endpoints, ...zones, ...links].filter(({ tags }) => isOurs(tags, owner)),
    ...groups.map(({ id }) => ({ id, tags: {} })),
    ...markedRules(seen).map(({ id }) => ({ id, tags: {} })),
  ];
}

/** What the picture says of a resource of the inventory; undefined where it was not looked for. */
export function knownOf(
  seen: Seen,
  id: string,
): Known<{ id: string; tags?: Tags; description?: string }> | undefined {
  switch (kindOf(id)) {
    case 'scope':
      return sameId(id, seen.desired.scopeId) ? seen.scope : undefined;
    case 'endpoint':
      return endpointSeen(seen, id)?.known;
    case 'zone':
      return zoneSeen(seen, id)?.known;
    case 'zoneGroup':
      return member(endpointSeen(seen, parentOf(id)), 'groups', id);
    case 'link':
      return member(zoneSeen(seen, parentOf(id)), 'links', id);
    case 'rule':
      return ruleKnown(seen, id);
    case undefined:
      return undefined;
  }
}

/** A member of a list below a resource; with the resource gone, it is. */
function member<K extends string, T extends { id: string }>(
  parent: ({ known: Known<unknown> } & Record<K, Known<T[]>>) | undefined,
  list: K,
  id: string,
): Known<T> | undefined {
  if (parent === undefined) return undefined;
  if (parent.known.is === 'absent') return { ...parent.known };
  const listed = parent[list];
  if (listed.is !== 'there') return listed.is === 'unknown' ? listed : { ...listed };
  const value = listed.value.find((one) => sameId(one.id, id));
  return value === undefined ? { ...listed, is: 'absent' } : { ...listed, value };
}

function isNoLongerOurs(
  seen: Seen,
  id: string,
  known: Known<{ tags?: Tags; description?: string }>,
): boolean {
  if (known.is !== 'there') return false;
  const { owner } = seen.desired;
  if (kindOf(id) === 'rule') return !isMarkedFor({ description: known.value.description ?? '' }, owner.tag);
  if (kindOf(id) !== 'zoneGroup') return !isOurs(known.value.tags ?? {}, owner);
  const parent = endpointSeen(seen, parentOf(id))?.known;
  return parent?.is === 'there' && !isOurs(parent.value.tags, owner);
}

import { idKey, sameId, uniqueIds } from '../../azure/ids.ts';
import { each } from '../../base/each.ts';
import { lookAtList } from '../../engine/look-at.ts';
import type { ScopeLooking } from '../deps.ts';
import type { Desired } from '../desired.ts';
import { idsOf, type Inventory } from '../inventory.ts';
import { parentOf } from '../keys.ts';
import { isMarked } from '../rules/marks.ts';
import type { SeenSecurityGroup } from '../seen.ts';
import { readsAtOnce } from './reads.ts';

/** Network security groups with all their rules: those that the spec names, and those where rules were made. */
export async function lookAtSecurityGroups(
  looking: ScopeLooking,
  { securityGroups }: Desired,
  inventory: Inventory,
): Promise<Map<string, SeenSecurityGroup>> {
  const made = idsOf(inventory, 'rule');
  const wanted = securityGroups.flatMap(({ rules }) => rules.map(({ id }) => id));
  const ids = uniqueIds([...securityGroups.map(({ id }) => id), ...made.map(parentOf)]);
  const seen = await each(ids, readsAtOnce, async (id): Promise<SeenSecurityGroup> => {
    const members = uniqueIds([...wanted, ...made]).filter((rule) => sameId(parentOf(rule), id));
    const read = () => looking.azure.listSecurityRules(id, isMarked);
    return { id, rules: await lookAtList(looking, id, members, read) };
  });
  return new Map(seen.map((one) => [idKey(one.id), one]));
}

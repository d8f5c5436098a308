import { ownerTag } from '../api/resources.ts';
import type { Tags } from '../azure/types.ts';

/** Which tags a resource can have, and which are missing. Pure. */

/** Private DNS takes less than the rest of Azure. */
export type TagRules = 'any' | 'privateDns';

/**
 * Names that private DNS takes: no spaces, no special characters, no leading digit (learn: "Use tags to organize your
 * Azure resources", limitations; names with ':' it drops without a word, Azure/azure-rest-api-specs#11748).
 */
const privateDnsName = /^[A-Za-z_][\w.-]*$/;
/** Learn, same page: private DNS supports 15 tags, the rest of Azure 50. */
const most: Record<TagRules, number> = { any: 50, privateDns: 15 };

/**
 * What the resource can have of a person's tags beside the operator's own: those it does not take are left out, always
 * the same ones. Of names that differ in case alone, which are one name to Azure, the first is taken; the owner's goes
 * before all.
 */
export function fittingTags(tags: Tags, own: Tags, rules: TagRules): Tags {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const accepted = Object.entries(tags)
    .filter(([name]) => rules === 'any' || privateDnsName.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .filter(([name]) => !names.has(name.toLowerCase()) && names.add(name.toLowerCase()));
  return { ...Object.fromEntries(accepted.slice(0, most[rules] - Object.keys(own).length)), ...own };
}

/** Names of tags that the resource cannot have. */
export function leftOutTags(tags: Tags, own: Tags, rules: TagRules): string[] {
  const fitting = fittingTags(tags, own, rules);
  return Object.keys(tags)
    .filter((name) => !(name in fitting))
    .sort();
}

/**
 * The tags to add or change; undefined when all are there. Others' tags count against the limit: what has no room
 * beside them is left out, the owner's tag never.
 */
export function missingTags(present: Tags, wanted: Tags, rules: TagRules): Tags | undefined {
  const byName = new Map(Object.entries(present).map(([name, value]) => [name.toLowerCase(), value]));
  const differing = Object.entries(wanted).filter(
    ([name, value]) => byName.get(name.toLowerCase()) !== value,
  );
  const isThere = (name: string): boolean => byName.has(name.toLowerCase());
  const changed = differing.filter(([name]) => isThere(name));
  const room = Math.max(0, most[rules] - byName.size);
  // The owner's tag is asked for even where there is no room: Azure then says so.
  const added = differing
    .filter(([name]) => !isThere(name))
    .sort(([one], [other]) => Number(other === ownerTag) - Number(one === ownerTag))
    .filter(([name], index) => index < room || name === ownerTag);
  const all = [...changed, ...added];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

import { ownerTag } from '../api/resources.ts';
import type { Tags } from '../azure/types.ts';
import { stalled } from '../base/errors.ts';

/** Whose a resource is, by its tag. Nothing that is not ours is ever changed or deleted. */

/** Tag names are compared without case (learn: "Use tags to organize your Azure resources"). */
export function ownerOf(tags: Tags): string | undefined {
  const entry = Object.entries(tags).find(([name]) => name.toLowerCase() === ownerTag);
  return entry?.[1];
}

export function isOurs(resource: { tags: Tags } | undefined, owner: string): boolean {
  return resource !== undefined && ownerOf(resource.tags) === owner;
}

/** Throws unless the existing resource is ours; `what` names it in the message: `The private endpoint hub`. */
export function requireOurs(resource: { id: string; tags: Tags }, owner: string, what: string): void {
  const other = ownerOf(resource.tags);
  if (other === owner) return;
  if (other === undefined) {
    const message = `${what} exists already and was not made by this object (${resource.id}). It is left untouched: choose another name or resource group, or delete it.`;
    throw stalled('AlreadyExists', message);
  }
  const message = `${what} belongs to ${other}, as its tag ${ownerTag} says (${resource.id}). Remove it there, or choose another name or resource group.`;
  throw stalled('ManagementConflict', message);
}

/** The tags to write, others' kept; undefined when all of ours are there already. */
export function mergedTags(observed: Tags, wanted: Tags): Tags | undefined {
  const byName = new Map(Object.entries(observed).map(([name, value]) => [name.toLowerCase(), value]));
  const differs = Object.entries(wanted).some(([name, value]) => byName.get(name.toLowerCase()) !== value);
  if (!differs) return undefined;
  const names = new Set(Object.keys(wanted).map((name) => name.toLowerCase()));
  const kept = Object.entries(observed).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...wanted };
}

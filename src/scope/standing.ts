import { idKey, nameOf } from '../azure/ids.ts';
import { tagsId, type Tags } from '../azure/types.ts';
import { claimOn, ownTags, type Claim } from '../domain/ownership.ts';
import { fittingTags, missingTags, type TagRules } from '../domain/tags.ts';
import type { Fault } from '../base/errors.ts';
import type { EventReason } from '../api/reasons.ts';
import type { Origin, PlannedCall } from './actions.ts';
import type { Seen } from './seen.ts';

/** What stands between this object and a resource that exists. Pure. */
export type Standing =
  | { is: 'ours'; adopted: boolean }
  /** One call makes it ours; everything else about it waits for that. */
  | { is: 'claimable'; planned: PlannedCall }
  | { is: 'foreign'; fault: Fault };

export interface Tagged {
  id: string;
  tags: Tags;
}

export interface Described {
  /** In the middle of a sentence: `private endpoint hub`. */
  what: string;
  rules: TagRules;
  /** The key of the picture that its tags are read by; its id as a rule. */
  key?: string;
}

export function standing(
  seen: Seen,
  resource: Tagged,
  { what, rules, key = resource.id }: Described,
): Standing {
  const { owner, tags } = seen.desired;
  const claim = claimed(seen, resource, what);
  if (claim.is === 'ours' || claim.is === 'foreign') return claim;
  const adopted = claim.is === 'adoptable' || claim.adopted;
  const origin: Origin = adopted ? 'Adopted' : 'Created';
  const [event, because]: [EventReason, string] =
    claim.is === 'adoptable'
      ? ['Adopted', `adopting ${what}`]
      : ['TakenOver', `taking ${what} over from ${claim.from}`];
  const own = ownTags(owner, adopted);
  const written = missingTags(resource.tags, fittingTags(tags, own, rules), rules) ?? own;
  const action = {
    call: 'setTags',
    verb: 'PATCH',
    id: tagsId(resource.id),
    of: resource.id,
    tags: written,
    origin,
    what,
  } as const;
  return { is: 'claimable', planned: { action, because, event, restsOn: [key], changes: [key] } };
}

/** The claim, with what the inventory knows of how it became ours. `what` without an article. */
export function claimed(seen: Seen, resource: Tagged, what: string): Claim {
  const claim = claimOn(resource, seen.desired.owner, `The ${what}`);
  const isAdopted = seen.inventory.get(idKey(resource.id))?.origin === 'Adopted';
  return claim.is === 'ours' && isAdopted ? { is: 'ours', adopted: true } : claim;
}

/** Whether it is deleted with what it was made for: ours, and not merely adopted. */
export function goesWithUs(seen: Seen, resource: Tagged): boolean {
  const claim = claimed(seen, resource, nameOf(resource.id));
  return claim.is === 'ours' && !claim.adopted;
}

/** The tags that a resource of ours shall have. */
export function wantedTags(seen: Seen, adopted: boolean, rules: TagRules): Tags {
  return fittingTags(seen.desired.tags, ownTags(seen.desired.owner, adopted), rules);
}

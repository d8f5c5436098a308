import { createHash } from 'node:crypto';
import { operatorName } from '../../api/resources.ts';
import { isNeighbour, type Owner } from '../../domain/ownership.ts';

/**
 * Whose a security rule is. It cannot carry a tag and its description holds at most 140 characters (specification of
 * Microsoft.Network), so the description names the operator and a digest of the owner's tag. Pure.
 */
const digits = 32;

const form = new RegExp(`^${operatorName} ([0-9a-f]{${digits}})(?![0-9a-z])`);

/** The description of a rule of this owner. */
export function markFor(ownerTag: string): string {
  return `${operatorName} ${digestOf(ownerTag)}`;
}

/** Whether the rule is of the owner of this tag. */
export function isMarkedFor({ description }: { description: string }, ownerTag: string): boolean {
  return form.exec(description)?.[1] === digestOf(ownerTag);
}

/** Whether the rule is of an operator's, whichever. */
export function isMarked({ description }: { description: string }): boolean {
  return form.test(description);
}

/** Whether the object was told to take the rule from the owner that it carries; never from another namespace's object here. */
export function mayTakeOver(
  rule: { description: string },
  owner: Pick<Owner, 'takesOverFrom' | 'ownerId' | 'namespace'>,
): boolean {
  const from = owner.takesOverFrom;
  return from !== undefined && isMarkedFor(rule, from) && !isNeighbour(from, owner);
}

function digestOf(ownerTag: string): string {
  return createHash('sha256').update(ownerTag).digest('hex').slice(0, digits);
}

import { createHash } from 'node:crypto';
import type { Owner } from '../../domain/ownership.ts';

/**
 * Whose a security rule is. It cannot carry a tag and its description holds at most 140 characters (specification of
 * Microsoft.Network), so the description names the operator and a digest of the owner's tag. Pure.
 */
const operator = 'arc-private-link-operator';
const digits = 32;

const form = new RegExp(`^${operator} ([0-9a-f]{${digits}})(?![0-9a-z])`);

/** The description of a rule of this owner. */
export function markFor(ownerTag: string): string {
  return `${operator} ${digestOf(ownerTag)}`;
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
  { takesOverFrom, ownerId, namespace }: Pick<Owner, 'takesOverFrom' | 'ownerId' | 'namespace'>,
): boolean {
  if (takesOverFrom === undefined || !isMarkedFor(rule, takesOverFrom)) return false;
  return !takesOverFrom.startsWith(`${ownerId}/`) || takesOverFrom.startsWith(`${ownerId}/${namespace}/`);
}

function digestOf(ownerTag: string): string {
  return createHash('sha256').update(ownerTag).digest('hex').slice(0, digits);
}

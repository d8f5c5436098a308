import type { ArcServerAssociation } from '../../api/types.ts';
import type { Looking } from '../../engine/kind.ts';
import type { AssociationMemory } from '../memory.ts';

/** What the reads of an association look with. */
export type AssociationLooking = Looking<ArcServerAssociation, AssociationMemory>;

export function isDeleting({ object }: Pick<AssociationLooking, 'object'>): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

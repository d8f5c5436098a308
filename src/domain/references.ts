import type { ArcPrivateLinkScope, ArcServerAssociation } from '../api/types.ts';
import type { Key } from '../runtime/object.ts';

/** Who refers to which scope. Pure. */

/** The ArcPrivateLinkScope that the association names; undefined with `scopeResourceId`. */
export function scopeKeyOf({ metadata, spec }: ArcServerAssociation): Key | undefined {
  if (spec.scopeRef === undefined) return undefined;
  return { namespace: metadata.namespace ?? '', name: spec.scopeRef.name };
}

export function refersTo(association: ArcServerAssociation, { metadata }: ArcPrivateLinkScope): boolean {
  const key = scopeKeyOf(association);
  return key?.name === metadata.name && key.namespace === (metadata.namespace ?? '');
}

/** A scope's object in a message of another one's: those of other namespaces are nobody's business but theirs. */
export function calledIn(
  namespace: string | undefined,
  other: { namespace?: string | undefined; name: string },
): string {
  return other.namespace === namespace
    ? `ArcPrivateLinkScope ${other.name}`
    : 'an ArcPrivateLinkScope of another namespace';
}

/**
 * While the scope is being deleted: its names no longer resolve to its endpoints, so that servers may leave it (rule 9).
 * The condition is written by the scope's removal; `scope` must have been read anew, not from a cache.
 */
export function namesAreRemoved(scope: ArcPrivateLinkScope): boolean {
  const dns = scope.status?.conditions?.find(({ type }) => type === 'DNSReady');
  return scope.metadata.deletionTimestamp !== undefined && dns?.reason === 'Removed';
}

import type { ArcServerAssociation, ServerEntry } from '../api/types.ts';

/** Phases in which a server is in the scope, or about to be, because this association says so. */
const held: ReadonlySet<ServerEntry['phase']> = new Set([
  'Associating',
  'Propagating',
  'Propagated',
  'Releasing',
]);

export function isHeld(entry: ServerEntry | undefined): boolean {
  return entry !== undefined && held.has(entry.phase);
}

/**
 * Whether the association may take this server out of the scope again (rule 12): it took it, or was told to adopt what
 * it found. The one answer for releases, deletion, and a scope that waits for its servers. Pure.
 */
export function isReleasable(
  entry: ServerEntry | undefined,
  { spec }: Pick<ArcServerAssociation, 'spec'>,
): boolean {
  if (entry === undefined || !isHeld(entry)) return false;
  return entry.origin === 'Taken' || entry.phase === 'Releasing' || spec.adoptionPolicy === 'IfUnowned';
}

/** Whether deleting the association releases servers at all, rather than leaving Azure as it is. Pure. */
export function releasesAtDeletion(
  { spec }: Pick<ArcServerAssociation, 'spec'>,
  observing: boolean,
): boolean {
  return (
    spec.deletionPolicy === 'Disassociate' &&
    !spec.suspend &&
    !observing &&
    spec.managementPolicy !== 'Observe'
  );
}

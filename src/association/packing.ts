import { createHash } from 'node:crypto';
import { apiVersion, associationLabel, finalizer } from '../api/resources.ts';
import type { ArcServerAssociation, SliceCounts } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import { KubernetesError } from '../runtime/client.ts';
import type { Entry, Slice } from './seen.ts';

/** What slices hold: at most 250 servers each, and each server in one of them. Pure. */
const mostEntries = 250;

/** Whose slices: an association, in full or as it was known last. */
export type Owner = Pick<ArcServerAssociation, 'metadata'>;

/** What each slice shall hold: a server stays where it is, a new one goes where there is room. Pure. */
export function pack(slices: readonly Slice[], entries: ReadonlyMap<string, Entry>): Entry[][] {
  const placed = new Set<string>();
  const packed = slices.map(({ metadata, machines }) => {
    // One that someone deletes lasts until its servers are written elsewhere.
    if (metadata.deletionTimestamp !== undefined) return [];
    return machines.flatMap(({ id }) => {
      const entry = entries.get(idKey(id));
      if (entry === undefined || placed.has(idKey(id))) return [];
      placed.add(idKey(id));
      return [entry];
    });
  });
  let at = 0;
  for (const [key, entry] of entries) {
    if (placed.has(key)) continue;
    while (isFull(slices[at], packed[at])) at += 1;
    const slice = packed[at];
    if (slice === undefined) packed[at] = [entry];
    else slice.push(entry);
  }
  return packed;
}

function isFull(slice: Slice | undefined, entries: readonly Entry[] | undefined): boolean {
  return slice?.metadata.deletionTimestamp !== undefined || (entries?.length ?? 0) >= mostEntries;
}

const counted: Record<Entry['phase'], keyof SliceCounts> = {
  Pending: 'pending',
  Associating: 'pending',
  Propagating: 'propagating',
  Propagated: 'propagated',
  Refused: 'refused',
  Failed: 'failed',
  Releasing: 'releasing',
};

export function countsOf(machines: readonly Entry[]): SliceCounts {
  const counts: SliceCounts = {};
  for (const { phase } of machines) counts[counted[phase]] = (counts[counted[phase]] ?? 0) + 1;
  return counts;
}

/** One that holds these servers; `used` are the names that are taken. */
export function newSlice(owner: Owner, machines: Entry[], used: Set<string>): Slice {
  const { name, namespace, uid } = owner.metadata;
  if (namespace === undefined || uid === undefined)
    throw new KubernetesError(0, '', 'the association was never stored');
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  let number = 0;
  while (used.has(`${name}-${digest}-${number}`)) number += 1;
  const own = `${name}-${digest}-${number}`;
  used.add(own);
  const controlled = { controller: true, blockOwnerDeletion: true };
  return {
    apiVersion,
    kind: 'ArcServerAssociationSlice',
    metadata: {
      name: own,
      namespace,
      labels: { [associationLabel]: uid },
      finalizers: [finalizer],
      ownerReferences: [{ apiVersion, kind: 'ArcServerAssociation', name, uid, ...controlled }],
    },
    counts: countsOf(machines),
    machines,
  };
}

import { associationLabel, associations, slices } from '../api/resources.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import type { Client } from '../runtime/client.ts';
import { listAll } from '../runtime/list.ts';
import type { Key } from '../runtime/object.ts';
import type { Reconcile } from '../runtime/reconciler.ts';
import { removeSlice } from './slices.ts';

/**
 * Lets slices go whose association is no more: a person took its finalizer off, or only its slices came back from a
 * backup. Nobody else would ever take the slices' own finalizer off, and their namespace could not be deleted.
 */
export function createOrphanRelease(client: Client): Reconcile {
  return async ({ namespace, name: uid }, { log }) => {
    const left = await listAll(client, slices, { namespace, labelSelector: `${associationLabel}=${uid}` });
    if (left.length === 0) return {};
    // Read anew: a cache may not know the association yet.
    const living = await listAll(client, associations, { namespace });
    if (living.some(({ metadata }) => metadata.uid === uid)) return {};
    for (const slice of left) await removeSlice(client, slice);
    log.info({ namespace, uid, slices: left.length }, 'slices of an association that is no more were let go');
    return {};
  };
}

/** The key by which slices of this association are looked for: they are found by its uid. */
export function orphanKey({ metadata: { namespace = '', uid = '' } }: ArcServerAssociation): Key {
  return { namespace, name: uid };
}

/** Slices of associations that went while no operator ran. */
export async function leftSlices(
  client: Client,
  namespaces: readonly string[],
  living: readonly ArcServerAssociation[],
): Promise<Key[]> {
  const uids = new Set(living.map(({ metadata }) => metadata.uid));
  const keys = new Map<string, Key>();
  for (const namespace of namespaces.length === 0 ? [undefined] : namespaces) {
    for (const { metadata } of await listAll(client, slices, namespace === undefined ? {} : { namespace })) {
      const uid = metadata.labels?.[associationLabel];
      if (uid !== undefined && !uids.has(uid))
        keys.set(uid, { namespace: metadata.namespace ?? '', name: uid });
    }
  }
  return [...keys.values()];
}

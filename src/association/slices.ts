import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { apiVersion, associationLabel, slices as sliceResource } from '../api/resources.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import { KubernetesError, type Client } from '../runtime/client.ts';
import type { Entry, Slice } from './context.ts';

/** Where the state of every server is kept: slices of at most 250, of which only those that change are written. */

const mostEntries = 250;

/** Label values have at most 63 characters, and so have names of associations; a uid needs no cutting. */
function labelOf(object: ArcServerAssociation): string {
  return object.metadata.uid ?? '';
}

/** All slices of the association, from the API server itself: a cache may be behind our own last write. */
export async function readSlices(client: Client, object: ArcServerAssociation): Promise<Slice[]> {
  const all: Slice[] = [];
  let continueToken: string | undefined;
  do {
    const page = await client.list(sliceResource, {
      namespace: object.metadata.namespace ?? '',
      labelSelector: `${associationLabel}=${labelOf(object)}`,
      limit: 100,
      ...(continueToken === undefined ? {} : { continueToken }),
    });
    all.push(...page.items);
    continueToken = page.continueToken;
  } while (continueToken !== undefined);
  return all.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

export function entriesOf(slices: readonly Slice[]): Map<string, Entry> {
  return new Map(
    slices.flatMap(({ machines }) => machines.map((entry): [string, Entry] => [idKey(entry.id), entry])),
  );
}

/** What each slice shall hold: a server stays where it is, a new one goes where there is room. Pure. */
export function pack(slices: readonly Slice[], entries: ReadonlyMap<string, Entry>): Entry[][] {
  const placed = new Set<string>();
  const packed = slices.map(({ machines }) =>
    machines.flatMap(({ id }) => {
      const entry = entries.get(idKey(id));
      if (entry === undefined || placed.has(idKey(id))) return [];
      placed.add(idKey(id));
      return [entry];
    }),
  );
  let at = 0;
  for (const [key, entry] of entries) {
    if (placed.has(key)) continue;
    while ((packed[at]?.length ?? 0) >= mostEntries) at += 1;
    const slice = packed[at];
    if (slice === undefined) packed[at] = [entry];
    else slice.push(entry);
  }
  return packed;
}

/**
 * Stores the entries and gives the slices as they are now. Each write carries the version that was read: when another
 * operator was faster, the API server answers 409 and the pass begins anew.
 */
export async function writeSlices(
  client: Client,
  object: ArcServerAssociation,
  slices: readonly Slice[],
  entries: ReadonlyMap<string, Entry>,
): Promise<Slice[]> {
  const result: Slice[] = [];
  const used = new Set(slices.map(({ metadata }) => metadata.name));
  for (const [index, machines] of pack(slices, entries).entries()) {
    const slice = slices[index];
    if (slice !== undefined && isDeepStrictEqual(slice.machines, machines)) result.push(slice);
    else if (slice !== undefined && machines.length === 0) await remove(client, slice);
    else if (slice !== undefined) result.push(await client.replace(sliceResource, { ...slice, machines }));
    else if (machines.length > 0)
      result.push(await client.create(sliceResource, newSlice(object, machines, used)));
  }
  return result;
}

async function remove(client: Client, slice: Slice): Promise<void> {
  const { namespace = '', name, uid, resourceVersion } = slice.metadata;
  await client.delete(
    sliceResource,
    { namespace, name },
    {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  );
}

export async function deleteSlices(client: Client, slices: readonly Slice[]): Promise<void> {
  for (const slice of slices) await remove(client, slice);
}

function newSlice(object: ArcServerAssociation, machines: Entry[], used: Set<string>): Slice {
  const { name, namespace, uid } = object.metadata;
  if (namespace === undefined || uid === undefined)
    throw new KubernetesError(0, '', 'the association was never stored');
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  let number = 0;
  while (used.has(`${name}-${digest}-${number}`)) number += 1;
  const own = `${name}-${digest}-${number}`;
  used.add(own);
  return {
    apiVersion,
    kind: 'ArcServerAssociationSlice',
    metadata: {
      name: own,
      namespace,
      labels: { [associationLabel]: labelOf(object) },
      ownerReferences: [
        { apiVersion, kind: 'ArcServerAssociation', name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    machines,
  };
}

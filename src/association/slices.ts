import { isDeepStrictEqual } from 'node:util';
import { associationLabel, finalizer, slices as sliceResource } from '../api/resources.ts';
import { idKey } from '../azure/ids.ts';
import type { Client } from '../runtime/client.ts';
import { keyOf } from '../runtime/object.ts';
import { countsOf, newSlice, pack, type Owner } from './packing.ts';
import type { Entry, Slice } from './seen.ts';

/**
 * The journal: where the state of every server is kept, in slices (packing.ts), of which only those that change are
 * written. A slice has a finalizer of its own while it holds servers, so that neither foreground deletion nor a
 * namespace that goes can take it before the servers are released.
 */
/** All slices of the association, from the API server itself: a cache may be behind our own last write. */
export async function readSlices(client: Client, owner: Owner): Promise<Slice[]> {
  const { namespace = '', uid = '' } = owner.metadata;
  const all: Slice[] = [];
  let continueToken: string | undefined;
  do {
    const page = await client.list(sliceResource, {
      namespace,
      labelSelector: `${associationLabel}=${uid}`,
      // 250 servers are 75 KB: a page is read in one turn of the event loop.
      limit: 20,
      ...(continueToken === undefined ? {} : { continueToken }),
    });
    all.push(...page.items.filter((slice) => isOf(slice, owner)));
    continueToken = page.continueToken;
  } while (continueToken !== undefined);
  return all.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

/** A label alone is no proof. `--cascade=orphan` takes the owner off while the association is being deleted. */
function isOf({ metadata: { ownerReferences = [] } }: Slice, { metadata }: Owner): boolean {
  if (ownerReferences.some(({ uid }) => uid === metadata.uid)) return true;
  return ownerReferences.length === 0 && metadata.deletionTimestamp !== undefined;
}

export function entriesOf(slices: readonly Slice[]): Map<string, Entry> {
  return new Map(
    slices.flatMap(({ machines }) => machines.map((entry): [string, Entry] => [idKey(entry.id), entry])),
  );
}

/**
 * Stores the entries and gives the slices as they are now. Each write carries the version that was read: when another
 * operator was faster, the API server answers 409 and the pass begins anew. What is emptied goes last, so that no
 * server is in none of them.
 */
export async function writeSlices(
  client: Client,
  owner: Owner,
  slices: readonly Slice[],
  entries: ReadonlyMap<string, Entry>,
): Promise<Slice[]> {
  // A namespace that is being deleted takes no new slices, and an association that is being deleted needs none.
  if (owner.metadata.deletionTimestamp !== undefined) return await shrinkSlices(client, slices, entries);
  const result: Slice[] = [];
  const emptied: Slice[] = [];
  const used = new Set(slices.map(({ metadata }) => metadata.name));
  for (const [index, machines] of pack(slices, entries).entries()) {
    const slice = slices[index];
    if (slice !== undefined && machines.length === 0) emptied.push(slice);
    else if (slice !== undefined) result.push(await replace(client, slice, machines));
    else if (machines.length > 0)
      result.push(await client.create(sliceResource, newSlice(owner, machines, used)));
  }
  for (const slice of emptied) await removeSlice(client, slice);
  return result;
}

/** The same where every server stays in its slice, also in one that is being deleted. */
async function shrinkSlices(
  client: Client,
  slices: readonly Slice[],
  entries: ReadonlyMap<string, Entry>,
): Promise<Slice[]> {
  const result: Slice[] = [];
  for (const slice of slices) {
    const machines = slice.machines.flatMap(({ id }) => entries.get(idKey(id)) ?? []);
    if (machines.length === 0) await removeSlice(client, slice);
    else result.push(await replace(client, slice, machines));
  }
  return result;
}

async function replace(client: Client, slice: Slice, machines: Entry[]): Promise<Slice> {
  const counts = countsOf(machines);
  const { finalizers = [] } = slice.metadata;
  const isHeld = finalizers.includes(finalizer) || slice.metadata.deletionTimestamp !== undefined;
  if (isHeld && isDeepStrictEqual(slice.machines, machines)) return slice;
  const metadata = isHeld ? slice.metadata : { ...slice.metadata, finalizers: [...finalizers, finalizer] };
  return await client.replace(sliceResource, { ...slice, metadata, counts, machines });
}

/** Takes the finalizer off and deletes it. */
export async function removeSlice(client: Client, slice: Slice): Promise<void> {
  const { uid, resourceVersion, finalizers = [], deletionTimestamp } = slice.metadata;
  const key = keyOf(slice);
  let version = resourceVersion;
  if (finalizers.includes(finalizer)) {
    const metadata = { ...slice.metadata, finalizers: finalizers.filter((name) => name !== finalizer) };
    const freed = await client.replace(sliceResource, { ...slice, metadata });
    if (deletionTimestamp !== undefined) return;
    version = freed.metadata.resourceVersion;
  }
  await client.delete(sliceResource, key, {
    ...(uid === undefined ? {} : { uid }),
    ...(version === undefined ? {} : { resourceVersion: version }),
  });
}

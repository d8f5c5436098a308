import { associationLabel, associations, slices } from '../../api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../api/types.ts';
import { AzureError } from '../../azure/errors.ts';
import { idKey, sameId, subscriptionOf } from '../../azure/ids.ts';
import { needsPerson } from '../../base/errors.ts';
import { refersTo } from '../../domain/references.ts';
import { isReleasable, releasesAtDeletion } from '../../domain/releases.ts';
import type { Known } from '../../engine/picture.ts';
import { listAll } from '../../runtime/list.ts';
import type { ScopeDeps, ScopeLooking } from '../deps.ts';
import { scopeIdOf } from '../../domain/scope-id.ts';
import { serversKey, subscriptionsKey } from '../keys.ts';
import { troubleOf, type AssociationsSeen, type ServersSeen } from '../seen.ts';
import { each } from '../../base/each.ts';
import { optional, readOf } from './optional.ts';
import { readsAtOnce } from './reads.ts';

/** Servers that point to the scope, and the associations that hold them. */

interface Pointing {
  begunMs: number;
  servers: { id: string; name: string }[];
}

/** A listing counts for so long at deletion, where calls rest on it. */
const freshMs = 30_000;

export function referring(
  { associations: lister }: ScopeDeps,
  object: ArcPrivateLinkScope,
): ArcServerAssociation[] {
  return lister.list().filter((association) => refersTo(association, object));
}

/** Those of the namespace as the API server has them now, not as a cache does. */
export async function referringNow(
  deps: ScopeDeps,
  object: ArcPrivateLinkScope,
): Promise<ArcServerAssociation[]> {
  const namespace = object.metadata.namespace ?? '';
  const here = await listAll(deps.client, associations, { namespace });
  const elsewhere = referring(deps, object).filter(({ metadata }) => metadata.namespace !== namespace);
  return [...here.filter((association) => refersTo(association, object)), ...elsewhere];
}

/** `nowMs` is Azure's time, by which associations write down when a wait ends. */
export function associationsSeen(
  referring: readonly ArcServerAssociation[],
  nowMs: number,
): AssociationsSeen {
  const named = (deleted: boolean): string[] =>
    referring
      .filter(({ metadata }) => (metadata.deletionTimestamp !== undefined) === deleted)
      .map(({ metadata }) => metadata.name)
      .sort();
  // One that is suspended, or whose object nobody looks after, keeps its count for ever: its wait ends all the same.
  const waiting = referring.flatMap(({ status }) => {
    const endsMs = Date.parse(status?.propagatedBy ?? '');
    return endsMs > nowMs ? [{ servers: status?.propagating ?? 0, endsMs }] : [];
  });
  const propagating = waiting.reduce((sum, { servers }) => sum + servers, 0);
  return {
    live: named(false),
    terminating: named(true),
    propagating,
    ...(propagating === 0
      ? {}
      : { propagatedInMs: Math.min(...waiting.map(({ endsMs }) => endsMs)) - nowMs }),
  };
}

/** How many servers Azure shows in the scope; a count is not worth failing for. */
export async function countServers(
  { azure, picture, object }: ScopeLooking,
  deps: ScopeDeps,
  referring: readonly ArcServerAssociation[],
): Promise<ServersSeen> {
  const scopeId = scopeIdOf(object);
  const pollMs = deps.settings.machinePollIntervalMs;
  const subscriptions = unique([object.spec.subscriptionId, ...referring.flatMap(subscriptionsOf)]);
  const count = async (id: string): Promise<number> => {
    const { machines } = await azure.machines(id, pollMs);
    return [...machines.values()].filter((machine) => sameId(machine.scopeId, scopeId)).length;
  };
  const listed = await each(subscriptions, readsAtOnce, async (id) => {
    const key = `${serversKey(id)} counted`;
    const look = () => picture.look(key, () => optional(() => count(id)));
    const known = await look();
    if (known.is === 'unknown' || troubleOf(known) !== undefined || known.ageMs === 0) return known;
    // Counting costs nothing while a listing is young, and our own PATCHes show in it at once.
    picture.expire(key);
    return await look();
  });
  const counts = listed.map(readOf);
  const isWhole = listed.every((known) => readOf(known) !== undefined && troubleOf(known) === undefined);
  const total = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return { ...noServers, ...(isWhole ? { count: total } : {}) };
}

export const noServers: ServersSeen = { staying: [], leaving: [], unread: [], keys: [] };

/** At deletion: in every subscription that any association names or the identity can see. */
export async function findServers(
  looking: ScopeLooking,
  deps: ScopeDeps,
  referring: readonly ArcServerAssociation[],
): Promise<ServersSeen> {
  const { object } = looking;
  const scopeId = scopeIdOf(object);
  const named = unique([object.spec.subscriptionId, ...deps.associations.list().flatMap(subscriptionsOf)]);
  const visible = await looking.picture.look(subscriptionsKey, () =>
    optional(() => looking.azure.listSubscriptions()),
  );
  const allowed = deps.settings.allowedSubscriptions;
  const elsewhere = (readOf(visible) ?? []).filter((id) => allowed.length === 0 || allowed.includes(id));
  const subscriptions = unique([...named, ...elsewhere]);
  const listed = await each(subscriptions, readsAtOnce, async (id) => ({
    id,
    known: await pointing(looking, id, scopeId),
  }));
  const leavingIds = await releasedBy(deps, referring);
  const servers = listed.flatMap(({ known }) => (known.is === 'there' ? known.value.servers : []));
  const names = (leaving: boolean): string[] =>
    servers
      .filter(({ id }) => leavingIds.has(idKey(id)) === leaving)
      .map(({ name }) => name)
      .sort();
  const unread = listed.flatMap(({ id, known }) => {
    const fault = troubleOf(known);
    if (fault === undefined || isVanished(fault)) return [];
    // No denial: it comes back by itself, and until then nobody knows what is there.
    return [{ subscriptionId: id, fault, matters: named.includes(id) || !needsPerson(fault) }];
  });
  const notListed = troubleOf(visible);
  const unseen =
    notListed === undefined
      ? []
      : [{ subscriptionId: undefined, fault: notListed, matters: !needsPerson(notListed) }];
  // What cannot be looked at, and does not matter, must not hold up what rests on the rest.
  const keys = listed
    .filter(
      ({ id, known }) =>
        troubleOf(known) === undefined || unread.some((one) => one.matters && one.subscriptionId === id),
    )
    .map(({ id }) => serversKey(id));
  return {
    staying: names(false),
    leaving: names(true),
    unread: [...unread, ...unseen],
    keys: notListed === undefined ? [...keys, subscriptionsKey] : keys,
  };
}

async function pointing(
  { azure, picture }: ScopeLooking,
  subscriptionId: string,
  scopeId: string,
): Promise<Known<Pointing>> {
  const read = async (): Promise<Pointing> => {
    const { begunMs, machines } = await azure.machines(subscriptionId, freshMs);
    const inScope = [...machines.values()].filter((machine) => sameId(machine.scopeId, scopeId));
    return { begunMs, servers: inScope.map(({ id, name }) => ({ id, name })) };
  };
  const look = () => picture.look(serversKey(subscriptionId), read, ({ begunMs }) => begunMs);
  const known = await look();
  if (known.is === 'unknown' || troubleOf(known) !== undefined) return known;
  // Our own PATCHes are laid over a young listing: servers that an association has released no longer stand in the way.
  picture.expire(serversKey(subscriptionId));
  return await look();
}

/** A subscription that is no more has no servers. */
function isVanished(fault: unknown): boolean {
  return fault instanceof AzureError && fault.status === 404 && fault.code === 'SubscriptionNotFound';
}

/** Ids of the servers that associations being deleted will release. */
async function releasedBy(
  { client, settings }: ScopeDeps,
  referring: readonly ArcServerAssociation[],
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const observing = settings.managementPolicy === 'Observe';
  for (const association of referring) {
    const { deletionTimestamp, namespace = '', uid = '' } = association.metadata;
    if (deletionTimestamp === undefined || !releasesAtDeletion(association, observing)) continue;
    const held = await listAll(client, slices, { namespace, labelSelector: `${associationLabel}=${uid}` });
    for (const entry of held.flatMap(({ machines }) => machines))
      if (isReleasable(entry, association)) ids.add(idKey(entry.id));
  }
  return ids;
}

/** The subscriptions whose servers an association may hold. */
function subscriptionsOf({ spec }: ArcServerAssociation): string[] {
  const own = spec.scopeResourceId === undefined ? [] : [subscriptionOf(spec.scopeResourceId)];
  return [...(spec.machines.subscriptionIds ?? []), ...own];
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].filter((id) => id !== '');
}

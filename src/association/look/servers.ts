import { subscriptionOf } from '../../azure/ids.ts';
import type { Clock } from '../../base/clock.ts';
import { inTurns } from '../../base/in-turns.ts';
import type { Machine } from '../../azure/types.ts';
import type { Selection } from '../../domain/selection.ts';
import type { AssociationMemory } from '../memory.ts';
import type { Entry, Listing, Server, Sight } from '../seen.ts';

/** Azure's servers and our entries put together. */
export interface Composed {
  servers: Server[];
  /** Servers with an entry that a listing of their subscription lacks. */
  lacking: Server[];
}

export interface ComposeContext {
  memory: Pick<AssociationMemory, 'answers'>;
  waitsFor: (listing: Listing) => string | undefined;
  clock: Pick<Clock, 'monotonic' | 'turn'>;
}

/**
 * `waitsFor` tells what calls on a listing's servers have to wait for. `selects` is undefined when nothing is
 * selected any more: the association is being deleted.
 */
export async function compose(
  listings: readonly Listing[],
  stored: ReadonlyMap<string, Entry>,
  selects: Selection | undefined,
  { memory, waitsFor: waitsForListing, clock }: ComposeContext,
): Promise<Composed> {
  const found = new Map<string, Server>();
  for (const listing of listings) {
    const waitsFor = waitsForListing(listing);
    const evidence = {
      begunMs: listing.begunMs,
      key: listing.key,
      ...(waitsFor === undefined ? {} : { waitsFor }),
    };
    await inTurns(clock, listing.machines, ([key, listed]) => {
      const machine = newest(listed, key, listing, memory);
      const selected = selects?.(machine) ?? false;
      const entry = stored.get(key);
      if (!selected && entry === undefined) return;
      found.set(key, { id: machine.id, key, selected, entry, sight: { is: 'there', machine, evidence } });
    });
  }
  const listed = new Set(listings.map(({ subscriptionId }) => subscriptionId));
  const lacking: Server[] = [];
  for (const [key, entry] of stored) {
    if (found.has(key)) continue;
    const server: Server = { id: entry.id, key, selected: false, entry, sight: { is: 'unread' } };
    found.set(key, server);
    if (listed.has(subscriptionOf(key))) lacking.push(server);
  }
  const servers = [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  return { servers, lacking };
}

/** Our own call's answer where the listing began before it. */
function newest(
  listed: Machine,
  key: string,
  { begunMs }: Listing,
  { answers }: Pick<AssociationMemory, 'answers'>,
): Machine {
  const answer = answers.get(key);
  return answer !== undefined && answer.atMs >= begunMs ? answer.machine : listed;
}

/** The servers with what was found out about some of them by themselves. */
export function withSights(
  servers: readonly Server[],
  sights: ReadonlyMap<string, Sight>,
  selects: Selection | undefined,
): readonly Server[] {
  if (sights.size === 0) return servers;
  return servers.map((server) => {
    const sight = sights.get(server.key);
    if (sight === undefined) return server;
    const selected = sight.is === 'there' && (selects?.(sight.machine) ?? false);
    return { ...server, sight, selected };
  });
}

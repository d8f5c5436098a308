import { requestedAt } from '../../engine/kind.ts';
import type { MachineSnapshot } from '../../azure/types.ts';
import type { Listing, Unlisted } from '../seen.ts';
import { longestAgeMs } from '../../engine/concern.ts';
import type { AssociationLooking } from './looking.ts';

/** Complete listings of the servers of whole subscriptions, shared by all associations of one identity. */

/** A person changed the spec or asked for it: nothing older will do. */
const newsAgeMs = 9_000;
/** The engine asks again because a call would rest on something old: the new listing has to last for a while. */
const againAgeMs = 15_000;

/** How old a listing may be in this pass. */
export function wantedAgeMs(looking: AssociationLooking, pollMs: number): number {
  const { object, memory } = looking;
  if (memory.pass === looking) return againAgeMs;
  const requested = requestedAt(object);
  const news =
    memory.generation?.value !== object.metadata.generation ||
    (requested !== undefined && requested !== object.status?.lastHandledReconcileAt);
  // Whoever polls a little later than another takes the other's listing.
  return news ? newsAgeMs : pollMs * 0.9;
}

export interface Wanted {
  ageMs: number;
  /** Only one that began then or later will do, by the monotonic clock. */
  leastBegunMs?: number | undefined;
}

export async function lookAtListing(
  looking: AssociationLooking,
  subscriptionId: string,
  pollMs: number,
  wanted: Wanted,
): Promise<Listing | Unlisted> {
  const { picture, azure, clock, memory } = looking;
  const key = listingKey(subscriptionId);
  const read = async (): Promise<MachineSnapshot> => {
    const startMs = clock.monotonic();
    const sinceLeast = startMs - (wanted.leastBegunMs ?? Number.NEGATIVE_INFINITY);
    const snapshot = await azure.machines(subscriptionId, Math.max(0, Math.min(wanted.ageMs, sinceLeast)));
    if (snapshot.begunMs >= startMs) memory.listingMs.set(subscriptionId, clock.monotonic() - startMs);
    return snapshot;
  };
  const look = () => picture.look(key, read, ({ begunMs }) => begunMs);
  let known = await look();
  if (known.is === 'there' && known.trouble === undefined) {
    const tooOld = known.ageMs >= pollMs || known.value.begunMs < (wanted.leastBegunMs ?? 0);
    if (tooOld) {
      picture.expire(key);
      known = await look();
    }
  }
  if (known.is === 'unknown') return { subscriptionId, fault: known.fault };
  if (known.is === 'absent') throw new Error(`a listing of ${subscriptionId} ended without one`);
  const { begunMs, machines } = known.value;
  return { subscriptionId, key, begunMs, ageMs: known.ageMs, machines, trouble: known.trouble };
}

function listingKey(subscriptionId: string): string {
  return `machines ${subscriptionId}`;
}

/** A listing that takes so long is of little use for calls, which rest on nothing older than a minute. */
const slowMs = 20_000;

/** Whether the servers of this subscription are looked at one by one before their turn (turns.ts). */
export function isSlow({ memory, observing }: AssociationLooking, subscriptionId: string): boolean {
  return !observing && (memory.listingMs.get(subscriptionId) ?? 0) >= slowMs;
}

/** What a call on a server of this listing waits for: it is too old and no newer one can be had now, or too slow. */
export function waitsForListing(looking: AssociationLooking, listing: Listing): string | undefined {
  const { subscriptionId, trouble, ageMs } = listing;
  if (isSlow(looking, subscriptionId)) return 'its turn to be looked at by itself';
  return trouble !== undefined && ageMs > longestAgeMs
    ? `a new listing of subscription ${subscriptionId}`
    : undefined;
}

export function isListing(listed: Listing | Unlisted): listed is Listing {
  return 'machines' in listed;
}

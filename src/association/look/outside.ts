import { subscriptionOf } from '../../azure/ids.ts';
import { isHeld } from '../../domain/releases.ts';
import type { AssociationMemory } from '../memory.ts';
import type { Listing, Server } from '../seen.ts';
import { secondListingMs } from './absences.ts';
import type { AssociationLooking } from './looking.ts';

/**
 * Held servers outside the selection (rule 16): a release needs two complete listings that both began after the
 * selection last changed. Which listing showed them there first is remembered, by the time it began.
 */
export interface Outside {
  /** Shown there by two listings. */
  confirmed: Set<string>;
  /** Subscription → when a listing has to have begun to say something new; absent when none is waited for. */
  wanted: Map<string, number>;
}

export function lookOutside(
  looking: AssociationLooking,
  servers: readonly Server[],
  listings: readonly Listing[],
): Outside {
  const { memory } = looking;
  const generation = generationOf(looking);
  const listed = new Map(listings.map((listing) => [listing.subscriptionId, listing]));
  const result: Outside = { confirmed: new Set(), wanted: new Map() };
  const outside = servers.filter(isOutside).filter(({ key }) => listed.has(subscriptionOf(key)));
  for (const { key } of outside) {
    const subscription = subscriptionOf(key);
    const { begunMs = 0, trouble } = listed.get(subscription) ?? {};
    const first = firstSeen(memory.outside, key, begunMs, generation);
    if (first !== undefined && begunMs > first) result.confirmed.add(key);
    // A listing that cannot be had is tried again at its own pace.
    else if (trouble === undefined)
      want(
        result.wanted,
        subscription,
        first === undefined ? generation.sinceMs + 1 : first + secondListingMs,
      );
  }
  const still = new Set(outside.map(({ key }) => key));
  for (const key of memory.outside.keys()) if (!still.has(key)) memory.outside.delete(key);
  return result;
}

function isOutside({ entry, selected, sight }: Server): boolean {
  return !selected && sight.is === 'there' && isHeld(entry);
}

/** When the listing began that was the first to show it there; undefined while none began after the change. */
function firstSeen(
  known: AssociationMemory['outside'],
  key: string,
  begunMs: number,
  { value, sinceMs }: Generation,
): number | undefined {
  const before = known.get(key);
  if (before?.generation === value) return before.begunMs;
  if (begunMs <= sinceMs) return undefined;
  known.set(key, { generation: value, begunMs });
  return begunMs;
}

/** Since when this process knows of the generation; after a restart, since then. */
function generationOf({ object, memory, clock }: AssociationLooking): Generation {
  const value = object.metadata.generation ?? 0;
  if (memory.generation?.value !== value) memory.generation = { value, sinceMs: clock.monotonic() };
  return memory.generation;
}

type Generation = NonNullable<AssociationMemory['generation']>;

function want(wanted: Map<string, number>, subscription: string, begunMs: number): void {
  wanted.set(subscription, Math.max(wanted.get(subscription) ?? 0, begunMs));
}

import { subscriptionOf } from '../../azure/ids.ts';
import { asOperatorError, needsPerson } from '../../base/errors.ts';
import { isHeld } from '../../domain/releases.ts';
import { mayBeHeld } from '../entries.ts';
import { heldOf, isConfirmed, isMass, tokenOf } from '../mass-release.ts';
import type { Incomplete, Listing, Server, Sight } from '../seen.ts';
import { isDeleting, type AssociationLooking } from './looking.ts';
import { each } from '../../base/each.ts';

/**
 * Held servers that a listing lacks (rule 15). Gone from one listing is not gone: when a second one lacks it as well,
 * Azure is asked for the server by itself, and only its own word that there is none forgets it. When more are missing
 * than may leave unasked, the listing is not believed and nothing at all is concluded from it.
 */
export interface Absences {
  sights: Map<string, Sight>;
  incomplete: Incomplete | undefined;
  /** Come back after so many milliseconds. */
  lookAgainMs: number | undefined;
}

/** A second listing is taken so long after the first. */
export const secondListingMs = 10_000;
/** So many servers are asked for in one pass. */
const mostAsked = 50;
const concurrency = 10;
/** What Azure said of a single server is asked anew after so long; where it was there, before it is too old to act on. */
const askAgainMs = 300_000;
const askAgainDeletingMs = 60_000;
const askAgainThereMs = 45_000;

export async function lookForAbsent(
  looking: AssociationLooking,
  servers: readonly Server[],
  lacking: readonly Server[],
  listings: readonly Listing[],
): Promise<Absences> {
  const { object, azure, memory } = looking;
  const sights = new Map<string, Sight>();
  const missing = lacking.filter(({ entry }) => mayBeHeld(entry));
  forgetFound(memory.lacking, missing);
  const incomplete = incompleteOf(looking, servers, missing, azure.now());
  if (incomplete !== undefined && !isConfirmed(incomplete.token, object))
    return { sights, incomplete, lookAgainMs: undefined };
  // What was never in our scope may go with the listing.
  for (const server of lacking) if (!mayBeHeld(server.entry)) sights.set(server.key, { is: 'gone' });
  const twice = missing.filter((server) => isLackedTwice(server, memory.lacking, listings));
  const asked = await ask(looking, twice);
  for (const [key, sight] of asked.sights) sights.set(key, sight);
  const waiting = missing.some((server) => !twice.includes(server) && isListedWell(server, listings))
    ? secondListingMs
    : undefined;
  return { sights, incomplete: undefined, lookAgainMs: asked.lookAgainMs ?? waiting };
}

/** A listing that cannot be had again is tried at its own pace. */
function isListedWell({ key }: Server, listings: readonly Listing[]): boolean {
  return listings.some(({ subscriptionId, trouble }) => subscriptionId === subscriptionOf(key) && !trouble);
}

function forgetFound(lackedSince: Map<string, number>, missing: readonly Server[]): void {
  const keys = new Set(missing.map(({ key }) => key));
  for (const key of lackedSince.keys()) if (!keys.has(key)) lackedSince.delete(key);
}

function incompleteOf(
  { object }: AssociationLooking,
  servers: readonly Server[],
  missing: readonly Server[],
  nowMs: number,
): Incomplete | undefined {
  const entries = servers.flatMap(({ entry }) => (entry !== undefined && isHeld(entry) ? [entry] : []));
  const held = { ...heldOf(entries, undefined, nowMs), takenLately: 0 };
  if (!isMass(missing.length, held)) return undefined;
  return {
    subscriptionIds: [...new Set(missing.map(({ key }) => subscriptionOf(key)))].sort(),
    missing: missing.map(({ key }) => key),
    token: tokenOf(
      missing.flatMap(({ entry }) => entry ?? []),
      object,
      'gone',
    ),
  };
}

function isLackedTwice(
  { key }: Server,
  lackedSince: Map<string, number>,
  listings: readonly Listing[],
): boolean {
  const listing = listings.find(({ subscriptionId }) => subscriptionId === subscriptionOf(key));
  if (listing === undefined) return false;
  const first = lackedSince.get(key);
  if (first === undefined) lackedSince.set(key, listing.begunMs);
  return first !== undefined && listing.begunMs > first;
}

/** Asks Azure for each of them by itself, no more often than its last answer is good for. */
export async function ask(
  looking: AssociationLooking,
  servers: readonly Server[],
): Promise<Pick<Absences, 'sights' | 'lookAgainMs'>> {
  const { memory, clock } = looking;
  const deleting = isDeleting(looking);
  const now = clock.monotonic();
  const isDue = ({ key }: Server): boolean => {
    const known = memory.asked.get(key);
    return known === undefined || now - known.atMs >= goodForMs(known.sight, deleting);
  };
  const due = servers.filter(isDue);
  await each(due.slice(0, mostAsked), concurrency, async (server) => {
    const atMs = clock.monotonic();
    memory.asked.set(server.key, { atMs, sight: await askOne(looking, server, atMs) });
  });
  const sights = new Map<string, Sight>();
  for (const { key } of servers) {
    const known = memory.asked.get(key);
    if (known !== undefined) sights.set(key, known.sight);
  }
  const again = servers.length > 0 && deleting ? askAgainDeletingMs : undefined;
  return { sights, lookAgainMs: due.length > mostAsked ? 1_000 : again };
}

function goodForMs(sight: Sight, deleting: boolean): number {
  if (sight.is === 'there') return askAgainThereMs;
  return deleting ? askAgainDeletingMs : askAgainMs;
}

async function askOne({ azure }: AssociationLooking, { id }: Server, begunMs: number): Promise<Sight> {
  try {
    const machine = await azure.getMachine(id);
    return machine === undefined ? { is: 'gone' } : { is: 'there', machine, evidence: { begunMs } };
  } catch (error) {
    const trouble = asOperatorError(error);
    return needsPerson(trouble) ? { is: 'hidden', fault: trouble } : { is: 'unread' };
  }
}

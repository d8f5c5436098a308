import { needsPerson } from '../../base/errors.ts';
import { sameId, subscriptionOf } from '../../azure/ids.ts';
import { missingNames, selectionOf, subscriptionsOf, type Selection } from '../../domain/selection.ts';
import { mayBeHeld } from '../entries.ts';
import { keepOnly, type AssociationMemory } from '../memory.ts';
import {
  machineOf,
  type Entry,
  type Listing,
  type Seen,
  type Server,
  type Target,
  type Unlisted,
} from '../seen.ts';
import { ask, lookForAbsent, secondListingMs, type Absences } from './absences.ts';
import { isListing, lookAtListing, waitsForListing } from './listings.ts';
import { isDeleting, type AssociationLooking } from './looking.ts';
import { lookOutside, type Outside } from './outside.ts';
import { compose, withSights, type Composed } from './servers.ts';
import { each } from '../../base/each.ts';

/** All servers that are selected or have an entry, as far as listings and single questions tell. */
export type Looked = Pick<
  Seen,
  'listings' | 'unlisted' | 'servers' | 'missingNames' | 'incomplete' | 'outside' | 'lookAgainMs'
>;

export interface Asked {
  target: Target;
  stored: ReadonlyMap<string, Entry>;
  /** How old a listing may be in this pass, and at most in any. */
  ageMs: number;
  pollMs: number;
}

export async function lookAtServers(looking: AssociationLooking, asked: Asked): Promise<Looked> {
  const { pollMs } = asked;
  const { memory, object, clock } = looking;
  const selects = selection(looking, asked.target);
  const subscriptions = subscriptionsToList(looking, asked);
  const least = dueAgain(memory, clock.monotonic());
  const read = (subscriptionId: string, leastBegunMs = least.get(subscriptionId)) =>
    lookAtListing(looking, subscriptionId, pollMs, { ageMs: asked.ageMs, leastBegunMs });
  const listed = new Map<string, Listing | Unlisted>();
  await each([...subscriptions], listedAtOnce, async (subscription) => {
    listed.set(subscription, await read(subscription));
  });
  forgetOutdated(memory, listingsOf(listed));
  const context = { memory, clock, waitsFor: (listing: Listing) => waitsForListing(looking, listing) };
  let composed = await compose(listingsOf(listed), asked.stored, selects, context);
  const whoIsOutside = (): Outside =>
    // A deletion is meant: nothing of it waits for a second listing.
    isDeleting(looking) ? nobody : lookOutside(looking, composed.servers, listingsOf(listed));
  let outside = whoIsOutside();
  const tooOld = [...outside.wanted].filter(([, begunMs]) => begunMs <= clock.monotonic());
  if (tooOld.length > 0) {
    for (const [subscription, begunMs] of tooOld) listed.set(subscription, await read(subscription, begunMs));
    composed = await compose(listingsOf(listed), asked.stored, selects, context);
    outside = whoIsOutside();
  }
  const listings = listingsOf(listed);
  const unlisted = [...listed.values()].filter((one): one is Unlisted => !isListing(one));
  const absences = await absencesOf(looking, composed, listings, unlisted, asked.target.scopeId);
  const servers = withSights(composed.servers, absences.sights, selects);
  await clock.turn();
  keepOnly(memory, new Set(servers.map(({ key }) => key)));
  const known = unlisted.length === 0 && absences.incomplete === undefined;
  return {
    listings,
    unlisted,
    servers,
    missingNames:
      known && !isDeleting(looking) ? missingNames(object.spec.machines, machinesOf(listings)) : [],
    incomplete: absences.incomplete,
    outside: outside.confirmed,
    lookAgainMs: earliest([absences.lookAgainMs, untilWanted(outside, clock.monotonic())]),
  };
}

const nobody: Outside = { confirmed: new Set(), wanted: new Map() };

function listingsOf(listed: ReadonlyMap<string, Listing | Unlisted>): Listing[] {
  return [...listed.values()].filter(isListing);
}

function* machinesOf(listings: readonly Listing[]) {
  for (const { machines } of listings) yield* machines.values();
}

/** Undefined when nothing is selected any more. */
export function selection(looking: AssociationLooking, { subscriptionId }: Target): Selection | undefined {
  if (isDeleting(looking)) return undefined;
  return selectionOf(looking.object.spec.machines, subscriptionId ?? '');
}

/** Those of the selection and those of the entries; every listing is complete. In lower case. */
function subscriptionsToList(looking: AssociationLooking, { target, stored }: Asked): Set<string> {
  const wanted = isDeleting(looking)
    ? []
    : subscriptionsOf(looking.object.spec.machines, target.subscriptionId ?? '');
  const ofEntries = [...stored.keys()].map(subscriptionOf);
  return new Set([...wanted.map((id) => id.toLowerCase()), ...ofEntries].filter((id) => id !== ''));
}

/** When a listing has to have begun to be the second one after that in which something was first seen. */
function dueAgain({ outside, lacking, outdated }: AssociationMemory, nowMs: number): Map<string, number> {
  const due = new Map(outdated);
  const firsts = [...[...outside].map(([key, { begunMs }]) => [key, begunMs] as const), ...lacking];
  for (const [key, begunMs] of firsts) {
    const least = begunMs + secondListingMs;
    const subscription = subscriptionOf(key);
    if (least <= nowMs) due.set(subscription, Math.max(due.get(subscription) ?? 0, least));
  }
  return due;
}

function forgetOutdated({ outdated, answers }: AssociationMemory, listings: readonly Listing[]): void {
  const begun = new Map(listings.map(({ subscriptionId, begunMs }) => [subscriptionId, begunMs]));
  for (const [subscription, least] of outdated)
    if ((begun.get(subscription) ?? 0) >= least) outdated.delete(subscription);
  for (const [key, { atMs }] of answers)
    if ((begun.get(subscriptionOf(key)) ?? Number.POSITIVE_INFINITY) > atMs) answers.delete(key);
}

/** So many subscriptions are listed at once; each has limits of its own. */
const listedAtOnce = 5;

function untilWanted({ wanted }: Outside, nowMs: number): number | undefined {
  return earliest([...wanted.values()].map((begunMs) => Math.max(1_000, begunMs - nowMs)));
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What single questions tell beside the listings: of servers that these lack, and of those about to be let go unreleased. */
async function absencesOf(
  looking: AssociationLooking,
  composed: Composed,
  listings: readonly Listing[],
  unlisted: readonly Unlisted[],
  scopeId: string | undefined,
): Promise<Absences> {
  const doubtful = composed.servers.filter((server) => isDoubtful(server, scopeId));
  const again = await ask(looking, doubtful);
  const absent = isDeleting(looking)
    ? await lookForUnseen(looking, composed, unlisted)
    : await lookForAbsent(looking, composed.servers, composed.lacking, listings);
  const sights = new Map(absent.sights);
  for (const { key } of doubtful) sights.set(key, again.sights.get(key) ?? { is: 'unread' });
  return { ...absent, sights, lookAgainMs: earliest([absent.lookAgainMs, again.lookAgainMs]) };
}

/** Deletion asks for every server that it cannot see, whether a listing lacks it or there is none. */
async function lookForUnseen(
  looking: AssociationLooking,
  { servers, lacking }: Composed,
  unlisted: readonly Unlisted[],
): Promise<Absences> {
  const refused = new Set(
    unlisted.filter(({ fault }) => needsPerson(fault)).map((one) => one.subscriptionId),
  );
  const unseen = servers.filter(({ key }) => refused.has(subscriptionOf(key)));
  return { ...(await ask(looking, [...lacking, ...unseen])), incomplete: undefined };
}

/**
 * Nothing is released of a server that a listing shows outside our scope; but it may lag behind a PATCH whose answer
 * was lost, so the server is asked itself before its entry is dropped.
 */
function isDoubtful(server: Server, scopeId: string | undefined): boolean {
  const machine = machineOf(server);
  return (
    machine !== undefined && !server.selected && mayBeHeld(server.entry) && !sameId(machine.scopeId, scopeId)
  );
}

import type { BlockedRelease } from '../api/types.ts';
import { subscriptionOf } from '../azure/ids.ts';
import { isHeld } from '../domain/releases.ts';
import { uncounted } from './counted.ts';
import { leaving } from './entries.ts';
import { heldOf, isConfirmed, isMass, tokenOf, type Held } from './mass-release.ts';
import type { Entry, Seen, Server } from './seen.ts';

/** Which of the servers that are to leave the scope are released now, and what holds the others back. Pure. */

/** A server that is no longer wanted and ours to release. */
export interface Leaver {
  server: Server;
  entry: Entry;
}

export interface Releases {
  /** Released now; their entries are `Releasing`. */
  now: Leaver[];
  /** Of these the ones whose release begins with this pass. */
  begun: Leaver[];
  /** Held back until a second listing shows them outside the selection as well. */
  unconfirmed: number;
  /** Set when more would leave than is taken to be meant: none of them does. */
  blocked: Blocked | undefined;
}

export interface Blocked {
  count: number;
  held: number;
  /** The selection matches no server at all. */
  noneSelected: boolean;
  token: string;
}

/** `held` are the entries that may be released, `selected` how many servers match the selection. */
export function releasesOf(
  seen: Seen,
  leavers: readonly Leaver[],
  held: readonly Entry[],
  selected: number,
): Releases {
  if (seen.deleting && seen.namesResolve) return nothing;
  const under = leavers.filter(({ entry }) => entry.phase === 'Releasing');
  const all = leavers.filter(({ entry }) => entry.phase !== 'Releasing');
  if (seen.deleting)
    return { now: [...under, ...all].map(asLeaving), begun: all, unconfirmed: 0, blocked: undefined };
  // From a listing that is not believed nothing is concluded; what had begun before goes on.
  const fresh = all.filter(({ server }) => isBelieved(server, seen));
  const confirmed = fresh.filter(({ server }) => seen.outside.has(server.key));
  const unconfirmed = fresh.length - confirmed.length;
  if (fresh.length === 0) return { ...nothing, now: under.map(asLeaving) };
  const { object, nowMs } = seen;
  const token = tokenOf(
    [...under, ...fresh].map(({ entry }) => entry),
    object,
  );
  const known = fresh.length - uncounted(seen, fresh).length;
  const lately = heldOf(held, object.status?.recentReleases, nowMs);
  const releasedLately = Math.max(0, lately.releasedLately - known);
  const before = asFirstShown({ ...lately, releasedLately }, seen);
  const noneSelected = selected === 0;
  if (noneSelected || isMass(fresh.length, before) || isPartOfShown(seen)) {
    const blocked = { count: under.length + fresh.length, held: before.now, noneSelected, token };
    if (!isConfirmed(token, object)) return { now: under.map(asLeaving), begun: [], unconfirmed, blocked };
    // A person's word covers all of them: none may be left behind to be counted anew.
    if (unconfirmed > 0) return { now: under.map(asLeaving), begun: [], unconfirmed, blocked: undefined };
  }
  return { now: [...under, ...confirmed].map(asLeaving), begun: confirmed, unconfirmed, blocked: undefined };
}

/**
 * Servers that came into the scope while releases were held back are no reason to let those go, whatever else has come
 * to leave with them or stays after all meanwhile: what is told of it lasts until nothing is held back any more.
 */
function asFirstShown(held: Held, { done, object }: Seen): Held {
  const shown = done.blocked ?? object.status?.blockedRelease;
  return shown === undefined ? held : { ...held, now: Math.min(held.now, shown.held) };
}

/** Of a release that was held back a part may be out of sight: what can be seen of it is no smaller release. */
function isPartOfShown(seen: Seen): boolean {
  return stillShown(seen) !== undefined;
}

/**
 * What was held back, while some of what is held cannot be seen: that nothing would leave, or less, is no answer then,
 * and what was told lasts.
 */
export function stillShown({ target, servers, incomplete, object }: Seen): BlockedRelease | undefined {
  const isBlind =
    target.scopeId === undefined ||
    incomplete !== undefined ||
    servers.some(({ entry, sight }) => isHeld(entry) && sight.is === 'unread');
  return isBlind ? object.status?.blockedRelease : undefined;
}

/** As it is told in the status, and kept there. */
export function shownOf({ count, held, token }: Blocked): BlockedRelease {
  return { count, held, token };
}

const nothing: Releases = { now: [], begun: [], unconfirmed: 0, blocked: undefined };

function asLeaving({ server, entry }: Leaver): Leaver {
  return { server, entry: leaving(entry) };
}

function isBelieved({ id }: Server, { incomplete }: Seen): boolean {
  return incomplete === undefined || !incomplete.subscriptionIds.includes(subscriptionOf(id));
}

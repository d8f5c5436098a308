import { idKey, sameId, sameLocation } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import { isHeld } from '../domain/releases.ts';
import { inPhase, type Why } from './entries.ts';
import { contested, heldByAssociation, inOtherScope, movedAway, regionMismatch } from './refuse.ts';
import { machineOf, type Claim, type Entry, type Server } from './seen.ts';
import { waiting } from './wait.ts';

/** What becomes of one server. Pure: the plan asks this for each of them. */
export type Next =
  /** The entry as it shall be stored; nothing is done in Azure. */
  | { do: 'keep'; entry: Entry }
  /** The same until another association has taken the server over. */
  | { do: 'handOver'; entry: Entry }
  /** Wanted, and to be PATCHed when its turn comes. */
  | { do: 'take'; entry: Entry; why: TakeWhy }
  /** No longer wanted and ours to release. */
  | { do: 'release'; entry: Entry }
  /** None of ours any more; the entry goes, Azure is not touched. `left`: it was Found, and stays in the scope. */
  | { do: 'drop'; left?: true };

export type TakeWhy = 'new' | 'putBack' | 'takenBack' | 'movedOn';

/** What the decision on every server rests on. */
export interface Situation {
  scopeId: string;
  /** Keys of the scopes that this association's servers were taken into before. */
  before: ReadonlySet<string>;
  location: string | undefined;
  conflictPolicy: 'Refuse' | 'Move';
  /** All of it is let go. */
  deleting: boolean;
  /** Azure's time. */
  nowMs: number;
  windowMs: number;
  /** What was found in the scope counts as taken. */
  adopts: boolean;
  releasable: (entry: Entry) => boolean;
  claimOn(machine: Machine): Claim | undefined;
  heirOf(machine: Machine): Claim | undefined;
  mayHaveHeir(machine: Machine): boolean;
  holds(uid: string, key: string): boolean;
  inherited(key: string): Entry | undefined;
  /** How often it was taken back within the last hour. */
  takenBack(key: string): number;
  handOverIsOver: boolean;
}

/** A server is taken back so often within an hour, then it is `Contested`. */
const mostTakenBack = 2;

export function decide(server: Server, situation: Situation): Next {
  const { entry, sight } = server;
  if (sight.is === 'gone') return { do: 'drop' };
  const machine = machineOf(server);
  if (machine === undefined) return entry === undefined ? { do: 'drop' } : { do: 'keep', entry };
  const wanted = server.selected && !situation.deleting;
  const isIn = wanted ? sameId(machine.scopeId, situation.scopeId) : isOurs(machine.scopeId, situation);
  const seen = { ...server, entry: asSeen(entry, isIn) };
  return wanted ? decideSelected(seen, machine, situation) : decideUnselected(seen, machine, situation);
}

/** What we had written down about to be taken, and now is in our scope, is held: its answer was lost. */
function asSeen(entry: Entry | undefined, isIn: boolean): Entry | undefined {
  if (entry === undefined) return undefined;
  if (isHeld(entry)) return entry.origin === undefined ? { ...entry, origin: 'Found' } : entry;
  if (entry.origin !== 'Taken' || !isIn) return entry;
  const { reason: _reason, message: _message, ...rest } = entry;
  return { ...rest, phase: 'Associating' };
}

function isOurs(scopeId: string | undefined, { scopeId: own, before }: Situation): boolean {
  return scopeId !== undefined && (sameId(scopeId, own) || before.has(idKey(scopeId)));
}

function decideSelected(server: Server, machine: Machine, situation: Situation): Next {
  const { location, scopeId } = situation;
  const here = sameId(machine.scopeId, scopeId);
  if (!here && location !== undefined && !sameLocation(machine.location, location))
    return refuse(server, machine, situation, regionMismatch(machine.location, location));
  const claim = situation.claimOn(machine);
  if (claim !== undefined) return lost(server, machine, claim, situation);
  if (here) return { do: 'keep', entry: wait(server, machine, situation) };
  if (machine.scopeId !== undefined) return elsewhere(server, machine, machine.scopeId, situation);
  const { entry } = server;
  const putBack = entry?.phase === 'Propagating' || entry?.phase === 'Propagated';
  return take(server, machine, situation, putBack ? 'putBack' : 'new');
}

function wait(server: Server, machine: Machine, situation: Situation): Entry {
  return waiting(server, machine, { ...situation, inherited: situation.inherited(server.key) });
}

function refuse(server: Server, machine: Machine, { nowMs }: Situation, why: Why): Next {
  return { do: 'keep', entry: inPhase(server, machine, 'Refused', nowMs, why) };
}

/** Another association's. In our own scope it takes the server over as it is, origin and wait included. */
function lost(server: Server, machine: Machine, claim: Claim, situation: Situation): Next {
  const { scopeId, nowMs } = situation;
  const sameScope = sameId(machine.scopeId, scopeId) && sameId(claim.scopeId, scopeId);
  if (sameScope && isHeld(server.entry) && !situation.holds(claim.uid, server.key))
    return { do: 'handOver', entry: wait(server, machine, situation) };
  const { origin: _origin, ...entry } = inPhase(
    server,
    machine,
    'Refused',
    nowMs,
    heldByAssociation(claim.name),
  );
  return { do: 'keep', entry };
}

/** Azure shows it in another scope. */
function elsewhere(server: Server, machine: Machine, scopeId: string, situation: Situation): Next {
  const { entry, key } = server;
  if (isOurs(scopeId, situation) && mayMoveOn(entry, situation))
    return take(server, machine, situation, 'movedOn');
  const wasOurs = wasInOurScope(entry) && !isOurs(scopeId, situation);
  if (situation.conflictPolicy === 'Refuse') {
    if (entry?.reason === overridden) return { do: 'keep', entry };
    return refuse(server, machine, situation, wasOurs ? movedAway(scopeId) : inOtherScope(scopeId));
  }
  if (wasOurs && situation.takenBack(key) >= mostTakenBack)
    return refuse(server, machine, situation, contested(scopeId));
  return take(server, machine, situation, wasOurs ? 'takenBack' : 'new');
}

/** We took it there, or were told that what we found counts as if we had; also while it waits for its turn. */
function mayMoveOn(entry: Entry | undefined, { adopts }: Situation): boolean {
  return entry?.origin === 'Taken' || (adopts && entry?.origin === 'Found');
}

/** A policy put it there in answer to our own call: that is told until a call succeeds, which is tried ever more rarely. */
const overridden = 'OverriddenByPolicy';

/** A server that was only about to be associated never was in our scope. */
function wasInOurScope(entry: Entry | undefined): boolean {
  if (entry === undefined || entry.phase === 'Associating') return false;
  return isHeld(entry) || entry.reason === 'MovedAway' || entry.reason === 'Contested';
}

function take(server: Server, machine: Machine, { nowMs }: Situation, why: TakeWhy): Next {
  const { entry } = server;
  // Told apart from a new one also while it waits for its turn.
  const moved = why === 'takenBack' ? movedAway(machine.scopeId ?? '') : undefined;
  // One that waits for its answer, or that Azure refused, is not written anew for every try.
  const asItIs = entry?.phase === 'Associating' || entry?.phase === 'Failed';
  return { do: 'take', why, entry: asItIs ? entry : inPhase(server, machine, 'Pending', nowMs, moved) };
}

function decideUnselected(server: Server, machine: Machine, situation: Situation): Next {
  const { entry, key } = server;
  if (entry === undefined || !isHeld(entry) || !isOurs(machine.scopeId, situation)) return { do: 'drop' };
  const heir = sameId(machine.scopeId, situation.scopeId) ? situation.heirOf(machine) : undefined;
  const holds = heir !== undefined && situation.holds(heir.uid, key);
  if (holds || heir?.acts) {
    const over = situation.handOverIsOver || holds;
    return over ? { do: 'drop' } : { do: 'handOver', entry };
  }
  return situation.releasable(entry) ? released(entry, machine, situation) : { do: 'drop', left: true };
}

function released(entry: Entry, machine: Machine, situation: Situation): Next {
  return { do: waitsForLook(entry, machine, situation) ? 'handOver' : 'release', entry };
}

/**
 * One that would take the server over has had no listing yet: its credentials come a moment later, Azure throttles it.
 * Deletion gives it the time of a hand-over, and then releases: it may never be able to look. Where nothing is deleted
 * the server stays, as it does for one that looks and has not written it down.
 */
function waitsForLook(entry: Entry, machine: Machine, situation: Situation): boolean {
  const { handOverIsOver, scopeId } = situation;
  if (handOverIsOver || entry.phase === 'Releasing') return false;
  return sameId(machine.scopeId, scopeId) && situation.mayHaveHeir(machine);
}

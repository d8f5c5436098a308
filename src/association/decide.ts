import { sameId, sameLocation } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import type { Entry, Server, Target } from './context.ts';
import { timestamp } from '../base/clock.ts';
import { winnerOver, type Rival } from './select.ts';

/** What becomes of one server. Pure: the plan asks this for each of them. */
export type Decision =
  /** The entry as it shall be stored; nothing is done in Azure. */
  | { kind: 'keep'; entry: Entry }
  /** Wanted, and to be PATCHed when its turn comes. */
  | { kind: 'associate'; entry: Entry; because: 'new' | 'putBack' | 'takenBack' }
  /** No longer wanted and held by us: to be taken out of the scope. */
  | { kind: 'release'; entry: Entry }
  /** None of ours any more; the entry goes, Azure is not touched. */
  | { kind: 'drop' };

export interface Situation {
  target: Target;
  conflictPolicy: 'Refuse' | 'Move';
  rank: string;
  rivals: readonly Rival[];
  nowMs: number;
  windowMs: number;
  /** How often a server may be taken back now; see `Memory.takenBack`. */
  mayTakeBack(id: string): boolean;
  /** Whether a server that Azure refused may be tried again. */
  mayRetry(id: string): boolean;
}

/** Phases in which the server is in our scope because of us. */
const held: ReadonlySet<Entry['phase']> = new Set(['Associating', 'Propagating', 'Propagated', 'Releasing']);

export function isHeld(entry: Entry | undefined): boolean {
  return entry !== undefined && held.has(entry.phase);
}

export function decide(server: Server, situation: Situation): Decision {
  const { machine } = server;
  if (machine === undefined) return { kind: 'drop' };
  return server.selected
    ? decideSelected(server, machine, situation)
    : decideUnselected(server, machine, situation);
}

function decideSelected(server: Server, machine: Machine, situation: Situation): Decision {
  const { target, nowMs } = situation;
  const winner = winnerOver(machine, { scopeId: target.scopeId, rank: situation.rank }, situation.rivals);
  if (winner !== undefined) {
    const message = `Association ${winner.name} holds this server or comes first. Narrow one of the two selections.`;
    return {
      kind: 'keep',
      entry: next(server, machine, 'Refused', nowMs, { reason: 'HeldByAssociation', message }),
    };
  }
  if (sameId(machine.scopeId, target.scopeId))
    return { kind: 'keep', entry: inScope(server, machine, situation) };
  if (!sameLocation(machine.location, target.location)) {
    const message = `The server is in ${machine.location}, the scope in ${target.location}; they must share a region. Take it out of the selection, or use a scope of its region.`;
    return {
      kind: 'keep',
      entry: next(server, machine, 'Refused', nowMs, { reason: 'RegionMismatch', message }),
    };
  }
  if (machine.scopeId !== undefined) return inOtherScope(server, machine, machine.scopeId, situation);
  return outside(server, machine, situation);
}

/** Azure shows it in our scope: the wait begins when that is first known, and is over once and for all. */
function inScope(server: Server, machine: Machine, { nowMs, windowMs }: Situation): Entry {
  const { entry } = server;
  const sameServer = entry?.vmId === undefined || entry.vmId === machine.vmId;
  if (entry?.phase === 'Propagated' && sameServer) return entry;
  if (entry?.phase === 'Propagating' && sameServer) {
    return nowMs - Date.parse(entry.since) >= windowMs ? next(server, machine, 'Propagated', nowMs) : entry;
  }
  return entryOf(server.id, machine.vmId, 'Propagating', nowMs);
}

/** Azure shows it in another scope. */
function inOtherScope(server: Server, machine: Machine, scopeId: string, situation: Situation): Decision {
  const { nowMs } = situation;
  const refuse = (reason: string, message: string): Decision => ({
    kind: 'keep',
    entry: next(server, machine, 'Refused', nowMs, { reason, message }),
  });
  const wasOurs = wasInOurScope(server.entry);
  if (situation.conflictPolicy === 'Move') {
    const because = wasOurs ? 'takenBack' : 'new';
    const may = !wasOurs || situation.mayTakeBack(server.id);
    if (may) return { kind: 'associate', entry: pending(server, machine, nowMs), because };
    const message = `The server was moved to scope ${scopeId} again after it had been taken back twice within an hour. Find who does that; it is tried again later.`;
    return refuse('Contested', message);
  }
  if (wasOurs) {
    const message = `Someone moved the server to scope ${scopeId}. Move it back, or take it out of the selection.`;
    return refuse('MovedAway', message);
  }
  const message = `The server belongs to scope ${scopeId} and is not touched. Take it out there, or set conflictPolicy: Move.`;
  return refuse('InOtherScope', message);
}

/** A server that was only about to be associated never was in our scope. */
function wasInOurScope(entry: Entry | undefined): boolean {
  if (entry === undefined || entry.phase === 'Associating') return false;
  return isHeld(entry) || entry.reason === 'MovedAway' || entry.reason === 'Contested';
}

/** In no scope at all. */
function outside(server: Server, machine: Machine, situation: Situation): Decision {
  const { entry } = server;
  if (entry?.phase === 'Failed' && !situation.mayRetry(server.id)) return { kind: 'keep', entry };
  const putBack = entry?.phase === 'Propagating' || entry?.phase === 'Propagated';
  return {
    kind: 'associate',
    entry: pending(server, machine, situation.nowMs),
    because: putBack ? 'putBack' : 'new',
  };
}

function decideUnselected(server: Server, machine: Machine, situation: Situation): Decision {
  const { entry } = server;
  if (entry === undefined || !isHeld(entry) || !sameId(machine.scopeId, situation.target.scopeId))
    return { kind: 'drop' };
  const heir = situation.rivals.find(
    (rival) => sameId(rival.scopeId, situation.target.scopeId) && rival.selects(machine),
  );
  return heir === undefined ? { kind: 'release', entry } : { kind: 'drop' };
}

function pending(server: Server, machine: Machine, nowMs: number): Entry {
  return server.entry?.phase === 'Associating' ? server.entry : next(server, machine, 'Pending', nowMs);
}

/** Why a server is refused or failed, as a stable reason and a sentence. */
export interface Why {
  reason: string;
  message: string;
}

/** The entry in a phase; its time stays when phase and reason do. */
export function next(
  server: Pick<Server, 'id' | 'entry'>,
  machine: Pick<Machine, 'vmId'>,
  phase: Entry['phase'],
  nowMs: number,
  why?: Why,
): Entry {
  const same = server.entry?.phase === phase && server.entry.reason === why?.reason;
  const entry = entryOf(server.id, machine.vmId, phase, nowMs, why);
  return same && server.entry !== undefined ? { ...entry, since: server.entry.since } : entry;
}

export function entryOf(id: string, vmId: string, phase: Entry['phase'], nowMs: number, why?: Why): Entry {
  return {
    id,
    ...(vmId === '' ? {} : { vmId }),
    phase,
    // Up to the next full second, so that no wait is ever shorter than it should be.
    since: timestamp(Math.ceil(nowMs / 1000) * 1000),
    ...(why === undefined ? {} : { reason: why.reason, message: why.message.slice(0, longestMessage) }),
  };
}

/** As the schema has it. */
const longestMessage = 1024;

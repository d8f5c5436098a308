import type { Machine } from '../azure/types.ts';
import { timestamp } from '../base/clock.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import { isHeld, isReleasable } from '../domain/releases.ts';
import type { Entry, Server } from './seen.ts';

/** How entries of servers come about. Pure. */

/** Why a server is refused or failed, as a stable reason and a sentence. */
export interface Why {
  reason: string;
  message: string;
}

/** As the schema has it. */
const longestMessage = 1024;

export function entryOf(
  { id, vmId }: { id: string; vmId?: string | undefined },
  phase: Entry['phase'],
  sinceMs: number,
  { origin, why }: { origin?: Entry['origin'] | undefined; why?: Why | undefined } = {},
): Entry {
  return {
    id,
    ...(vmId ? { vmId } : {}),
    phase,
    ...(origin === undefined ? {} : { origin }),
    // Up to the next full second, so that no wait is ever shorter than it should be.
    since: timestamp(Math.ceil(sinceMs / 1000) * 1000),
    ...(why === undefined ? {} : { reason: why.reason, message: why.message.slice(0, longestMessage) }),
  };
}

/** The server's entry in a phase; its time stays while phase and reason do, its origin always. */
export function inPhase(
  server: Pick<Server, 'id' | 'entry'>,
  machine: Pick<Machine, 'vmId'>,
  phase: Entry['phase'],
  nowMs: number,
  why?: Why,
): Entry {
  const { id, entry } = server;
  const same = entry?.phase === phase && entry.reason === why?.reason;
  if (same && entry.message === why?.message && entry.vmId === (machine.vmId || undefined)) return entry;
  const fresh = entryOf({ id, vmId: machine.vmId }, phase, nowMs, { origin: entry?.origin, why });
  return same ? { ...fresh, since: entry.since } : fresh;
}

/**
 * The entry with Azure's refusal on it. While the reason stays, so does all of it: words that differ from try to try
 * are no reason to write.
 */
export function refusedByAzure(entry: Entry, phase: 'Failed' | 'Releasing', nowMs: number, why: Why): Entry {
  if (entry.phase === phase && entry.reason === why.reason) return entry;
  const { since } = entry;
  const fresh = entryOf(entry, phase, nowMs, { origin: entry.origin, why });
  return phase === 'Releasing' ? { ...fresh, since } : fresh;
}

/** About to be put into the scope, which is what makes it ours (rule 12). One that failed is not written anew. */
export function aboutToTake(entry: Entry, nowMs: number): Entry {
  if (entry.phase === 'Failed') return entry.origin === 'Taken' ? entry : { ...entry, origin: 'Taken' };
  if (entry.phase === 'Associating' && entry.origin === 'Taken') return entry;
  return entryOf(entry, 'Associating', nowMs, { origin: 'Taken' });
}

/** To leave the scope. It keeps its time, by which a person's word for this release is told from one for another. */
export function leaving(entry: Entry): Entry {
  if (entry.phase === 'Releasing') return entry;
  const { reason: _reason, message: _message, ...rest } = entry;
  return { ...rest, phase: 'Releasing' };
}

/** It is in our scope as far as we know, or may be: what we wrote down may have been done. */
export function mayBeHeld(entry: Entry | undefined): boolean {
  return isHeld(entry) || entry?.origin === 'Taken';
}

/** Deletion would take it out of the scope, if it is there. */
export function leavesAtDeletion(entry: Entry, object: Pick<ArcServerAssociation, 'spec'>): boolean {
  return entry.origin === 'Taken' || isReleasable(entry, object);
}

/** Azure refused the last call for it. */
export function wasRefused(entry: Entry | undefined): boolean {
  return entry?.phase === 'Failed' || (entry?.phase === 'Releasing' && entry.reason !== undefined);
}

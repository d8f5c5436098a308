import { needsPerson } from '../base/errors.ts';
import { once } from '../base/once.ts';
import { isReleasable } from '../domain/releases.ts';
import { planOf } from './plan.ts';
import { machineOf, type Entry, type Seen } from './seen.ts';
import { endOfWait } from './wait.ts';

/** The numbers that status and conditions tell. Pure. */
export interface Counts {
  selected: number;
  pending: number;
  associated: number;
  propagating: number;
  propagated: number;
  /** Of the propagated those that are selected; the others are still to leave. */
  accepted: number;
  refused: number;
  found: number;
  releasing: number;
  failed: number;
  disconnected: number;
  /** Servers that are to leave the scope and will: a second listing, a person's word or Azure's answer is waited for. */
  leaving: number;
  /** Of the propagating those whose wait is not over; the others cannot be seen now, and nobody waits for them. */
  waiting: number;
  /** Azure's time when the last wait ends, in milliseconds since 1970. */
  propagatedByMs: number | undefined;
}

const isIn = new Set<Entry['phase'] | undefined>(['Propagating', 'Propagated']);

export const countsOf = once((seen: Seen): Counts => {
  const { entries } = planOf(seen);
  const phases = new Map<Entry['phase'], number>();
  let propagatedByMs: number | undefined;
  let found = 0;
  let waiting = 0;
  let accepted = 0;
  const selected = new Set(seen.servers.filter((server) => server.selected).map(({ key }) => key));
  for (const [key, entry] of entries) {
    const { phase } = entry;
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
    if (phase === 'Propagating') {
      const endMs = endOfWait(entry, seen.windowMs);
      propagatedByMs = Math.max(propagatedByMs ?? 0, endMs);
      if (endMs > seen.nowMs) waiting += 1;
    }
    if (phase === 'Propagated' && selected.has(key)) accepted += 1;
    if (isIn.has(phase) && !isReleasable(entry, seen.object)) found += 1;
  }
  const of = (phase: Entry['phase']): number => phases.get(phase) ?? 0;
  const disconnected = seen.servers.filter(
    (server) => machineOf(server)?.status === 'Disconnected' && isIn.has(entries.get(server.key)?.phase),
  );
  return {
    selected: selected.size,
    pending: of('Pending') + of('Associating'),
    associated: of('Propagating') + of('Propagated'),
    propagating: of('Propagating'),
    propagated: of('Propagated'),
    accepted,
    refused: of('Refused'),
    found,
    releasing: of('Releasing'),
    failed: of('Failed'),
    disconnected: disconnected.length,
    leaving: leavingOf(seen),
    waiting,
    propagatedByMs,
  };
});

/** One that Azure refuses to let go is told with the others that need a person, and nobody waits for it. */
function leavingOf(seen: Seen): number {
  const { now, unconfirmed, blocked } = planOf(seen).releases;
  const under = now.filter(({ entry }) => entry.reason === undefined).length;
  return blocked === undefined ? under + unconfirmed : blocked.count;
}

/**
 * All that can be taken has been, every wait is over, and what left the selection has left the scope. It is not
 * where nothing could be listed, nor where Azure refuses every single server.
 */
export function isRolledOut(seen: Seen): boolean {
  const { pending, waiting, leaving, associated, failed } = countsOf(seen);
  if (pending > 0 || waiting > 0 || leaving > 0 || seen.target.scopeId === undefined) return false;
  if (seen.listings.length === 0 || seen.unlisted.some(({ fault }) => !needsPerson(fault))) return false;
  return failed === 0 || associated > 0;
}

/** Its generation has been rolled out once: servers that join later do not take that back. */
export function wasRolledOut(seen: Seen): boolean {
  const { metadata, status } = seen.object;
  return status?.rolledOutGeneration === (metadata.generation ?? 0) || isRolledOut(seen);
}

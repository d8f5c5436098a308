import type { Machine } from '../azure/types.ts';
import { isHeld } from '../domain/releases.ts';
import { entryOf } from './entries.ts';
import type { Entry, Server } from './seen.ts';

/** The wait until a scope accepts a server: where it begins, and where it ends. Pure. */

export interface WaitContext {
  /** Azure's time. */
  nowMs: number;
  windowMs: number;
  /** The entry of the association that held the server before us, of the same scope. */
  inherited: Entry | undefined;
}

/** Milliseconds since 1970 when the wait of a `Propagating` entry ends. */
export function endOfWait({ since }: Entry, windowMs: number): number {
  return Date.parse(since) + windowMs;
}

/**
 * The entry of a server that Azure shows in our scope. The wait begins when that is first known, and is over once and
 * for all; a server that was onboarded again (another vmId) waits again. One that was handed over goes on waiting
 * where it was; one that we never wrote down is `Found`.
 */
export function waiting(server: Server, machine: Machine, context: WaitContext): Entry {
  const { entry } = server;
  const begun = goesOn(entry, machine) ? entry : inheritedWait(server, machine, context);
  if (begun === undefined) {
    const origin = entry?.origin ?? context.inherited?.origin ?? 'Found';
    return entryOf({ id: server.id, vmId: machine.vmId }, 'Propagating', context.nowMs, { origin });
  }
  if (begun.phase === 'Propagated' || context.nowMs < endOfWait(begun, context.windowMs)) return begun;
  return entryOf(begun, 'Propagated', context.nowMs, { origin: begun.origin });
}

function goesOn(entry: Entry | undefined, machine: Machine): entry is Entry {
  const waits = entry?.phase === 'Propagating' || entry?.phase === 'Propagated';
  return waits && (entry.vmId === undefined || entry.vmId === machine.vmId);
}

function inheritedWait(server: Server, machine: Machine, { inherited }: WaitContext): Entry | undefined {
  if (isHeld(server.entry) || !goesOn(inherited, machine)) return undefined;
  return { ...inherited, id: server.id };
}

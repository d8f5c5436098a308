import { idKey } from '../azure/ids.ts';
import type { Performed } from '../engine/kind.ts';
import type { MachineAction } from './actions.ts';
import { uncounted } from './counted.ts';
import { aboutToTake, entryOf, leaving, refusedByAzure } from './entries.ts';
import { isGone, isOutOfDate, isShared, type Answer } from './perform.ts';
import { planOf } from './plan.ts';
import type { Entry, Seen, Server } from './seen.ts';

/** The picture as Azure's answers make it. Pure. */
export function learn(seen: Seen, performed: readonly Performed<MachineAction>[]): Seen {
  const plan = planOf(seen);
  const byKey = new Map(performed.map((one) => [idKey(one.planned.action.id), one]));
  const answers = new Map(seen.done.answers);
  const notThere: string[] = [];
  let { trouble } = seen;
  const servers = seen.servers.map((server) => {
    const entry = plan.entries.get(server.key);
    const one = byKey.get(server.key);
    if (one === undefined) return { ...server, entry };
    if (!one.done) {
      const shared = isShared(one.fault, performed);
      if (shared) trouble = one.fault;
      if (isGone(one.fault.reason)) notThere.push(server.key);
      const own = !shared && !isOutOfDate(one.fault);
      return { ...server, entry: entry && refused(entry, one, own, seen.nowMs) };
    }
    const answer = one.answer as Answer;
    answers.set(server.key, { machine: answer.machine, atMs: answer.monotonicMs });
    return accepted(server, one.planned.action, answer);
  });
  const releasing = uncounted(seen, plan.releases.begun).map(({ server }) => server.key);
  const { blocked } = plan.releases;
  return { ...seen, servers, trouble, done: { releasing, answers, notThere, blocked } };
}

function accepted(server: Server, { scopeId }: MachineAction, { machine, atMs }: Answer): Server {
  const sight = server.sight.is === 'there' ? { ...server.sight, machine } : server.sight;
  if (scopeId === null) return { ...server, sight, entry: undefined };
  const { vmId = '' } = server.entry ?? {};
  const entry = entryOf({ id: server.id, vmId: machine.vmId || vmId }, 'Propagating', atMs, {
    origin: 'Taken',
  });
  return { ...server, sight, entry };
}

function refused(
  entry: Entry,
  { planned: { action }, fault }: Extract<Performed<MachineAction>, { done: false }>,
  own: boolean,
  nowMs: number,
): Entry {
  const release = action.scopeId === null;
  // What says nothing about the server leaves it as it was written down before the call.
  if (!own) return release ? leaving(entry) : aboutToTake(entry, nowMs);
  return release
    ? refusedByAzure(leaving(entry), 'Releasing', nowMs, fault)
    : refusedByAzure({ ...entry, origin: 'Taken' }, 'Failed', nowMs, fault);
}

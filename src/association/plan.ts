import { idKey } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import type { Entry, Server } from './context.ts';
import { decide, isHeld, next, type Situation } from './decide.ts';

/** What a pass will do: every entry as it shall be, and who is PATCHed. Pure. */
export interface Plan {
  /** By id in lower case; in the order of ids. */
  entries: Map<string, Entry>;
  /** To be associated when there is budget, in the order of ids. */
  associate: { machine: Machine; because: 'new' | 'putBack' | 'takenBack' }[];
  /** To be released now; their entries are Releasing. */
  release: Machine[];
  /** Releases that wait for a second listing to confirm them. */
  unconfirmed: number;
  /** Set when more would be released than is taken to be meant. */
  massRelease: { count: number; held: number } | undefined;
}

export interface Rollout {
  situation: Situation;
  /** Whether two complete listings showed the server outside the selection. */
  confirmed(id: string): boolean;
  /** The count that a person confirmed, from the annotation. */
  confirmedCount: number | undefined;
}

/** More than this many releases at once are taken for a mistake: ten, or a tenth of what is held. */
const leastMass = 10;
const massFraction = 0.1;

export function planOf(servers: Iterable<Server>, rollout: Rollout): Plan {
  const plan: Plan = {
    entries: new Map(),
    associate: [],
    release: [],
    unconfirmed: 0,
    massRelease: undefined,
  };
  const leaving: { server: Server; entry: Entry; machine: Machine }[] = [];
  let heldCount = 0;
  for (const server of servers) {
    if (isHeld(server.entry)) heldCount += 1;
    const decision = decide(server, rollout.situation);
    if (decision.kind === 'drop') {
      // Gone from one listing is not gone: a held server is only forgotten when the next one lacks it as well.
      if (
        server.entry !== undefined &&
        isHeld(server.entry) &&
        server.machine === undefined &&
        !rollout.confirmed(server.id)
      ) {
        plan.entries.set(idKey(server.id), server.entry);
        plan.unconfirmed += 1;
      }
      continue;
    }
    plan.entries.set(idKey(server.id), decision.entry);
    if (server.machine === undefined) continue;
    if (decision.kind === 'associate')
      plan.associate.push({ machine: server.machine, because: decision.because });
    if (decision.kind === 'release') leaving.push({ server, entry: decision.entry, machine: server.machine });
  }
  planReleases(plan, leaving, heldCount, rollout);
  return plan;
}

function planReleases(
  plan: Plan,
  leaving: readonly { server: Server; entry: Entry; machine: Machine }[],
  heldCount: number,
  rollout: Rollout,
): void {
  const begun = leaving.filter(({ entry }) => entry.phase === 'Releasing');
  const fresh = leaving.filter(({ entry }) => entry.phase !== 'Releasing');
  plan.release.push(...begun.map(({ machine }) => machine));
  const confirmed = fresh.filter(({ server }) => rollout.confirmed(server.id));
  plan.unconfirmed += fresh.length - confirmed.length;
  const most = Math.max(leastMass, Math.floor(heldCount * massFraction));
  // All that would leave are counted, confirmed by a second listing or not: a person decides on the whole.
  if (fresh.length > most && rollout.confirmedCount !== fresh.length) {
    plan.massRelease = { count: fresh.length, held: heldCount };
    return;
  }
  // A person's word covers all of them: none may be left behind to be counted anew.
  if (fresh.length > most && confirmed.length < fresh.length) return;
  for (const { server, machine } of confirmed) {
    plan.entries.set(idKey(server.id), next(server, machine, 'Releasing', rollout.situation.nowMs));
    plan.release.push(machine);
  }
}

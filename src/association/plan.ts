import { once } from '../base/once.ts';
import { isReleasable } from '../domain/releases.ts';
import { decide, type Situation, type TakeWhy } from './decide.ts';
import { releasesOf, type Leaver, type Releases } from './releases.ts';
import { machineOf, type Entry, type Seen, type Server } from './seen.ts';
import type { Machine } from '../azure/types.ts';

/** What a pass will do: every entry as it shall be, and who is to be PATCHed. Pure. */
export interface Plan {
  /** By key, in the order of ids. */
  entries: ReadonlyMap<string, Entry>;
  /** To be put into the scope when there is budget, in the order of ids. */
  takes: readonly Take[];
  releases: Releases;
  /** Waiting until another association has taken them over. */
  handedOver: readonly Server[];
  /** No longer selected, and left in the scope because they were in it before. */
  left: readonly Server[];
}

export interface Take {
  server: Server;
  machine: Machine;
  why: TakeWhy;
}

/** The plan for a picture; made once for each, since every concern asks for it. */
export const planOf = once((seen: Seen): Plan => {
  const situation = situationOf(seen);
  const draft = {
    entries: new Map<string, Entry>(),
    takes: [] as Take[],
    handedOver: [] as Server[],
    left: [] as Server[],
  };
  const leavers: Leaver[] = [];
  for (const server of seen.servers) {
    const next = situation === undefined ? asItIs(server) : decide(server, situation);
    if (next.do === 'drop') {
      if (next.left) draft.left.push(server);
      continue;
    }
    draft.entries.set(server.key, next.entry);
    const machine = machineOf(server);
    if (next.do === 'take' && machine !== undefined) draft.takes.push({ server, machine, why: next.why });
    if (next.do === 'handOver') draft.handedOver.push(server);
    if (next.do === 'release') leavers.push({ server, entry: next.entry });
  }
  const releases = releasesOf(seen, leavers, held(seen), seen.servers.filter(isSelected).length);
  for (const { server, entry } of releases.now) draft.entries.set(server.key, entry);
  return { ...draft, releases };
});

/** While no scope is known there is nothing to decide. */
function asItIs({ entry }: Server): { do: 'drop'; left?: true } | { do: 'keep'; entry: Entry } {
  return entry === undefined ? { do: 'drop' } : { do: 'keep', entry };
}

function isSelected({ selected }: Server): boolean {
  return selected;
}

/** Entries that this association may release, whose release has not begun. */
function held({ servers, object }: Seen): Entry[] {
  return servers.flatMap(({ entry }) =>
    entry !== undefined && entry.phase !== 'Releasing' && isReleasable(entry, object) ? [entry] : [],
  );
}

function situationOf(seen: Seen): Situation | undefined {
  const { object, target, others, takenBack } = seen;
  if (target.scopeId === undefined) return undefined;
  return {
    scopeId: target.scopeId,
    before: seen.before,
    location: target.location,
    conflictPolicy: object.spec.conflictPolicy,
    deleting: seen.deleting,
    nowMs: seen.nowMs,
    windowMs: seen.windowMs,
    adopts: object.spec.adoptionPolicy === 'IfUnowned',
    releasable: (entry) => isReleasable(entry, object),
    claimOn: (machine) => others.claimOn(machine),
    heirOf: (machine) => others.heirOf(machine),
    mayHaveHeir: (machine) => others.mayHaveHeir(machine),
    holds: (uid, key) => others.holds(uid, key),
    inherited: (key) => others.inherited.get(key),
    takenBack: (key) => takenBack.get(key) ?? 0,
    handOverIsOver: seen.handOverIsOver,
  };
}

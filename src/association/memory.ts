import type { Machine } from '../azure/types.ts';
import type { Counting } from './counted.ts';
import type { Entry, Sight, Slice } from './seen.ts';

/**
 * What a process remembers of an association between passes. Losing it is harmless: a release then waits for two more
 * listings, and a server that is moved away may be taken back twice more within the hour. Times are monotonic, keys are
 * ids in lower case.
 */
export interface AssociationMemory {
  /** Since when this generation is known here: listings that began before say nothing about its selection. */
  generation: { value: number; sinceMs: number } | undefined;
  /** Held servers outside the selection, and when the first listing that showed them there began. */
  readonly outside: Map<string, { generation: number; begunMs: number }>;
  /** Held servers that a listing lacked, and when the first such listing began. */
  readonly lacking: Map<string, number>;
  /** Subscription → listings that began before say less than a call that was made since. */
  readonly outdated: Map<string, number>;
  /** Subscription → how long its last listing took. */
  readonly listingMs: Map<string, number>;
  /** What Azure said of servers that were asked for by themselves. */
  readonly asked: Map<string, { atMs: number; sight: Sight }>;
  /** Azure's answers to our own calls: newer than a listing that began before them. */
  readonly answers: Map<string, { machine: Machine; atMs: number }>;
  /** When servers were taken back from another scope. */
  readonly takenBack: Map<string, number[]>;
  /** Under Observe nothing is stored: what was made out of the waits, so that it is the same in the next pass. */
  observed: ReadonlyMap<string, Entry>;
  /** The slices as this pass read or wrote them last. */
  slices: readonly Slice[];
  /** Releases that were to be counted in the status, until the slices show that they have begun. */
  counting: Counting | undefined;
  /** Since when deletion waits for others to take servers over. */
  handOverSinceMs: number | undefined;
  /** Since when servers that are no longer selected wait for others to take them over. */
  handingOverSinceMs: number | undefined;
  /** When a server that Azure had refused was accepted last. */
  acceptedAgainMs: number;
  /** When servers that Azure had refused were tried again last. */
  retriedMs: number;
  /** The pass that looked last: the engine looks a second time when a decision rests on something old. */
  pass: object | undefined;
}

export function newMemory(): AssociationMemory {
  return {
    generation: undefined,
    outside: new Map(),
    lacking: new Map(),
    outdated: new Map(),
    listingMs: new Map(),
    asked: new Map(),
    answers: new Map(),
    takenBack: new Map(),
    observed: new Map(),
    slices: [],
    counting: undefined,
    handOverSinceMs: undefined,
    handingOverSinceMs: undefined,
    acceptedAgainMs: Number.NEGATIVE_INFINITY,
    retriedMs: Number.NEGATIVE_INFINITY,
    pass: undefined,
  };
}

const hourMs = 3_600_000;

/** How often each server was taken back within the last hour; older times are forgotten. */
export function takenBackLately({ takenBack }: AssociationMemory, nowMs: number): Map<string, number> {
  const lately = new Map<string, number>();
  for (const [key, times] of takenBack) {
    const left = times.filter((atMs) => nowMs - atMs < hourMs);
    if (left.length === 0) takenBack.delete(key);
    else {
      takenBack.set(key, left);
      lately.set(key, left.length);
    }
  }
  return lately;
}

/** Forgets servers that are neither selected nor have an entry. */
export function keepOnly(memory: AssociationMemory, keys: ReadonlySet<string>): void {
  for (const map of [memory.outside, memory.lacking, memory.asked])
    for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
}

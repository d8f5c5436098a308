import { isDeepStrictEqual } from 'node:util';
import type { RecentReleases } from '../api/types.ts';
import type { Leaver } from './releases.ts';
import type { Entry, Seen } from './seen.ts';

/**
 * Releases are counted in the status before the slices say that they have begun. When the answer to the one was lost, or
 * the other refused, the next pass begins the same releases: this tells it which of them are counted already. A process
 * that starts in between does not know and counts them twice, which is the safe side.
 */
export interface Counting {
  /** The status as it was to be written: where the object shows it, the keys are counted. */
  recent: readonly RecentReleases[] | undefined;
  keys: ReadonlySet<string>;
  /** By Azure's clock: after that the count no longer matters, and they are counted anew. */
  untilMs: number;
}

/** A minute less than what counts as lately: the status counts by the minute. */
const lastsMs = 59 * 60_000;

/** What is about to be counted, with those of the releases that were counted before. */
export function countingOf(
  { counted, nowMs }: Pick<Seen, 'counted' | 'nowMs'>,
  begun: readonly Leaver[],
  recent: readonly RecentReleases[] | undefined,
  before: Counting | undefined,
): Counting | undefined {
  if (begun.length === 0) return before;
  const keys = new Set(begun.map(({ server }) => server.key));
  const untilMs = counted.size > 0 && before !== undefined ? before.untilMs : nowMs + lastsMs;
  return { recent, keys, untilMs };
}

/** Keys of servers that the status counts as released, and whose release the slices do not show. */
export function countedOf(
  counting: Counting | undefined,
  recent: readonly RecentReleases[] | undefined,
  stored: ReadonlyMap<string, Entry>,
  nowMs: number,
): ReadonlySet<string> {
  if (counting === undefined || nowMs >= counting.untilMs) return new Set();
  if (!isDeepStrictEqual(counting.recent, recent)) return new Set();
  return new Set([...counting.keys].filter((key) => isHeld(stored.get(key))));
}

const isHeld = (entry: Entry | undefined): boolean => entry !== undefined && entry.phase !== 'Releasing';

/** Of the releases that begin with this pass, those that are still to be counted. */
export function uncounted({ counted }: Pick<Seen, 'counted'>, begun: readonly Leaver[]): Leaver[] {
  return begun.filter(({ server }) => !counted.has(server.key));
}

import { createHash } from 'node:crypto';
import { confirmRelease } from '../api/resources.ts';
import type { ArcServerAssociation, RecentReleases } from '../api/types.ts';
import { timestamp } from '../base/clock.ts';
import type { Entry } from './seen.ts';

/**
 * The bound of rule 16: how many servers may leave the scope without a person's word, and how that word is given. Pure.
 * What left within the last hour is in the object's status, so that neither a restart nor patience gets round it.
 */
export const leastMass = 10;
const massFraction = 0.1;
/** So few may always go, however small the estate. */
const alwaysFew = 2;
const hourMs = 3_600_000;

/** What was held, as far as entries and the releases of the last hour tell. */
export interface Held {
  now: number;
  /** Taken within the last hour; those of which that is not sure are counted as well. */
  takenLately: number;
  releasedLately: number;
}

/** Of entries that may be released; those whose release has begun are among the releases. */
export function heldOf(
  entries: Iterable<Entry>,
  recent: readonly RecentReleases[] | undefined,
  nowMs: number,
): Held {
  let now = 0;
  let takenLately = 0;
  for (const { phase, since } of entries) {
    if (phase === 'Releasing') continue;
    now += 1;
    if (phase === 'Associating' || nowMs - Date.parse(since) < hourMs) takenLately += 1;
  }
  return { now, takenLately, releasedLately: releasedLately(recent, nowMs) };
}

function releasedLately(recent: readonly RecentReleases[] | undefined, nowMs: number): number {
  const lately = (recent ?? []).filter(({ at }) => nowMs - Date.parse(at) < hourMs);
  return lately.reduce((sum, { count }) => sum + count, 0);
}

/** Whether releasing so many more would be above what may go unasked. */
export function isMass(more: number, { now, takenLately, releasedLately: before }: Held): boolean {
  const count = before + more;
  const anHourAgo = Math.max(0, now + before - takenLately);
  if (count > Math.max(leastMass, Math.floor(anHourAgo * massFraction))) return true;
  return count > alwaysFew && count > (now + before) / 2;
}

/**
 * What a person confirms: the number of servers, and a digest of which they are, since when each was held, and for which
 * generation. The same servers taken again and let go again are another set.
 */
export function tokenOf(
  entries: readonly Pick<Entry, 'id' | 'since'>[],
  { metadata }: ArcServerAssociation,
  meant: 'release' | 'gone' = 'release',
): string {
  const lines = entries.map(({ id, since }) => `${id.toLowerCase()} ${since}`).sort();
  const hash = createHash('sha256').update(
    [meant, `generation ${metadata.generation ?? 0}`, ...lines].join('\n'),
  );
  return `${entries.length}-${hash.digest('hex').slice(0, 8)}`;
}

export function isConfirmed(token: string, { metadata }: ArcServerAssociation): boolean {
  return metadata.annotations?.[confirmRelease] === token;
}

/** The command that confirms it, to be printed last. */
export function confirmCommand(token: string, { metadata }: ArcServerAssociation): string {
  return `kubectl -n ${metadata.namespace} annotate asa ${metadata.name} --overwrite ${confirmRelease}=${token}`;
}

const mostBuckets = 60;

/** The releases of the last hour with so many more; the same list when there are none. */
export function withReleases(
  recent: readonly RecentReleases[] | undefined,
  more: number,
  nowMs: number,
): readonly RecentReleases[] | undefined {
  if (more === 0) return recent;
  const at = timestamp(Math.floor(nowMs / 60_000) * 60_000);
  const lately = (recent ?? []).filter((one) => nowMs - Date.parse(one.at) < hourMs && one.at !== at);
  const same = (recent ?? []).find((one) => one.at === at)?.count ?? 0;
  return [...lately, { at, count: same + more }].slice(-mostBuckets);
}

import { planOf } from './plan.ts';
import type { Seen } from './seen.ts';
import { endOfWait } from './wait.ts';

/** When to look at the servers again, whatever the conditions say. Pure. */

/** Another association is woken by the same change, and writes down soon what it takes over. */
const handOverMs = 5_000;
/** One that has not done so by then is held up by trouble of its own, and deletion waits for it no longer. */
export const longestHandOverMs = 120_000;
const lateHandOverMs = 60_000;
/** Waits that end soon after the first are ended with it: one write for all of them. */
const togetherMs = 1_000;

export function lookAgainMs(seen: Seen, pollMs: number): number | undefined {
  const { entries, handedOver } = planOf(seen);
  const times = [
    // One that cannot be had anew is tried again at its own pace, which the engine keeps.
    ...seen.listings
      .filter(({ trouble }) => trouble === undefined)
      .map(({ ageMs }) => Math.max(togetherMs, pollMs - ageMs)),
    ...(seen.lookAgainMs === undefined ? [] : [seen.lookAgainMs]),
    ...(handedOver.length > 0 ? [seen.handingOverMs < longestHandOverMs ? handOverMs : lateHandOverMs] : []),
  ];
  let endsMs = Number.POSITIVE_INFINITY;
  for (const entry of entries.values()) {
    if (entry.phase !== 'Propagating') continue;
    const leftMs = endOfWait(entry, seen.windowMs) - seen.nowMs;
    // One that is over already is of a server that cannot be seen.
    if (leftMs > 0) endsMs = Math.min(endsMs, leftMs);
  }
  if (Number.isFinite(endsMs)) times.push(endsMs + Math.min(togetherMs, seen.windowMs / 20));
  return times.length === 0 ? undefined : Math.min(...times);
}

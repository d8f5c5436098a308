import { idKey, subscriptionOf } from '../azure/ids.ts';
import type { Azure } from '../azure/types.ts';
import { longestAgeMs, type Planned } from '../engine/concern.ts';
import type { MachineAction } from './actions.ts';
import { wasRefused } from './entries.ts';
import type { Seen } from './seen.ts';

/** How many servers may be PATCHed in this pass: each subscription by its own limit, and none idles for another. */

/** At most so many of a subscription: their entries are stored before and after. */
const mostAtOnce = 100;
/** Of those that Azure refused before, unless one of them was accepted just now: they must not use up the limit. */
const mostRetried = 10;
const retryAgainMs = 60_000;

export interface Admitted {
  now: Planned<MachineAction>[];
  againMs?: number;
}

/** Releases first, then servers in the order of their ids, and those that were refused before last. */
export function admit(
  seen: Seen,
  due: readonly Planned<MachineAction>[],
  azure: Pick<Azure, 'writeBudget'>,
  nowMs: number,
): Admitted {
  const failed = new Set(seen.servers.filter(({ entry }) => wasRefused(entry)).map(({ key }) => key));
  const fresh = due.filter(({ action }) => nowMs - action.begunMs <= longestAgeMs);
  const now: Planned<MachineAction>[] = [];
  const againMs: number[] = fresh.length < due.length ? [0] : [];
  for (const [subscription, all] of Map.groupBy(fresh, ({ action }) => subscriptionOf(action.id))) {
    const retries = all.filter(({ action }) => failed.has(idKey(action.id)));
    const first = all.filter(({ action }) => !failed.has(idKey(action.id))).sort(releasesFirst);
    const retried = retries.slice(0, mostRetriedNow(seen));
    const { available, nextInMs } = azure.writeBudget(subscription);
    const wanted = [...first, ...retried];
    const admitted = wanted.slice(0, Math.min(available, mostAtOnce));
    now.push(...admitted);
    if (admitted.length < wanted.length) againMs.push(pauseMs(available, nextInMs));
    else if (retried.length < retries.length) againMs.push(retriesAgainMs(seen));
  }
  return againMs.length === 0 ? { now } : { now, againMs: Math.min(...againMs) };
}

function mostRetriedNow({ retries }: Seen): number {
  if (retries.acceptedAgain) return mostAtOnce;
  return retries.inMs > 0 ? 0 : mostRetried;
}

function retriesAgainMs({ retries }: Seen): number {
  return retries.acceptedAgain ? handfulMs : retries.inMs || retryAgainMs;
}

/** Worth waiting for a handful: every batch costs two writes to Kubernetes. */
const handfulMs = 1_000;

function pauseMs(available: number, nextInMs: number): number {
  if (available === 0) return nextInMs;
  return available > mostAtOnce ? 0 : handfulMs;
}

function releasesFirst(one: Planned<MachineAction>, other: Planned<MachineAction>): number {
  return Number(one.action.scopeId !== null) - Number(other.action.scopeId !== null);
}

import type { Clock } from '../base/clock.ts';
import type { WriteBudget } from './types.ts';

interface Burst {
  beganMs: number;
  remaining: number | undefined;
  answers: number;
}

/**
 * One rate limit of a subscription, learned from the headers of the answers alone. Two regimes are seen in
 * practice: a bucket that refills all the time (`…-subscription-writes`) and a window that is full again when it ends
 * (`…-subscription-resource-requests`). What a header counts, and how fast it grows, is never assumed: the first
 * answers tell how much is left, the following ones how fast it comes back, and a 429 when to return.
 */
export class Meter {
  readonly #clock: Clock;
  /** The least that an answer of this burst gave, and when the last one came: answers overtake each other. */
  #remaining: number | undefined;
  /** A burst lasts from one call until none is under way; `remaining` is undefined until an answer gives it. */
  #burst: Burst | undefined;
  /** What was left when the burst before ended. */
  #settled: number | undefined;
  #remainingAtMs = 0;
  /** When an answer last told what is left. */
  #toldAtMs = 0;
  #peak = 0;
  /** Where the current estimate of the refill began. */
  #epoch: { atMs: number; remaining: number; answers: number } | undefined;
  /** Requests a millisecond. */
  #rate = 0;
  #inFlight = 0;
  #probeNotBeforeMs = 0;
  #askNotBeforeMs = 0;
  /** When an answer last said that none is left, or Azure refused. */
  #emptyAtMs = Number.NEGATIVE_INFINITY;
  /** Azure has refused one, and nothing has been heard of the limit since. */
  #refused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sent(): void {
    this.#burst ??= { beganMs: this.#clock.monotonic(), remaining: undefined, answers: 0 };
    this.#inFlight += 1;
  }

  /** An answer, with the remaining count where it had one; one without has been counted all the same, unless it is free. */
  answered(remaining: number | undefined, isFree = false): void {
    this.#inFlight = Math.max(0, this.#inFlight - 1);
    const now = this.#clock.monotonic();
    const burst = (this.#burst ??= { beganMs: now, remaining: undefined, answers: 0 });
    if (remaining === undefined && !isFree) this.#spend(now, burst);
    if (remaining !== undefined) {
      this.#refused = false;
      burst.answers += 1;
      burst.remaining = Math.min(burst.remaining ?? remaining, remaining);
      this.#remaining = burst.remaining;
      [this.#remainingAtMs, this.#toldAtMs] = [now, now];
      this.#peak = Math.max(this.#peak, remaining);
      if (remaining < 1) this.#emptyAtMs = now;
    }
    if (this.#inFlight > 0 && now - burst.beganMs < longestBurstMs) return;
    this.#burst = undefined;
    if (burst.remaining !== undefined) this.#estimate(now, burst.remaining, burst.answers);
    else if (this.#epoch !== undefined) this.#epoch.answers += burst.answers;
  }

  /** Answers of a 404, say, do not tell how many are left. Our own count is none for ever: every limit begins anew. */
  #spend(now: number, burst: Burst): void {
    burst.answers += 1;
    if (burst.remaining !== undefined) burst.remaining = Math.max(0, burst.remaining - 1);
    if (now - this.#toldAtMs > longestWindowMs) this.#remaining = undefined;
    if (this.#remaining === undefined) return;
    const grown = Math.min(this.#peak, this.#remaining + this.#rate * (now - this.#remainingAtMs));
    this.#remaining = Math.max(0, grown - 1);
    this.#remainingAtMs = now;
    if (this.#remaining < 1) this.#emptyAtMs = now;
  }

  /** A 429: what was known of the limit was wrong. */
  refused(): void {
    this.#refused = true;
    this.#emptyAtMs = this.#clock.monotonic();
    this.#remaining = undefined;
    this.#burst = undefined;
    this.#settled = undefined;
    this.#epoch = undefined;
  }

  budget(): WriteBudget {
    const now = this.#clock.monotonic();
    if (this.#remaining === undefined) return this.#probe(now, firstProbe);
    const free = Math.floor(this.#free(this.#remaining, now));
    if (free > 0) return { available: free, nextInMs: 0 };
    if (this.#rate <= 0) return this.#probe(now, 1);
    // Worth waiting for a handful: every batch costs two writes to Kubernetes.
    const wanted = Math.max(1, Math.min(this.#rate * batchMs, this.#peak / 4)) - free;
    return { available: 0, nextInMs: Math.ceil(wanted / this.#rate) };
  }

  /**
   * Milliseconds until one more call is worth sending; 0 when it may go. Azure has said how many are left: those that
   * it would only refuse are not sent.
   */
  emptyMs(): number {
    const now = this.#clock.monotonic();
    if (this.#remaining === undefined) return this.#refused ? this.#ask(now) : 0;
    const free = this.#free(this.#remaining, now);
    if (free >= 1) return 0;
    // For a batch of them, so that those who wait do not come back one by one.
    if (this.#rate > 0) return Math.max(batchMs, Math.ceil((1 - free) / this.#rate));
    return this.#ask(now);
  }

  /** What is left by now of what the last answer told, without what is under way or kept for others. */
  #free(remaining: number, now: number): number {
    const grown = remaining + this.#rate * (now - this.#remainingAtMs);
    return Math.min(grown, Math.max(this.#peak, 1)) - this.#reserve() - this.#inFlight;
  }

  /** One call at a time, spaced, tells when there are more. */
  #ask(now: number): number {
    const notBeforeMs = Math.max(this.#askNotBeforeMs, this.#emptyAtMs + probeEveryMs);
    if (this.#inFlight > 0 || now < notBeforeMs) return probeEveryMs;
    this.#askNotBeforeMs = now + probeEveryMs;
    return 0;
  }

  /** A little for other tools and for deletions, where the count comes back by itself. */
  #reserve(): number {
    return this.#rate > 0 ? Math.floor(this.#peak * reserved) : 0;
  }

  /** With nothing known, a few requests tell more; they are spaced, so that several askers do not add up. */
  #probe(now: number, most: number): WriteBudget {
    if (this.#inFlight > 0 || now < this.#probeNotBeforeMs) return { available: 0, nextInMs: probeEveryMs };
    this.#probeNotBeforeMs = now + probeEveryMs;
    return { available: most, nextInMs: 0 };
  }

  #estimate(now: number, remaining: number, answers: number): void {
    const epoch = this.#epoch;
    const before = this.#settled;
    this.#settled = remaining;
    // A jump upwards is a window that began anew, and a full bucket does not grow: both begin another estimate.
    const jumped = before !== undefined && remaining > before + this.#peak / 2;
    if (epoch === undefined || jumped || remaining >= this.#peak) {
      this.#epoch = { atMs: now, remaining, answers: 0 };
      if (jumped) this.#rate = 0;
      return;
    }
    epoch.answers += answers;
    const elapsed = now - epoch.atMs;
    if (elapsed < shortestEstimateMs) return;
    this.#rate = Math.max(0, (remaining - epoch.remaining + epoch.answers) / elapsed);
    // Others use the same limit and its owner may change it: the estimate must be able to follow.
    if (elapsed > longestEstimateMs) this.#epoch = { atMs: now, remaining, answers: 0 };
  }
}

const firstProbe = 10;
const probeEveryMs = 500;
const reserved = 0.05;
const batchMs = 1_000;
/** Of any limit that Resource Manager or a provider documents. */
const longestWindowMs = 300_000;
const shortestEstimateMs = 200;
const longestEstimateMs = 20_000;
/** Where calls are always under way, a burst ends all the same. */
const longestBurstMs = 5_000;

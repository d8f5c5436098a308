import type { WriteBudget } from './types.ts';
import type { Clock } from '../base/clock.ts';

/**
 * One throttle for each rate limit of a subscription, learned from the headers of the answers alone. Two regimes are seen in
 * practice: a bucket that refills all the time (`…-subscription-writes`) and a window that is full again when it ends
 * (`…-subscription-resource-requests`). What a header counts, and how fast it grows, is never assumed: the first
 * answers tell how much is left, the following ones how fast it comes back, and a 429 when to return.
 */
export class Meter {
  readonly #clock: Clock;
  /** The least that an answer of this burst gave, and when the last one came: answers overtake each other. */
  #remaining: number | undefined;
  /** A burst lasts from one call until none is under way; `remaining` is undefined until an answer gives it. */
  #burst: { beganMs: number; remaining: number | undefined; answers: number } | undefined;
  /** What was left when the burst before ended. */
  #settled: number | undefined;
  #remainingAtMs = 0;
  #peak = 0;
  /** Where the current estimate of the refill began. */
  #epoch: { atMs: number; remaining: number; answers: number } | undefined;
  /** Requests a millisecond. */
  #rate = 0;
  #inFlight = 0;
  #probeNotBeforeMs = 0;
  #askNotBeforeMs = 0;
  /** Azure has refused one, and nothing has been heard of the limit since. */
  #refused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sent(): void {
    this.#burst ??= { beganMs: this.#clock.monotonic(), remaining: undefined, answers: 0 };
    this.#inFlight += 1;
  }

  /** An answer, with the remaining count where it had one. */
  answered(remaining: number | undefined): void {
    this.#inFlight = Math.max(0, this.#inFlight - 1);
    const now = this.#clock.monotonic();
    const burst = (this.#burst ??= { beganMs: now, remaining: undefined, answers: 0 });
    if (remaining !== undefined) {
      this.#refused = false;
      burst.answers += 1;
      burst.remaining = Math.min(burst.remaining ?? remaining, remaining);
      this.#remaining = burst.remaining;
      this.#remainingAtMs = now;
      this.#peak = Math.max(this.#peak, remaining);
    }
    if (this.#inFlight > 0 && now - burst.beganMs < longestBurstMs) return;
    this.#burst = undefined;
    if (burst.remaining !== undefined) this.#estimate(now, burst.remaining, burst.answers);
  }

  /** A 429: what was known of the limit was wrong. */
  refused(): void {
    this.#refused = true;
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
    if (this.#inFlight > 0 || now < this.#askNotBeforeMs) return probeEveryMs;
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
const shortestEstimateMs = 200;
const longestEstimateMs = 20_000;
/** Where calls are always under way, a burst ends all the same. */
const longestBurstMs = 5_000;

const headerPrefix = 'x-ms-ratelimit-remaining-';

/** The throttles of one identity: which headers an operation's answers carry decides which meters it is held to. */
export class Throttles {
  readonly #clock: Clock;
  readonly #meters = new Map<string, Meter>();
  /** Operation class → the meters its answers named. */
  readonly #classes = new Map<string, Set<Meter>>();
  /** Subscription and method → the meters of Resource Manager's own that such calls named. */
  readonly #shared = new Map<string, Set<Meter>>();
  /** Operation class → until when Azure wants none of it. Other classes learn from their own answers. */
  readonly #pausedUntilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that a call of this class has to wait because Azure said 429; 0 when it may go. */
  pauseMs(operationClass: string): number {
    return Math.max(0, (this.#pausedUntilMs.get(operationClass) ?? 0) - this.#clock.monotonic());
  }

  /** The same, also where no more are left by what the answers said: the call would only be refused. */
  holdMs(operationClass: string): number {
    const empty = [...this.#of(operationClass)].map((meter) => meter.emptyMs());
    return Math.max(this.pauseMs(operationClass), ...empty);
  }

  budget(operationClass: string): WriteBudget {
    const pauseMs = this.pauseMs(operationClass);
    if (pauseMs > 0) return { available: 0, nextInMs: Math.ceil(pauseMs) };
    const budgets = [...this.#of(operationClass)].map((meter) => meter.budget());
    return {
      available: Math.min(...budgets.map(({ available }) => available)),
      nextInMs: Math.max(...budgets.map(({ nextInMs }) => nextInMs)),
    };
  }

  sent(operationClass: string): void {
    for (const meter of this.#of(operationClass)) meter.sent();
  }

  /** Learns from an answer; `headers` are all of its headers. */
  answered(operationClass: string, subscription: string, headers: Iterable<[string, string]>): void {
    const counts = new Map<Meter, number>();
    for (const [name, value] of headers) {
      const header = name.toLowerCase();
      if (header.startsWith(headerPrefix) && /^\d+$/.test(value))
        counts.set(this.#meter(subscription, header, operationClass), Number(value));
    }
    const meters = this.#of(operationClass);
    for (const meter of counts.keys()) this.#adopt(operationClass, meter);
    for (const meter of new Set([...meters, ...counts.keys()])) meter.answered(counts.get(meter));
  }

  refused(operationClass: string, retryAfterMs: number): void {
    const untilMs = this.#clock.monotonic() + retryAfterMs;
    this.#pausedUntilMs.set(operationClass, Math.max(this.#pausedUntilMs.get(operationClass) ?? 0, untilMs));
    for (const meter of this.#of(operationClass)) meter.refused();
  }

  #of(operationClass: string): Set<Meter> {
    const known = this.#classes.get(operationClass);
    if (known !== undefined) return known;
    // Until an answer names a header: Resource Manager's own counts, which are one for all calls of that sort, else one
    // of its own that stands for them.
    const shared = this.#shared.get(sortOf(operationClass)) ?? [];
    const meters = new Set(shared);
    if (meters.size === 0) meters.add(new Meter(this.#clock));
    this.#classes.set(operationClass, meters);
    return meters;
  }

  #adopt(operationClass: string, meter: Meter): void {
    const meters = this.#of(operationClass);
    if (meters.has(meter)) return;
    const named = [...this.#meters.values()];
    const stand = [...meters].filter((other) => !named.includes(other));
    for (const other of stand) meters.delete(other);
    meters.add(meter);
  }

  /** It counts all reads, or all writes, of the subscription. */
  #share(operationClass: string, meter: Meter): void {
    const sort = sortOf(operationClass);
    this.#shared.set(sort, (this.#shared.get(sort) ?? new Set<Meter>()).add(meter));
  }

  /**
   * Resource Manager's own counts (`…-subscription-writes`) are one for all calls. Those of resource providers share one
   * header that counts something else for each: recorded in one subscription are 319 left of a server's PATCHes, 11,999
   * of writes and 499 of reads of private DNS, all as `…-subscription-resource-requests`.
   */
  #meter(subscription: string, header: string, operationClass: string): Meter {
    const counts = header.endsWith('-resource-requests') ? operationClass : '';
    const key = `${subscription}\0${header}\0${counts}`;
    const meter = this.#meters.get(key) ?? new Meter(this.#clock);
    this.#meters.set(key, meter);
    if (counts === '') this.#share(operationClass, meter);
    return meter;
  }
}

/** `<subscription> GET` of `<subscription> GET machines`: what Resource Manager counts together, polls included. */
function sortOf(operationClass: string): string {
  return operationClass.split(' ', 2).join(' ');
}

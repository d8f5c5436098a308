import { Meter } from './meter.ts';
import type { WriteBudget } from './types.ts';
import type { Clock } from '../base/clock.ts';

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
    // Polls that do not say that they are counted are not.
    const isFree = operationClass.endsWith(' GET operations');
    for (const meter of new Set([...meters, ...counts.keys()])) meter.answered(counts.get(meter), isFree);
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
    const shared = this.#shared.get(sort) ?? new Set<Meter>();
    if (shared.has(meter)) return;
    this.#shared.set(sort, shared.add(meter));
    // Kinds of calls whose answers told nothing yet, as where all were of what is not there.
    for (const other of this.#classes.keys())
      if (sortOf(other) === sort && this.#isUnnamed(other)) this.#adopt(other, meter);
  }

  #isUnnamed(operationClass: string): boolean {
    const named = new Set(this.#meters.values());
    return [...this.#of(operationClass)].every((meter) => !named.has(meter));
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

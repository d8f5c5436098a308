import { FairLine } from './fair-line.ts';
import type { QueueMeters } from './queue-meters.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { jitter, type Random } from '../base/random.ts';
import { growingMs } from '../base/pauses.ts';

/**
 * Keys to reconcile, as client-go's workqueue: a key is in the queue once, is worked on by one worker at a time, and
 * comes again when it was added meanwhile. New work goes before resyncs, so that a standing population never starves
 * a fresh `kubectl apply`; resyncs that have waited for long take turns with it, so that it never starves them either, and
 * namespaces take turns with each other.
 */
export type Priority = 'normal' | 'low';

export interface QueueOptions {
  clock: Clock;
  random: Random;
  /** First delay after a failure and the longest one, in milliseconds; it doubles in between. */
  backoff?: { firstMs: number; longestMs: number };
  meters?: QueueMeters;
}

interface Delayed {
  dueMs: number;
  timer: Timer;
}

/** After so long a wait a key of low priority counts as much as one of normal priority. */
const agedMs = 30_000;

export class Workqueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #backoff: { firstMs: number; longestMs: number };
  readonly #meters: QueueMeters | undefined;
  /** A key is in at most one of the two. */
  readonly #normal = new FairLine();
  readonly #low = new FairLine();
  readonly #processing = new Map<string, number>();
  /** Added while being worked on: queued when that ends. */
  readonly #again = new Map<string, Priority>();
  /** Nudged while being worked on: queued when that ends well. */
  readonly #nudged = new Map<string, Priority>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  /** Whether the last key was one of low priority that had waited for long. */
  #gaveAged = false;
  #stopped = false;

  constructor(options: QueueOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#backoff = options.backoff ?? { firstMs: 500, longestMs: 300_000 };
    this.#meters = options.meters;
    this.#meters?.watch(() => [...this.#processing.values()].map((sinceMs) => this.#msSince(sinceMs)));
  }

  /** Keys that wait for a worker. */
  get depth(): number {
    return this.#normal.size + this.#low.size;
  }

  /** Keys that are being worked on. */
  get processing(): readonly string[] {
    return [...this.#processing.keys()];
  }

  add(key: string, priority: Priority = 'normal'): void {
    if (this.#stopped) return;
    if (this.#processing.has(key)) {
      if (this.#again.get(key) !== 'normal') this.#again.set(key, priority);
      return;
    }
    if (this.#normal.has(key)) return;
    const lowSinceMs = this.#low.sinceMs(key);
    if (lowSinceMs === undefined) {
      (priority === 'normal' ? this.#normal : this.#low).add(key, this.#clock.monotonic());
      this.#meters?.added();
      this.#meters?.depth(this.depth);
    } else if (priority === 'normal') {
      this.#low.take(key);
      this.#normal.add(key, lowSinceMs);
    }
    this.#hand();
  }

  /**
   * Adds the key, unless it pauses after a failure: it comes again by itself then, and what others wrote meanwhile is no
   * reason to try earlier. Two that answer each other's writes would else try without any pause.
   */
  nudge(key: string, priority: Priority = 'normal'): void {
    if (this.#processing.has(key)) {
      if (!this.#again.has(key)) this.#nudged.set(key, priority);
      return;
    }
    if (!this.#pauses(key)) this.add(key, priority);
  }

  /** Adds the key after a delay; of several delays the earliest wins. */
  addAfter(key: string, delayMs: number, priority: Priority = 'normal'): void {
    if (this.#stopped) return;
    const dueMs = this.#clock.monotonic() + delayMs;
    const known = this.#delayed.get(key);
    if (known !== undefined && known.dueMs <= dueMs) return;
    known?.timer.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key, priority);
    });
    this.#delayed.set(key, { dueMs, timer });
  }

  /** Adds the key after its own growing delay, or `leastMs` where that is longer; `forget` resets it. */
  addRateLimited(key: string, leastMs = 0): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#meters?.retried();
    const delayMs = growingMs(this.#backoff.firstMs, this.#backoff.longestMs, failures + 1);
    this.addAfter(key, Math.max(jitter(delayMs, 0.2, this.#random), leastMs));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, when there is one; undefined when the queue has been shut down. Call `done` afterwards. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#hand();
    });
  }

  done(key: string): void {
    const sinceMs = this.#processing.get(key);
    if (sinceMs !== undefined) this.#meters?.worked(this.#msSince(sinceMs));
    this.#processing.delete(key);
    const priority = this.#again.get(key);
    const nudged = this.#nudged.get(key);
    this.#again.delete(key);
    this.#nudged.delete(key);
    if (priority !== undefined) this.add(key, priority);
    if (nudged !== undefined) this.nudge(key, nudged);
  }

  /** No key is handed out any more; those being worked on are finished by their workers. */
  shutDown(): void {
    this.#stopped = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #pauses(key: string): boolean {
    return this.#failures.has(key) && this.#delayed.has(key);
  }

  #hand(): void {
    if (this.#stopped) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
      return;
    }
    if (this.#takers.length === 0) return;
    const key = this.#next();
    if (key === undefined) return;
    const sinceMs = this.#normal.sinceMs(key) ?? this.#low.sinceMs(key) ?? 0;
    this.#normal.take(key);
    this.#low.take(key);
    this.#meters?.taken(this.#msSince(sinceMs));
    this.#meters?.depth(this.depth);
    this.#processing.set(key, this.#clock.monotonic());
    this.#takers.shift()?.(key);
  }

  /** New work first; but every second turn is the oldest resync's once that has waited for long. */
  #next(): string | undefined {
    const oldest = this.#low.oldest();
    const aged = oldest !== undefined && this.#msSince(oldest[1]) >= agedMs;
    this.#gaveAged = aged && !this.#gaveAged;
    return this.#gaveAged ? oldest?.[0] : (this.#normal.first() ?? this.#low.first());
  }

  #msSince(monotonicMs: number): number {
    return this.#clock.monotonic() - monotonicMs;
  }
}

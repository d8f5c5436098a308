import type { Clock, Timer } from '../base/clock.ts';
import { jitter, type Random } from '../base/random.ts';

/**
 * Keys to reconcile, as client-go's workqueue: a key is in the queue once, is worked on by one worker at a time, and
 * comes again when it was added meanwhile. New work goes before resyncs, so that a standing population never starves
 * a fresh `kubectl apply`.
 */
export type Priority = 'normal' | 'low';

export interface QueueOptions {
  clock: Clock;
  random: Random;
  /** First delay after a failure and the longest one, in milliseconds; it doubles in between. */
  backoff?: { firstMs: number; longestMs: number };
}

interface Delayed {
  dueMs: number;
  timer: Timer;
}

export class Workqueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #backoff: { firstMs: number; longestMs: number };
  /** In the order they were added. A key is in at most one of the two. */
  readonly #normal = new Set<string>();
  readonly #low = new Set<string>();
  readonly #processing = new Set<string>();
  /** Added while being worked on: queued when that ends. */
  readonly #again = new Map<string, Priority>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #stopped = false;

  constructor(options: QueueOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#backoff = options.backoff ?? { firstMs: 500, longestMs: 300_000 };
  }

  /** Keys that wait for a worker. */
  get depth(): number {
    return this.#normal.size + this.#low.size;
  }

  add(key: string, priority: Priority = 'normal'): void {
    if (this.#stopped) return;
    if (this.#processing.has(key)) {
      if (this.#again.get(key) !== 'normal') this.#again.set(key, priority);
      return;
    }
    if (priority === 'normal') this.#low.delete(key);
    else if (this.#normal.has(key)) return;
    (priority === 'normal' ? this.#normal : this.#low).add(key);
    this.#hand();
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

  /** Adds the key after its own growing delay; `forget` resets it. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.min(this.#backoff.firstMs * 2 ** failures, this.#backoff.longestMs);
    this.addAfter(key, jitter(delayMs, 0.2, this.#random));
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
    this.#processing.delete(key);
    const priority = this.#again.get(key);
    this.#again.delete(key);
    if (priority !== undefined) this.add(key, priority);
  }

  /** No key is handed out any more; those being worked on are finished by their workers. */
  shutDown(): void {
    this.#stopped = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #hand(): void {
    if (this.#stopped) {
      for (const taker of this.#takers.splice(0)) taker(undefined);
      return;
    }
    const key = this.#normal.values().next().value ?? this.#low.values().next().value;
    if (key === undefined) return;
    const taker = this.#takers.shift();
    if (taker === undefined) return;
    this.#normal.delete(key);
    this.#low.delete(key);
    this.#processing.add(key);
    taker(key);
  }
}

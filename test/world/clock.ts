import { sleepWith, type Clock, type Timer } from '../../src/base/clock.ts';

interface Due {
  atMs: number;
  order: number;
  task: () => void;
}

/** A clock that moves only when told: fifteen minutes of waiting cost nothing. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #start: number;
  #order = 0;
  readonly #due = new Set<Due>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
    this.#start = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(delayMs: number, task: () => void): Timer {
    const due: Due = { atMs: this.#now + Math.max(0, delayMs), order: this.#order++, task };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  /** Moves time on, firing what becomes due in order and letting what it wakes run. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.atMs);
      next.task();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  /** Advances in steps until the condition holds; throws when it does not within the limit. */
  async until(
    condition: () => boolean | Promise<boolean>,
    limitMs = 3_600_000,
    stepMs = 1_000,
  ): Promise<void> {
    const end = this.#now + limitMs;
    while (!(await condition())) {
      if (this.#now >= end)
        throw new Error(`the condition did not hold within ${limitMs / 1000} s of virtual time`);
      await this.advance(stepMs);
    }
  }

  #next(endMs: number): Due | undefined {
    const due = [...this.#due].filter(({ atMs }) => atMs <= endMs);
    return due.sort((one, other) => one.atMs - other.atMs || one.order - other.order)[0];
  }
}

/** Lets everything that is already possible happen: promises, streams and the like. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

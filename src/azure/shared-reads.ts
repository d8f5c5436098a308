import { idKey } from './ids.ts';
import type { Shared } from './types.ts';
import type { Clock } from '../base/clock.ts';

/** Older looks are of no use to anybody: no call rests on one of more than a minute. */
const keptMs = 60_000;

interface UnderWay {
  begunMs: number;
  reading: Promise<Shared<unknown>>;
}

/**
 * What one identity has read of Azure, shared by all of its objects: fifty scopes in one hub network look at it, at its
 * zones and at each other's endpoints once. A change of our own makes the look at what was changed outdated, also one
 * that is still under way: it may show the state before.
 */
export class SharedReads {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #known = new Map<string, Shared<unknown>>();
  /** The look that began last and that no change of ours has overtaken. */
  readonly #underWay = new Map<string, UnderWay>();
  #sweptMs = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * What was read under `key` no longer than `maxAgeMs` ago, else what `read` gives now (always when `maxAgeMs` is 0).
   * Who asks while it is read waits for the same answer; a failure is theirs alone and is not kept.
   */
  async get<T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<Shared<T>> {
    const id = idKey(key);
    const nowMs = this.#clock.monotonic();
    this.#sweep(nowMs);
    const isGood = ({ begunMs }: { begunMs: number }): boolean =>
      maxAgeMs > 0 && nowMs - begunMs <= Math.min(maxAgeMs, keptMs);
    const known = this.#known.get(id);
    if (known !== undefined && isGood(known)) return known as Shared<T>;
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined && isGood(underWay)) return (await underWay.reading) as Shared<T>;
    const reading = read().then((value) => ({ value, begunMs: nowMs }));
    const begun: UnderWay = { begunMs: nowMs, reading };
    this.#underWay.set(id, begun);
    try {
      const shared = await reading;
      if (this.#underWay.get(id) === begun) this.#known.set(id, shared);
      return shared;
    } finally {
      if (this.#underWay.get(id) === begun) this.#underWay.delete(id);
    }
  }

  /** We have changed it, or may have. */
  changed(key: string): void {
    const id = idKey(key);
    this.#known.delete(id);
    this.#underWay.delete(id);
  }

  /** The same for all whose key begins so. */
  changedAll(prefix: string): void {
    const start = idKey(prefix);
    for (const id of [...this.#known.keys(), ...this.#underWay.keys()])
      if (id.startsWith(start)) this.changed(id);
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < keptMs) return;
    this.#sweptMs = nowMs;
    for (const [id, { begunMs }] of this.#known) if (nowMs - begunMs > keptMs) this.#known.delete(id);
  }
}

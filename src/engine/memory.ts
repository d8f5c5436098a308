import type { Clock } from '../base/clock.ts';
import { Attempts } from './attempts.ts';
import { Picture } from './picture.ts';

/** What a process knows of one object between passes. Losing it costs a whole look and grants a few more tries. */
export interface Memory<M> {
  readonly picture: Picture;
  readonly attempts: Attempts;
  readonly own: M;
  /** By `Clock.monotonic`: when everything was looked at last, and when the status was written last. */
  lookedMs: number;
  statusWrittenMs: number;
  /** The generation that the last pass acted on; undefined before the first one. */
  generation: number | undefined;
  /** Concern → what has failed, and since when by the monotonic clock: the clock of `--stall-after`. */
  failing: ReadonlyMap<string, { reason: string; sinceMs: number }>;
  /** What the log said last, so that a line is written when the outcome changes. */
  lastTold: string;
}

export class Memories<M> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #own: () => M;
  readonly #all = new Map<string, Memory<M>>();

  constructor(clock: Pick<Clock, 'monotonic'>, own: () => M) {
    this.#clock = clock;
    this.#own = own;
  }

  /** By the object's uid: a replaced object is another one. */
  of(uid: string): Memory<M> {
    const known = this.#all.get(uid);
    if (known !== undefined) return known;
    const fresh: Memory<M> = {
      picture: new Picture(this.#clock),
      attempts: new Attempts(this.#clock),
      own: this.#own(),
      lookedMs: Number.NEGATIVE_INFINITY,
      statusWrittenMs: Number.NEGATIVE_INFINITY,
      generation: undefined,
      failing: new Map(),
      lastTold: '',
    };
    this.#all.set(uid, fresh);
    return fresh;
  }

  forget(uid: string): void {
    this.#all.delete(uid);
  }
}

import { dateMs } from './retry-after.ts';
import type { Clock } from '../base/clock.ts';

/** The `Date` header has whole seconds: the truth is up to so much later. */
const granularityMs = 1_000;
/** A leap forward that one answer alone does not prove: some proxies have clocks of their own. */
const leapMs = 60_000;

/**
 * Azure's time, learned from the `Date` of its answers and carried on by the monotonic clock. This machine's wall clock
 * may be wrong by minutes, or be put back; what outlives the process (the propagation wait) must not be.
 */
export class ArmTime {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Azure's time less the monotonic clock's. */
  #offsetMs: number | undefined;
  #leapToMs: number | undefined;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970; this machine's until the first answer. */
  now(): number {
    return this.#offsetMs === undefined
      ? this.#clock.now()
      : Math.floor(this.#clock.monotonic() + this.#offsetMs);
  }

  /**
   * Learns from an answer that came just now to a request that was sent at `sentMs` (monotonic). Of all answers the
   * latest time counts, since none can know less than its `Date`. Where the answer shows that too much was believed,
   * one step back is never more than the second that the header leaves open.
   */
  answered(date: string | undefined, sentMs: number): void {
    const saidMs = dateMs(date);
    if (saidMs === undefined) return;
    const least = saidMs - this.#clock.monotonic();
    const most = saidMs + granularityMs - sentMs;
    const known = this.#offsetMs;
    const leaps = known !== undefined && least - known >= leapMs;
    const proven = this.#leapToMs !== undefined && Math.abs(least - this.#leapToMs) < leapMs;
    this.#leapToMs = leaps && !proven ? least : undefined;
    if (known === undefined || (leaps && proven)) this.#offsetMs = least;
    else if (!leaps)
      this.#offsetMs = known > most ? Math.max(most, known - granularityMs) : Math.max(known, least);
  }
}

import { hasStatus } from './client.ts';
import { withDeadline } from './deadline.ts';
import { LeaseLock, type LeaseLockOptions } from './lease-lock.ts';
import type { Logger } from '../base/log.ts';
import type { Gauge, Metrics } from '../base/metrics.ts';
import { jitter, type Random } from '../base/random.ts';

/**
 * Leader election by a Lease, as client-go does it: the holder renews every few seconds; another takes over when the
 * Lease has not changed for its whole duration by its own clock, so that skewed clocks do no harm. The holder stops when
 * the last renewal that succeeded was sent longer ago than the renew deadline, which is shorter, whatever its calls do.
 * Not a lock all the same: a process that is held up for seconds learns late that it is over, and a call that it sent
 * may arrive later still; so every write of the operator is safe twice.
 */
export interface LeaseOptions extends Omit<LeaseLockOptions, 'durationMs'> {
  random: Random;
  log: Logger;
  metrics: Metrics;
  durationMs?: number;
  renewDeadlineMs?: number;
  retryMs?: number;
}

/** What is done while leading. Resolves with whether everything has ended that was begun: else the Lease is kept. */
export type Work = (signal: AbortSignal) => Promise<boolean>;

/** The Lease could not be renewed in time: the process must end, because another may lead by now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

type Answer = 'held' | 'another' | 'none';

export class LeaderElection {
  readonly #options: Required<LeaseOptions>;
  readonly #lock: LeaseLock;
  readonly #master: Gauge;

  constructor(options: LeaseOptions) {
    const full = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000, ...options };
    this.#options = full;
    this.#lock = new LeaseLock(full);
    this.#master = options.metrics.gauge('leader_election_master_status', 'Whether this process leads.', [
      'name',
    ]);
  }

  /**
   * Waits for the Lease, then runs `work` and renews until that has ended; the Lease is given up after that, never
   * before. Throws `LeaseLost` after aborting the signal that `work` was given, without waiting for it.
   */
  async run(signal: AbortSignal, work: Work): Promise<void> {
    this.#lead(false);
    const heldMs = await this.#acquire(signal);
    if (heldMs === undefined) return;
    if (signal.aborted) {
      await this.#release();
      return;
    }
    this.#options.log.info({ identity: this.#options.identity }, 'leading');
    this.#lead(true);
    const lost = new AbortController();
    const ended = new AbortController();
    const renewing = this.#renew(heldMs, ended.signal);
    try {
      const drained = await Promise.race([work(AbortSignal.any([signal, lost.signal])), renewing]);
      ended.abort();
      // A renewal that is under way must not arrive after the release.
      const held = await renewing.catch(() => false);
      if (drained && held) await this.#release();
    } finally {
      this.#lead(false);
      lost.abort();
      ended.abort();
    }
  }

  #lead(leads: boolean): void {
    this.#master.set({ name: this.#options.key.name }, leads ? 1 : 0);
  }

  /** Since when it is held, by the monotonic clock; undefined when the signal aborted first. */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    const { clock, renewDeadlineMs } = this.#options;
    while (!signal.aborted) {
      const begunMs = clock.monotonic();
      if ((await this.#attempt(renewDeadlineMs)) === 'held') return begunMs;
      await this.#pause(signal);
    }
    return undefined;
  }

  /** Renews until the signal aborts and gives true then; throws `LeaseLost` when the deadline has passed. */
  async #renew(heldMs: number, ended: AbortSignal): Promise<boolean> {
    const { clock, renewDeadlineMs } = this.#options;
    let sinceMs = heldMs;
    const leftMs = (): number => sinceMs + renewDeadlineMs - clock.monotonic();
    while (!ended.aborted) {
      await this.#pause(ended, leftMs());
      if (ended.aborted) break;
      // Counted from before it is sent: others count from when it arrives.
      const begunMs = clock.monotonic();
      const answer = leftMs() >= 1 ? await this.#attempt(leftMs()) : 'none';
      if (answer === 'another') throw new LeaseLost('another process holds the leader election lease');
      if (answer === 'held') sinceMs = begunMs;
      if (leftMs() < 1)
        throw new LeaseLost(`the leader election lease was not renewed for ${renewDeadlineMs / 1000} s`);
    }
    return true;
  }

  async #pause(signal: AbortSignal, mostMs = Infinity): Promise<void> {
    const { clock, retryMs, random } = this.#options;
    await clock.sleep(Math.min(jitter(retryMs, 0.2, random), mostMs), signal).catch(() => {});
  }

  /** One attempt, ended after half the renew deadline, so that a single call that hangs does not lose the Lease. */
  async #attempt(limitMs: number): Promise<Answer> {
    const { clock, log, renewDeadlineMs } = this.#options;
    try {
      const held = await withDeadline(clock, Math.min(limitMs, renewDeadlineMs / 2), undefined, (signal) =>
        this.#lock.hold(signal),
      );
      return held ? 'held' : 'another';
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log[hasStatus(error, 409) ? 'debug' : 'warn']({ error: text }, 'lease not held');
      return 'none';
    }
  }

  async #release(): Promise<void> {
    const { clock, log, renewDeadlineMs } = this.#options;
    try {
      await withDeadline(clock, renewDeadlineMs / 2, undefined, (signal) => this.#lock.release(signal));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log.info({ error: text }, 'lease not released; it will expire');
    }
  }
}

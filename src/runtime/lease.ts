import { hasStatus, type Client } from './client.ts';
import { microTime } from './events.ts';
import type { Key, KubeObject, Resource } from './object.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { jitter, type Random } from '../base/random.ts';

/**
 * Leader election by a Lease, as client-go does it: the holder renews every few seconds; another takes over when the
 * Lease has not changed for its whole duration by its own clock, so that skewed clocks do no harm. Not a lock: for a
 * moment two may act, so every write of the operator is safe twice.
 */
export interface LeaseOptions {
  client: Client;
  key: Key;
  /** This process's own, unique name. */
  identity: string;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
  durationMs?: number;
  renewDeadlineMs?: number;
  retryMs?: number;
}

interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string | null;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** The Lease could not be renewed in time: the process must end, because another may lead by now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export class LeaderElection {
  readonly #options: Required<LeaseOptions>;
  /** The version of the Lease seen last, and since when, by the monotonic clock. */
  #observed: { version: string; sinceMs: number } | undefined;

  constructor(options: LeaseOptions) {
    this.#options = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000, ...options };
  }

  /**
   * Waits for the Lease, then runs `work` while holding it. Ends when the signal aborts (the Lease is given up then) or
   * `work` does; throws `LeaseLost` after aborting the signal that `work` was given.
   */
  async run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { log, metrics, identity } = this.#options;
    const master = metrics.gauge('leader_election_master_status', 'Whether this process leads.', ['name']);
    master.set({ name: this.#options.key.name }, 0);
    while (!signal.aborted && !(await this.#tryToHold())) await this.#pause(signal);
    if (signal.aborted) return;
    log.info({ identity }, 'leading');
    master.set({ name: this.#options.key.name }, 1);
    const leading = new AbortController();
    const both = AbortSignal.any([signal, leading.signal]);
    const renewing = this.#renew(both);
    try {
      await Promise.race([work(both), renewing]);
    } finally {
      leading.abort();
      await renewing.catch(() => {});
      if (signal.aborted) await this.#release();
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { clock, renewDeadlineMs } = this.#options;
    let renewedMs = clock.monotonic();
    while (!signal.aborted) {
      await this.#pause(signal);
      if (signal.aborted) return;
      if (await this.#tryToHold()) renewedMs = clock.monotonic();
      else if (clock.monotonic() - renewedMs > renewDeadlineMs)
        throw new LeaseLost('the leader election lease was lost');
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, retryMs, random } = this.#options;
    await clock.sleep(jitter(retryMs, 0.2, random), signal).catch(() => {});
  }

  /** One attempt to take or renew; false when another holds it or the API server does not answer. */
  async #tryToHold(): Promise<boolean> {
    try {
      return await this.#hold();
    } catch (error) {
      const expected = hasStatus(error, 409);
      const text = error instanceof Error ? error.message : String(error);
      this.#options.log[expected ? 'debug' : 'warn']({ error: text }, 'lease not held');
      return false;
    }
  }

  async #hold(): Promise<boolean> {
    const { client, key, identity, clock, durationMs } = this.#options;
    const lease = await client.get(leases, key);
    const now = microTime(clock.now());
    const held = { holderIdentity: identity, leaseDurationSeconds: durationMs / 1000, renewTime: now };
    if (lease === undefined) {
      const spec = { ...held, acquireTime: now, leaseTransitions: 0 };
      await client.create(leases, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { ...key },
        spec,
      });
      return true;
    }
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === identity) {
      await client.replace(leases, { ...lease, spec: { ...lease.spec, ...held } });
      return true;
    }
    if (holder !== '' && !this.#expired(lease)) return false;
    const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
    await client.replace(leases, { ...lease, spec: { ...held, acquireTime: now, leaseTransitions } });
    return true;
  }

  /** Whether it has stood still for its whole duration by our own clock. */
  #expired(lease: Lease): boolean {
    const { clock } = this.#options;
    const version = lease.metadata.resourceVersion ?? '';
    if (this.#observed?.version !== version) this.#observed = { version, sinceMs: clock.monotonic() };
    const durationMs = (lease.spec?.leaseDurationSeconds ?? 15) * 1000;
    return clock.monotonic() - this.#observed.sinceMs >= durationMs;
  }

  /** Gives the Lease up, so that the next one need not wait for its end. */
  async #release(): Promise<void> {
    const { client, key, identity, log } = this.#options;
    try {
      const lease = await client.get(leases, key);
      if (lease?.spec?.holderIdentity !== identity) return;
      await client.replace(leases, {
        ...lease,
        spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 },
      });
    } catch (error) {
      log.debug(
        { error: error instanceof Error ? error.message : String(error) },
        'lease not released; it will expire',
      );
    }
  }
}

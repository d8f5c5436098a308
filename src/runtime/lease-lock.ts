import type { Client } from './client.ts';
import { microTime } from './events.ts';
import type { Key, KubeObject, Resource } from './object.ts';
import type { Clock } from '../base/clock.ts';

/** The Lease as a thing to hold: one attempt to take or renew it, and giving it up. */
export interface LeaseLockOptions {
  client: Client;
  key: Key;
  /** This process's own, unique name. */
  identity: string;
  clock: Clock;
  /** How long others let it stand unchanged before they take it. */
  durationMs: number;
}

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string | null;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

export class LeaseLock {
  readonly #options: LeaseLockOptions;
  /** The version of the Lease seen last, and since when, by the monotonic clock. */
  #observed: { version: string; sinceMs: number } | undefined;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** Takes or renews it; false when another holds it. Throws what the client throws, 409 when another was faster. */
  async hold(signal: AbortSignal): Promise<boolean> {
    const { client, key, identity, clock, durationMs } = this.#options;
    const lease = await client.get(leases, key, { signal });
    const now = microTime(clock.now());
    const held = { holderIdentity: identity, leaseDurationSeconds: durationMs / 1000, renewTime: now };
    if (lease === undefined) {
      const spec = { ...held, acquireTime: now, leaseTransitions: 0 };
      await client.create(leases, { ...envelope(key), spec }, { signal });
      return true;
    }
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === identity) {
      await client.replace(leases, { ...lease, spec: { ...lease.spec, ...held } }, { signal });
      return true;
    }
    if (holder !== '' && !this.#expired(lease)) return false;
    const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
    const spec = { ...held, acquireTime: now, leaseTransitions };
    await client.replace(leases, { ...lease, spec }, { signal });
    return true;
  }

  /** Gives it up, so that the next one need not wait for its end; nothing when another holds it. */
  async release(signal: AbortSignal): Promise<void> {
    const { client, key, identity } = this.#options;
    const lease = await client.get(leases, key, { signal });
    if (lease?.spec?.holderIdentity !== identity) return;
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    await client.replace(leases, { ...lease, spec }, { signal });
  }

  /** Whether it has stood still for its whole duration by our own clock. */
  #expired(lease: Lease): boolean {
    const { clock } = this.#options;
    const version = lease.metadata.resourceVersion ?? '';
    if (this.#observed?.version !== version) this.#observed = { version, sinceMs: clock.monotonic() };
    const durationMs = (lease.spec?.leaseDurationSeconds ?? 15) * 1000;
    return clock.monotonic() - this.#observed.sinceMs >= durationMs;
  }
}

function envelope(key: Key): Lease {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...key } };
}

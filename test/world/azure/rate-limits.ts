import type { Clock } from '../../../src/base/clock.ts';

/**
 * Rate limits, for each subscription. Documented: reads 250 + 25/s, writes and deletes 200 + 10/s ("Understand how
 * Azure Resource Manager throttles requests"). Recorded for PATCH of servers: a header
 * `…-subscription-resource-requests` starting at 319; that it is a window of 320 in 300 s is assumed.
 *
 * Resource providers have limits of their own beside these (same page): private DNS 500 reads, networks 10,000 reads and
 * 1,000 writes in five minutes. Recorded of private DNS are 499 reads and 11,999 writes left, in the same header; that
 * networks tell theirs there as well is assumed.
 */
export type Regime = 'bucket' | 'window';

/** How a call went through: the header that tells what is left, or a refusal. */
export type Admission =
  | { header: string; remaining: number; provider?: { header: string; remaining: number } }
  | { retryAfterSeconds: number };

interface Limit {
  take(nowMs: number): number | undefined;
  /** Seconds until it is worth trying again. */
  waitSeconds(nowMs: number): number;
}

class Bucket implements Limit {
  #tokens: number;
  #atMs = 0;
  readonly #size: number;
  readonly #perSecond: number;

  constructor(size: number, perSecond: number) {
    this.#size = size;
    this.#perSecond = perSecond;
    this.#tokens = size;
  }

  take(nowMs: number): number | undefined {
    this.#tokens = Math.min(this.#size, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return undefined;
    this.#tokens -= 1;
    return Math.floor(this.#tokens);
  }

  waitSeconds(): number {
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perSecond));
  }
}

class Window implements Limit {
  #left: number;
  #beganMs: number | undefined;
  readonly #size: number;
  readonly #lengthMs: number;

  constructor(size: number, lengthMs: number) {
    this.#size = size;
    this.#lengthMs = lengthMs;
    this.#left = size;
  }

  take(nowMs: number): number | undefined {
    if (this.#beganMs === undefined || nowMs - this.#beganMs >= this.#lengthMs) {
      this.#beganMs = nowMs;
      this.#left = this.#size;
    }
    if (this.#left < 1) return undefined;
    this.#left -= 1;
    return this.#left;
  }

  waitSeconds(nowMs: number): number {
    return Math.max(1, Math.ceil(((this.#beganMs ?? nowMs) + this.#lengthMs - nowMs) / 1000));
  }
}

const headerPrefix = 'x-ms-ratelimit-remaining-subscription-';
const fiveMinutesMs = 300_000;

/** What a provider counts by itself, and how many it lets through in five minutes. */
function providerLimit(method: string, type: string): { of: string; requests: number } | undefined {
  if (!type.startsWith('microsoft.network/')) return undefined;
  const reads = method === 'GET';
  if (type.startsWith('microsoft.network/privatednszones'))
    return reads ? { of: 'dns reads', requests: 500 } : { of: 'dns writes', requests: 12_000 };
  return reads ? { of: 'network reads', requests: 10_000 } : { of: 'network writes', requests: 1_000 };
}

export class RateLimits {
  readonly #limits = new Map<string, Limit>();
  readonly #clock: Clock;
  readonly #regime: Regime;
  readonly #factor: number;
  readonly #withProviders: boolean;

  constructor(clock: Clock, regime: Regime, timeFactor: number, withProviders = false) {
    this.#clock = clock;
    this.#withProviders = withProviders;
    this.#regime = regime;
    this.#factor = timeFactor;
  }

  admit(method: string, type: string, subscription: string): Admission {
    const kind = this.#kind(method, type);
    const own = this.#take(`${subscription.toLowerCase()} ${kind}`, () => this.#create(kind));
    if ('retryAfterSeconds' in own) return own;
    const admitted = { header: `${headerPrefix}${kind}`, remaining: own.remaining };
    const most = this.#withProviders ? providerLimit(method, type) : undefined;
    if (most === undefined) return admitted;
    const provider = this.#take(
      `${subscription.toLowerCase()} ${most.of}`,
      () => new Window(most.requests, fiveMinutesMs / this.#factor),
    );
    if ('retryAfterSeconds' in provider) return provider;
    return { ...admitted, provider: { header: `${headerPrefix}resource-requests`, ...provider } };
  }

  #take(key: string, create: () => Limit): { remaining: number } | { retryAfterSeconds: number } {
    const limit = this.#limits.get(key) ?? create();
    this.#limits.set(key, limit);
    const remaining = limit.take(this.#clock.now());
    return remaining === undefined
      ? { retryAfterSeconds: limit.waitSeconds(this.#clock.now()) }
      : { remaining };
  }

  #kind(method: string, type: string): string {
    if (this.#regime === 'window' && method === 'PATCH' && type === 'microsoft.hybridcompute/machines') {
      return 'resource-requests';
    }
    if (method === 'GET') return 'reads';
    return method === 'DELETE' ? 'deletes' : 'writes';
  }

  #create(kind: string): Limit {
    if (kind === 'resource-requests') return new Window(320, 300_000 / this.#factor);
    if (kind === 'reads') return new Bucket(250 * Math.max(1, this.#factor / 10), 25 * this.#factor);
    return new Bucket(200, 10 * this.#factor);
  }
}

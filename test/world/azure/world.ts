import { json, type ArmRequest, type ArmResponse, type Json } from './http.ts';
import { parsePath } from './ids.ts';
import { shown, type Provider } from './provider.ts';
import { SimulatedOperations } from './operations.ts';
import { RateLimits, type Admission, type Regime } from './rate-limits.ts';
import { Registrations } from './registrations.ts';
import { answer } from './routing.ts';
import { Rules } from './rules.ts';
import { Resources, type Resource } from './store.ts';
import { ServiceTags } from './service-tags.ts';
import { storedTags, type ModifyTags, type Tags } from './tag-rules.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { Random } from '../../../src/base/random.ts';

/** The simulated Azure Resource Manager, free of sockets: a request in, an answer out. */
export interface WorldOptions {
  clock: Clock;
  random: Random;
  /** Azure's own delays are divided by it and its limits multiplied. */
  timeFactor?: number;
  /** Only Azure's limits are multiplied by it; the time factor by default. */
  limitFactor?: number;
  /** Whether private DNS and networks have limits of their own as well; see rate-limits.ts. */
  providerLimits?: boolean;
  regime?: Regime;
  /** Servers to a page of a list. */
  pageSize?: number;
}

/** A request that was made, for tests to count and look at. */
export interface Exchange {
  method: string;
  path: string;
  type: string;
  status: number;
  atMs: number;
  /** Sent with `If-None-Match: *`. */
  conditional: boolean;
}

/** Behaviours that differ between answers of the real service; all of them may be changed while a test runs. */
export interface Quirks {
  /** An endpoint names no addresses while it has a zone group (documented for azurerm_private_endpoint). */
  emptyDnsConfigs: boolean;
  /** What `privateLinkResources` says instead; that it is ever short is assumed. */
  requiredZoneNames?: (names: string[]) => string[];
  /** The versions of a type that this cloud has; sovereign ones lack the newest (documented). */
  versions?: (type: string, known: readonly string[]) => readonly string[];
  /** What a listing of a type shows of what there is: one cut short, or one that lags. Assumed. */
  listed?: (type: string, found: Resource[]) => Resource[];
  /** Milliseconds that Azure's clock, its `Date` header, is ahead of this machine's. */
  clockAheadMs?: number;
  /** Refusals for a limit say when, not how long (RFC 9110 has both); that Resource Manager does is assumed. */
  datedRetryAfter?: boolean;
}

export class AzureWorld {
  readonly clock: Clock;
  readonly timeFactor: number;
  readonly resources = new Resources();
  readonly operations: SimulatedOperations;
  readonly rules = new Rules();
  readonly registrations = new Registrations();
  readonly serviceTags = new ServiceTags();
  readonly exchanges: Exchange[] = [];
  readonly quirks: Quirks = { emptyDnsConfigs: true };
  /** What Modify policies write instead of what was asked for. */
  readonly overrides: { publicNetworkAccess?: string; machineScope?: string; tags?: ModifyTags } = {};
  /** Answers in the world's stead where it gives an answer: a proxy's page, a fault of the service. */
  onRequest: ((request: ArmRequest) => ArmResponse | undefined) | undefined;
  readonly pageSize: number;
  readonly #limits: RateLimits;
  readonly #random: Random;

  constructor(options: WorldOptions) {
    this.clock = options.clock;
    this.timeFactor = options.timeFactor ?? 1;
    this.#random = options.random;
    this.pageSize = options.pageSize ?? 100;
    this.operations = new SimulatedOperations(this.clock, this.timeFactor, () => this.guid());
    this.#limits = new RateLimits(
      this.clock,
      options.regime ?? 'bucket',
      options.limitFactor ?? this.timeFactor,
      options.providerLimits,
    );
  }

  guid(): string {
    const hex = (length: number): string =>
      Array.from({ length }, () => Math.floor(this.#random() * 16).toString(16)).join('');
    return [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-');
  }

  etag(): string {
    return this.guid();
  }

  /** Runs after Azure's own delay. */
  later(delayMs: number, task: () => void): void {
    this.clock.after(delayMs / this.timeFactor, task);
  }

  admit(method: string, type: string, subscription: string): Admission {
    return this.#limits.admit(method, type, subscription);
  }

  /** Answers a request whose token has been checked. */
  handle(request: ArmRequest): ArmResponse {
    const path = decodeURIComponent(request.url.pathname);
    const parsed = parsePath(path);
    const instead = this.onRequest?.(request);
    const response = instead ?? answer(this, request, path, parsed);
    this.exchanges.push({
      method: request.method,
      path,
      type: parsed?.type ?? '',
      status: response.status,
      atMs: this.clock.now(),
      conditional: request.headers['if-none-match'] === '*',
    });
    if (instead === undefined) {
      response.headers['x-ms-request-id'] ??= this.guid();
      response.headers['x-ms-correlation-request-id'] ??= this.guid();
      response.headers['date'] ??= new Date(this.clock.now() + (this.quirks.clockAheadMs ?? 0)).toUTCString();
    }
    return response;
  }

  /** Requests that change something, polls excluded. */
  writes(): Exchange[] {
    return this.exchanges.filter(({ method }) => method !== 'GET');
  }

  /** Subscriptions that have anything in them and that the identity sees; in lower case. */
  subscriptions(): string[] {
    const ids = this.resources.all().map(({ id }) => parsePath(id)?.subscription.toLowerCase() ?? '');
    const seen = (id: string): boolean =>
      id !== '' && !this.rules.hasVanished(id) && !this.rules.isHidden(`/subscriptions/${id}`);
    return [...new Set(ids)].filter(seen).sort();
  }

  /** Sets tags as a write of them does: policies and private DNS have their say, and the etag changes. */
  setTags(resource: Resource, tags: Tags): void {
    resource.tags = storedTags(resource.type, tags, this.overrides.tags);
    if (resource.etag !== undefined) resource.etag = resource.etag.replace(/[0-9a-f-]{36}/, this.etag());
  }

  render(provider: Provider, resource: Resource, listed: boolean): Json {
    return provider.render?.(this, resource, listed) ?? shown(resource);
  }

  /** A page of a list, and where the next one is. */
  page(
    provider: Provider,
    found: readonly Resource[],
    skip: number,
    nextLink: (skip: number) => string,
  ): ArmResponse {
    const end = skip + this.pageSize;
    const value = found.slice(skip, end).map((resource) => this.render(provider, resource, true));
    return json(200, { value, ...(end < found.length ? { nextLink: nextLink(end) } : {}) });
  }
}

import { ArmFailure, json, parseBody, type ArmRequest, type ArmResponse, type Json } from './http.ts';
import { parsePath, type ArmPath } from './ids.ts';
import { shown, type Call, type Provider } from './provider.ts';
import { SimulatedOperations } from './operations.ts';
import { providers } from './providers/index.ts';
import { RateLimits, type Regime } from './rate-limits.ts';
import { Registrations } from './registrations.ts';
import { Rules } from './rules.ts';
import { Resources, type Resource } from './store.ts';
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

export class AzureWorld {
  readonly clock: Clock;
  readonly timeFactor: number;
  readonly resources = new Resources();
  readonly operations: SimulatedOperations;
  readonly rules = new Rules();
  readonly registrations = new Registrations();
  readonly exchanges: Exchange[] = [];
  /** Behaviours that differ between answers of the real service. */
  readonly quirks = { emptyDnsConfigs: true };
  /** What a Modify policy writes instead of what was asked for. */
  readonly overrides: { publicNetworkAccess?: string; machineScope?: string } = {};
  readonly #limits: RateLimits;
  readonly #random: Random;
  readonly #pageSize: number;

  constructor(options: WorldOptions) {
    this.clock = options.clock;
    this.timeFactor = options.timeFactor ?? 1;
    this.#random = options.random;
    this.#pageSize = options.pageSize ?? 100;
    this.operations = new SimulatedOperations(this.clock, this.timeFactor, () => this.guid());
    this.#limits = new RateLimits(
      this.clock,
      options.regime ?? 'bucket',
      options.limitFactor ?? this.timeFactor,
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

  /** Answers a request whose token has been checked. */
  handle(request: ArmRequest): ArmResponse {
    const path = decodeURIComponent(request.url.pathname);
    const parsed = parsePath(path);
    const response = this.#answer(request, path, parsed);
    const { method } = request;
    this.exchanges.push({
      method,
      path,
      type: parsed?.type ?? '',
      status: response.status,
      atMs: this.clock.now(),
      conditional: request.headers['if-none-match'] === '*',
    });
    response.headers['x-ms-request-id'] ??= this.guid();
    response.headers['x-ms-correlation-request-id'] ??= this.guid();
    return response;
  }

  /** Requests that change something, polls excluded. */
  writes(): Exchange[] {
    return this.exchanges.filter(({ method }) => method !== 'GET');
  }

  #answer(request: ArmRequest, path: string, parsed: ArmPath | undefined): ArmResponse {
    try {
      const polled = this.operations.poll(path, request.url.searchParams);
      if (polled !== undefined) {
        // Assumed: Azure has actions for it, but whether they are asked for is not written down.
        this.rules.authorize('GET', parsed?.type ?? '', path);
        return polled;
      }
      const registration = this.registrations.answer(request.method, path);
      if (registration !== undefined) return registration;
      if (parsed === undefined)
        throw new ArmFailure(404, 'InvalidResourceType', `The path '${path}' is not known.`);
      const admission = this.#limits.admit(request.method, parsed.type, parsed.subscription);
      if ('retryAfterSeconds' in admission) throw throttled(parsed.subscription, admission.retryAfterSeconds);
      const response = this.#route(request, path, parsed);
      response.headers[admission.header] = String(admission.remaining);
      return response;
    } catch (error) {
      if (error instanceof ArmFailure) return error.response();
      throw error;
    }
  }

  #route(request: ArmRequest, path: string, parsed: ArmPath): ArmResponse {
    const provider = providers.get(parsed.type === '' ? 'microsoft.resources/resourcegroups' : parsed.type);
    if (provider === undefined) {
      throw new ArmFailure(
        404,
        'InvalidResourceType',
        `The resource type could not be found: '${parsed.type}'.`,
      );
    }
    this.rules.authorize(request.method, provider.type, path);
    const body = parseBody(request);
    this.rules.authorizeLinks(request.method, provider.type, path, body);
    const call: Call = {
      world: this,
      method: request.method,
      id: path,
      path: parsed,
      name: parsed.names.at(-1) ?? '',
      query: request.url.searchParams,
      headers: request.headers,
      body,
    };
    if (parsed.group !== undefined && provider.type !== 'Microsoft.Resources/resourceGroups')
      this.#needsGroup(parsed);
    return parsed.collection ? this.#list(provider, call) : this.#one(provider, call);
  }

  /** Recorded for a DELETE, which answers 204 when only the resource is missing. */
  #needsGroup(path: ArmPath): void {
    if (this.resources.hasGroup(path.subscription, path.group ?? '')) return;
    throw new ArmFailure(404, 'ResourceGroupNotFound', `Resource group '${path.group}' could not be found.`);
  }

  #one(provider: Provider, call: Call): ArmResponse {
    const existing = provider.find ? provider.find(call) : this.resources.get(call.id);
    switch (call.method) {
      case 'GET':
        if (existing === undefined) throw notFound(call);
        return json(200, this.render(provider, existing, false), etagHeader(existing));
      case 'PUT':
        this.rules.checkPut(provider.type, call.id, call.body);
        this.rules.checkLock('PUT', call.id);
        return provider.put?.(call, existing) ?? notAllowed(call);
      case 'PATCH':
        if (existing === undefined) throw notFound(call);
        return provider.patch?.(call, existing) ?? notAllowed(call);
      case 'DELETE':
        this.rules.checkLock('DELETE', call.id);
        return provider.delete?.(call, existing) ?? notAllowed(call);
      default:
        return notAllowed(call);
    }
  }

  render(provider: Provider, resource: Resource, listed: boolean): Json {
    return provider.render?.(this, resource, listed) ?? shown(resource);
  }

  #list(provider: Provider, call: Call): ArmResponse {
    if (call.method !== 'GET') return notAllowed(call);
    const parent = call.id.split('/').slice(0, -1).join('/');
    const found = provider.list
      ? provider.list(call)
      : this.resources.below(call.path.names.length === 0 ? scopeOf(call.path) : parent, provider.type);
    const skip = Number(call.query.get('$skipToken') ?? '0');
    const page = found
      .slice(skip, skip + this.#pageSize)
      .map((resource) => this.render(provider, resource, true));
    const more = skip + this.#pageSize < found.length;
    const query = `api-version=${call.query.get('api-version') ?? ''}&$skipToken=${skip + this.#pageSize}`;
    const next = more ? { nextLink: `${this.operations.origin}${call.id}?${query}` } : {};
    return json(200, { value: page, ...next });
  }
}

function scopeOf(path: ArmPath): string {
  const subscription = `/subscriptions/${path.subscription}`;
  return path.group === undefined ? subscription : `${subscription}/resourceGroups/${path.group}`;
}

function etagHeader(resource: Resource): Record<string, string> {
  return resource.etag === undefined ? {} : { etag: resource.etag };
}

function notFound(call: Call): ArmFailure {
  const { type, names, group } = call.path;
  const parentGone =
    names.length > 1 && call.world.resources.get(call.id.split('/').slice(0, -2).join('/')) === undefined;
  const code = parentGone ? 'ParentResourceNotFound' : 'ResourceNotFound';
  const message = `The Resource '${type}/${names.join('/')}' under resource group '${group}' was not found.`;
  return new ArmFailure(404, code, message);
}

function notAllowed(call: Call): ArmResponse {
  const message = `The HTTP method '${call.method}' is not supported for '${call.path.type}'.`;
  return new ArmFailure(405, 'MethodNotAllowed', message).response();
}

function throttled(subscription: string, seconds: number): ArmFailure {
  const message = `The number of requests for subscription '${subscription}' exceeded the limit. Please try again after '${seconds}' seconds.`;
  return new ArmFailure(
    429,
    'SubscriptionRequestsThrottled',
    message,
    {},
    { 'retry-after': String(seconds) },
  );
}

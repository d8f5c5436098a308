import type { KubeConfig } from '@kubernetes/client-node';
import { request, type Dispatcher } from 'undici';
import {
  hasStatus,
  KubernetesError,
  type CallOptions,
  type Client,
  type DeleteOptions,
  type ListOptions,
  type Page,
  type PatchOptions,
  type WatchEvent,
  type WatchOptions,
} from './client.ts';
import { withDeadline } from './deadline.ts';
import { jsonLines } from './json-lines.ts';
import { asKubernetesError, failure } from './kube-errors.ts';
import { createPools, type Pools } from './kube-pool.ts';
import { objectPath, query } from './paths.ts';
import type { Key, KubeObject, Resource } from './object.ts';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../base/metrics.ts';

/**
 * The Kubernetes API through @kubernetes/client-node's KubeConfig (kubeconfig, in-cluster and exec authentication) and
 * connection pools of its own: the library itself opens a new connection for every call.
 */
export interface KubeClientOptions {
  clock: Clock;
  metrics: Metrics;
  userAgent: string;
  /** Field manager of every write. */
  fieldManager: string;
}

/** From the call to the end of its answer, with the wait for a free connection in it. */
const callTimeoutMs = 30_000;
/** Longer than the API server's bookmark period of about a minute: a half-open connection is noticed by then. */
const watchSilenceMs = 90_000;

interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  contentType?: string;
  signal?: AbortSignal | undefined;
  stream?: boolean;
}

export class KubeClient implements Client {
  readonly #config: KubeConfig;
  readonly #options: KubeClientOptions;
  readonly #pools: Pools;
  readonly #server: string;
  readonly #requests: ReturnType<Metrics['counter']>;

  constructor(config: KubeConfig, options: KubeClientOptions) {
    this.#config = config;
    this.#options = options;
    this.#server = (config.getCurrentCluster()?.server ?? '').replace(/\/$/, '');
    this.#pools = createPools(config.getCurrentCluster() ?? undefined, config.getCurrentUser() ?? undefined);
    this.#requests = options.metrics.counter('rest_client_requests_total', 'Calls of the Kubernetes API.', [
      'code',
      'method',
    ]);
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    { signal }: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return (await this.#json({ method: 'GET', path: objectPath(resource, key), signal })) as T;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<Page<T>> {
    const path = objectPath(resource, { namespace: options.namespace ?? '', name: '' });
    const parameters = query({
      labelSelector: options.labelSelector,
      limit: options.limit,
      continue: options.continueToken,
      resourceVersion: options.resourceVersion,
    });
    const { signal } = options;
    const answer = (await this.#json({ method: 'GET', path: path + parameters, signal })) as {
      items: T[];
      metadata: { resourceVersion: string; continue?: string };
    };
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    const items = answer.items.map((item) => ({ ...item, apiVersion, kind: resource.kind }));
    const { resourceVersion, continue: next } = answer.metadata;
    return { items, resourceVersion, ...(next ? { continueToken: next } : {}) };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>> {
    const path = objectPath(resource, { namespace: options.namespace ?? '', name: '' });
    const parameters = query({
      watch: 'true',
      allowWatchBookmarks: 'true',
      labelSelector: options.labelSelector,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: options.timeoutSeconds,
    });
    const { signal } = options;
    let response: Dispatcher.ResponseData | undefined;
    try {
      response = await this.#send({ method: 'GET', path: path + parameters, stream: true, signal });
      for await (const line of jsonLines(response.body)) yield watchEvent<T>(line);
    } catch (error) {
      if (!signal?.aborted) throw asKubernetesError(error);
    } finally {
      response?.body.destroy();
    }
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    { signal }: CallOptions = {},
  ): Promise<T> {
    const path = objectPath(resource, { namespace: object.metadata.namespace ?? '', name: '' });
    return (await this.#json({ method: 'POST', path: path + this.#manager(), body: object, signal })) as T;
  }

  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    { signal }: CallOptions = {},
  ): Promise<T> {
    const { namespace = '', name } = object.metadata;
    const path = objectPath(resource, { namespace, name });
    return (await this.#json({ method: 'PUT', path: path + this.#manager(), body: object, signal })) as T;
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: Record<string, unknown>,
    { subresource, signal }: PatchOptions = {},
  ): Promise<T> {
    const path = objectPath(resource, key, subresource) + this.#manager();
    const contentType = 'application/merge-patch+json';
    return (await this.#json({ method: 'PATCH', path, body: patch, contentType, signal })) as T;
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    { signal, ...preconditions }: DeleteOptions = {},
  ): Promise<void> {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions };
    try {
      await this.#json({ method: 'DELETE', path: objectPath(resource, key), body, signal });
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }

  async createSubresource<A extends KubeObject, T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    subresource: string,
    body: A,
    { signal }: CallOptions = {},
  ): Promise<A> {
    const path = objectPath(resource, key, subresource);
    return (await this.#json({ method: 'POST', path, body, signal })) as A;
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }

  #manager(): string {
    return query({ fieldManager: this.#options.fieldManager });
  }

  async #json(call: Call): Promise<unknown> {
    try {
      return await withDeadline(this.#options.clock, callTimeoutMs, call.signal, async (signal) => {
        const response = await this.#send({ ...call, signal });
        return await response.body.json();
      });
    } catch (error) {
      call.signal?.throwIfAborted();
      throw asKubernetesError(error);
    }
  }

  /** One request; a 401 is tried once more, because a rotated token may have been read just before its change. */
  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    const response = await this.#attempt(call);
    const answer = response.statusCode === 401 ? await this.#again(call, response) : response;
    if (answer.statusCode < 300) return answer;
    throw await failure(answer, this.#options.clock.now());
  }

  async #again(call: Call, response: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
    await response.body.dump();
    return this.#attempt(call);
  }

  async #attempt(call: Call): Promise<Dispatcher.ResponseData> {
    const headers = await this.#headers(call);
    const timeout = call.stream ? watchSilenceMs : callTimeoutMs;
    try {
      const response = await request(`${this.#server}${call.path}`, {
        method: call.method,
        headers,
        dispatcher: call.stream ? this.#pools.watches : this.#pools.calls,
        headersTimeout: callTimeoutMs,
        bodyTimeout: timeout,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
      this.#requests.inc({ code: String(response.statusCode), method: call.method });
      return response;
    } catch (error) {
      this.#requests.inc({ code: '<error>', method: call.method });
      throw error;
    }
  }

  async #headers(call: Call): Promise<Record<string, string>> {
    const init: { headers: Record<string, string> } = { headers: {} };
    await this.#config.applyToHTTPSOptions(init);
    return {
      ...init.headers,
      accept: 'application/json',
      'user-agent': this.#options.userAgent,
      ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
    };
  }
}

function watchEvent<T extends KubeObject>(line: unknown): WatchEvent<T> {
  const event = line as { type: string; object: T & { code?: number; message?: string; reason?: string } };
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: event.object };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
    default: {
      const { code = 500, reason = '', message = 'the watch failed' } = event.object;
      throw new KubernetesError(code, reason, message);
    }
  }
}

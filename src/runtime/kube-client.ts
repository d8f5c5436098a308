import { KubeConfig } from '@kubernetes/client-node';
import { request, type Dispatcher } from 'undici';
import {
  KubernetesError,
  type Client,
  type ListOptions,
  type Page,
  type WatchEvent,
  type WatchOptions,
} from './client.ts';
import { jsonLines } from './json-lines.ts';
import { createPool } from './kube-pool.ts';
import { objectPath, query } from './paths.ts';
import type { Key, KubeObject, Resource } from './object.ts';
import type { Clock } from '../base/clock.ts';
import { transient } from '../base/errors.ts';
import type { Metrics } from '../base/metrics.ts';

/**
 * The Kubernetes API through @kubernetes/client-node's KubeConfig (kubeconfig, in-cluster and exec authentication) and
 * one shared connection pool: the library itself opens a new connection for every call.
 */
export interface KubeClientOptions {
  /** Paths of kubeconfig files as KUBECONFIG has them; undefined means the cluster it runs in. */
  kubeconfig: string | undefined;
  clock: Clock;
  metrics: Metrics;
  userAgent: string;
  /** Field manager of every write. */
  fieldManager: string;
}

const callTimeoutMs = 30_000;
/** Longer than the API server's bookmark period of about a minute: a half-open connection is noticed by then. */
const watchSilenceMs = 90_000;

interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  contentType?: string;
  signal?: AbortSignal;
  stream?: boolean;
}

/** Throws a plain error, to be told as one sentence, when the kubeconfig cannot be read. */
export function loadKubeConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  if (!config.getCurrentCluster()) throw new Error('the kubeconfig has no current cluster');
  return config;
}

export class KubeClient implements Client {
  readonly #config: KubeConfig;
  readonly #options: KubeClientOptions;
  readonly #pool: Dispatcher;
  readonly #server: string;
  readonly #requests: ReturnType<Metrics['counter']>;

  constructor(config: KubeConfig, options: KubeClientOptions) {
    this.#config = config;
    this.#options = options;
    this.#server = (config.getCurrentCluster()?.server ?? '').replace(/\/$/, '');
    this.#pool = createPool(config.getCurrentCluster() ?? undefined, config.getCurrentUser() ?? undefined);
    this.#requests = options.metrics.counter('rest_client_requests_total', 'Calls of the Kubernetes API.', [
      'code',
      'method',
    ]);
  }

  async get<T extends KubeObject>(resource: Resource<T>, key: Key): Promise<T | undefined> {
    try {
      return (await this.#json({ method: 'GET', path: objectPath(resource, key) })) as T;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
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
    const answer = (await this.#json({ method: 'GET', path: path + parameters })) as {
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
    const call: Call = { method: 'GET', path: path + parameters, stream: true };
    const response = await this.#send(options.signal ? { ...call, signal: options.signal } : call);
    try {
      for await (const line of jsonLines(response.body)) yield watchEvent<T>(line);
    } catch (error) {
      if (!options.signal?.aborted) throw asKubernetesError(error);
    } finally {
      response.body.destroy();
    }
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    const path = objectPath(resource, { namespace: object.metadata.namespace ?? '', name: '' });
    return (await this.#json({ method: 'POST', path: path + this.#manager(), body: object })) as T;
  }

  async replace<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    const { namespace = '', name } = object.metadata;
    const path = objectPath(resource, { namespace, name });
    return (await this.#json({ method: 'PUT', path: path + this.#manager(), body: object })) as T;
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: Record<string, unknown>,
    options: { subresource?: 'status' } = {},
  ): Promise<T> {
    const path = objectPath(resource, key, options.subresource) + this.#manager();
    const contentType = 'application/merge-patch+json';
    return (await this.#json({ method: 'PATCH', path, body: patch, contentType })) as T;
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    preconditions?: { uid?: string; resourceVersion?: string },
  ): Promise<void> {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions };
    try {
      await this.#json({ method: 'DELETE', path: objectPath(resource, key), body });
    } catch (error) {
      if (!(error instanceof KubernetesError && error.status === 404)) throw error;
    }
  }

  async createSubresource<A extends KubeObject, T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    subresource: string,
    body: A,
  ): Promise<A> {
    return (await this.#json({ method: 'POST', path: objectPath(resource, key, subresource), body })) as A;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #manager(): string {
    return query({ fieldManager: this.#options.fieldManager });
  }

  async #json(call: Call): Promise<unknown> {
    const response = await this.#send(call);
    try {
      return await response.body.json();
    } catch (error) {
      throw asKubernetesError(error);
    }
  }

  /** One request; a 401 is tried once more, because a rotated token may have been read just before its change. */
  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    const response = await this.#attempt(call);
    const answer = response.statusCode === 401 ? await this.#again(call, response) : response;
    if (answer.statusCode < 300) return answer;
    throw await failure(answer);
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
        dispatcher: this.#pool,
        headersTimeout: callTimeoutMs,
        bodyTimeout: timeout,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
      this.#requests.inc({ code: String(response.statusCode), method: call.method });
      return response;
    } catch (error) {
      this.#requests.inc({ code: '<error>', method: call.method });
      throw asKubernetesError(error);
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

async function failure(response: Dispatcher.ResponseData): Promise<KubernetesError> {
  const text = await response.body.text();
  const status = parsed(text);
  const retryAfter = Number(response.headers['retry-after']);
  const options = Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {};
  const message = status.message ?? `the Kubernetes API answered ${response.statusCode}`;
  return new KubernetesError(response.statusCode, status.reason ?? '', message, options);
}

function parsed(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    // Not from the API server itself but from something before it.
    return {};
  }
}

function asKubernetesError(error: unknown): Error {
  if (error instanceof KubernetesError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return transient('KubernetesUnavailable', `the Kubernetes API did not answer: ${text}`, { cause: error });
}

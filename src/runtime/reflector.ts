import { KubernetesError, hasStatus, type Client, type ListOptions } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { keyOf } from './object.ts';
import type { Store } from './store.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { jitter, type Random } from '../base/random.ts';

/**
 * Keeps a store equal to what the API server has: a paged list, then watches with bookmarks, for ever. Every error is
 * waited out with growing delays; a version too old to resume from (410) leads to a new list. Modelled on client-go's
 * Reflector, because the informer of @kubernetes/client-node stops for good on most errors.
 */
export interface ReflectorOptions<T extends KubeObject> {
  client: Client;
  resource: Resource<T>;
  store: Store<T>;
  namespace?: string;
  clock: Clock;
  random: Random;
  log: Logger;
}

const pageSize = 500;
const firstDelayMs = 800;
const longestDelayMs = 30_000;

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #synced: Promise<void>;
  #markSynced: () => void = () => {};
  #failures = 0;
  /** Monotonic time of the last list, event or orderly end of a watch. */
  lastContactMs = 0;
  hasSynced = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#synced = new Promise((resolve) => (this.#markSynced = resolve));
  }

  /** Resolves when the first complete list is in the store. */
  synced(): Promise<void> {
    return this.#synced;
  }

  /** Runs until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let version: string | undefined;
    while (!signal.aborted) {
      try {
        version ??= await this.#list();
        version = await this.#watch(version, signal);
        this.#failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (hasStatus(error, 410)) version = undefined;
        await this.#pause(error, signal);
      }
    }
  }

  async #list(): Promise<string> {
    const { client, resource, store, namespace } = this.#options;
    const objects: T[] = [];
    let continueToken: string | undefined;
    for (;;) {
      const options: ListOptions = { limit: pageSize };
      if (namespace !== undefined) options.namespace = namespace;
      if (continueToken !== undefined) options.continueToken = continueToken;
      const page = await client.list(resource, options);
      objects.push(...page.items);
      continueToken = page.continueToken;
      if (continueToken === undefined) {
        store.replace(objects, namespace);
        this.#contact();
        this.hasSynced = true;
        this.#markSynced();
        return page.resourceVersion;
      }
    }
  }

  /** One watch to its end; gives the version to resume from. */
  async #watch(from: string, signal: AbortSignal): Promise<string> {
    const { client, resource, store, namespace, random } = this.#options;
    let version = from;
    const timeoutSeconds = Math.round(300 + 300 * random());
    const where = namespace === undefined ? {} : { namespace };
    for await (const event of client.watch(resource, {
      ...where,
      resourceVersion: from,
      timeoutSeconds,
      signal,
    })) {
      this.#contact();
      this.#failures = 0;
      if (event.type === 'BOOKMARK') {
        version = event.resourceVersion;
        continue;
      }
      if (event.type === 'DELETED') store.delete(keyOf(event.object));
      else store.put(event.object);
      version = event.object.metadata.resourceVersion ?? version;
    }
    this.#contact();
    return version;
  }

  #contact(): void {
    this.lastContactMs = this.#options.clock.monotonic();
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, log, resource } = this.#options;
    const delayMs = Math.min(firstDelayMs * 2 ** this.#failures, longestDelayMs);
    this.#failures += 1;
    const text = error instanceof Error ? error.message : String(error);
    const level = this.#failures > 2 ? 'warn' : 'debug';
    log[level]({ kind: resource.kind, error: text }, 'watch interrupted, will be resumed');
    const asked = error instanceof KubernetesError ? (error.retryAfterMs ?? 0) : 0;
    await clock.sleep(Math.max(jitter(delayMs, 0.3, random), asked), signal).catch(() => {});
  }
}

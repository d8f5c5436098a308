import { Backoff } from './backoff.ts';
import { hasStatus, type Client, type ListOptions } from './client.ts';
import type { KubeObject, Resource } from './object.ts';
import { keyOf } from './object.ts';
import type { Store } from './store.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';

/**
 * Keeps a store equal to what the API server has: a paged list, then watches with bookmarks, for ever. Every error,
 * and every watch that ends as soon as it is open, is waited out with growing pauses; a watch that lived is opened anew
 * at once; a version too old to resume from (410) leads to a new list. Modelled on client-go's
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
/** client-go's own. */
const pauses = { firstMs: 800, longestMs: 30_000 };
/** A watch that ends sooner was refused in all but name, by a proxy for instance. */
const livedMs = 1_000;

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #backoff: Backoff;
  readonly #synced: Promise<void>;
  #markSynced: () => void = () => {};
  /** From which to resume; a new list is needed where there is none. */
  #version: string | undefined;
  /** Monotonic time of the last list, event or orderly end of a watch. */
  lastContactMs = 0;
  hasSynced = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff({ ...pauses, random: options.random });
    this.#synced = new Promise((resolve) => (this.#markSynced = resolve));
  }

  /** Resolves when the first complete list is in the store, or when the signal aborts. */
  async synced(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([this.#synced, stopped]);
    signal.removeEventListener('abort', stop);
  }

  /** Runs until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#version ??= await this.#list(signal);
        await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (hasStatus(error, 410)) this.#version = undefined;
        await this.#pause(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, resource, store, namespace } = this.#options;
    const objects: T[] = [];
    let continueToken: string | undefined;
    for (;;) {
      const options: ListOptions = { limit: pageSize, signal };
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

  /** One watch to its end, and a pause where it had not lived. */
  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const begunMs = clock.monotonic();
    const lived = (): boolean => clock.monotonic() - begunMs >= livedMs;
    try {
      await this.#follow(resourceVersion, signal);
    } finally {
      if (lived()) this.#backoff.succeeded();
    }
    if (signal.aborted) return;
    this.#contact();
    if (!lived()) await this.#pause(new Error('the watch ended as soon as it was open'), signal);
  }

  /** Takes over what a watch tells, and notes how far it came: a watch that breaks is resumed from there. */
  async #follow(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, resource, store, namespace, random } = this.#options;
    const timeoutSeconds = Math.round(300 + 300 * random());
    const where = namespace === undefined ? {} : { namespace };
    const options = { ...where, resourceVersion, timeoutSeconds, signal };
    for await (const event of client.watch(resource, options)) {
      this.#contact();
      if (event.type === 'BOOKMARK') {
        this.#version = event.resourceVersion;
        continue;
      }
      if (event.type === 'DELETED') store.delete(keyOf(event.object));
      else store.put(event.object);
      this.#version = event.object.metadata.resourceVersion ?? this.#version;
    }
  }

  #contact(): void {
    this.lastContactMs = this.#options.clock.monotonic();
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log, resource } = this.#options;
    const delayMs = this.#backoff.failed(error);
    const text = error instanceof Error ? error.message : String(error);
    const level = this.#backoff.failures > 2 ? 'warn' : 'debug';
    log[level]({ kind: resource.kind, error: text }, 'watch interrupted, will be resumed');
    await clock.sleep(delayMs, signal).catch(() => {});
  }
}

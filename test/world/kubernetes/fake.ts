import { isDeepStrictEqual } from 'node:util';
import {
  KubernetesError,
  type CallOptions,
  type Client,
  type DeleteOptions,
  type ListOptions,
  type Page,
  type PatchOptions,
  type WatchEvent,
  type WatchOptions,
} from '../../../src/runtime/client.ts';
import { keyOf, keyText, type Key, type KubeObject, type Resource } from '../../../src/runtime/object.ts';
import { timestamp, type Clock } from '../../../src/base/clock.ts';

/**
 * The operator's narrow Kubernetes client in memory, for unit tests. The contract suite (contract.ts) runs on this and
 * on the real API server, so that it cannot promise what the real one does not.
 */
export interface FakeOptions {
  clock: Clock;
  /** What the API server fills in whenever an object is stored: the schema's defaults. */
  defaults?: (resource: Resource, object: KubeObject) => KubeObject;
}

/** A call, for tests to look at. */
export interface FakeCall {
  verb: 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete' | 'createSubresource';
  kind: string;
  name: string;
}

interface Stored {
  resource: Resource;
  object: KubeObject;
  /** The object as text, from which every caller gets a copy of its own. */
  text: string;
}

interface Change {
  version: number;
  kind: string;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
}

type Body = Record<string, unknown> & KubeObject;

export class FakeKubernetes implements Client {
  readonly #clock: Clock;
  readonly #defaults: FakeOptions['defaults'];
  readonly #objects = new Map<string, Stored>();
  readonly #log: Change[] = [];
  readonly #watchers = new Set<() => void>();
  #version = 1;
  #uids = 0;
  #compactedAt = 0;
  /** Every call so far. */
  readonly calls: FakeCall[] = [];

  constructor(options: FakeOptions) {
    this.#clock = options.clock;
    this.#defaults = options.defaults;
  }

  /** Calls that change something, of the kinds named (all when none is). */
  writes(...kinds: string[]): FakeCall[] {
    const changing = new Set(['create', 'replace', 'patch', 'delete']);
    return this.calls.filter(
      ({ verb, kind }) => changing.has(verb) && (kinds.length === 0 || kinds.includes(kind)),
    );
  }

  /** Forgets the history, as etcd's compaction does: watches from before get 410. */
  compact(): void {
    this.#compactedAt = this.#version;
    this.#log.length = 0;
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    options?: CallOptions,
  ): Promise<T | undefined> {
    const call = { verb: 'get', kind: resource.kind, name: key.name } as const;
    return await this.#call(call, options, () => copyOf(this.#find(resource, key)) as T | undefined);
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<Page<T>> {
    return await this.#call({ verb: 'list', kind: resource.kind, name: '' }, options, () => {
      const all = this.#all(resource, options).sort((one, other) =>
        keyText(keyOf(one.object)) < keyText(keyOf(other.object)) ? -1 : 1,
      );
      const start = Number(options.continueToken ?? 0);
      const end = start + (options.limit ?? all.length);
      const more = end < all.length ? { continueToken: String(end) } : {};
      return {
        items: all.slice(start, end).map(copyOf) as T[],
        resourceVersion: String(this.#version),
        ...more,
      };
    });
  }

  /** The version of the newest state. */
  get version(): number {
    return this.#version;
  }

  /** All of a kind as it was at that version: what an API server that lags shows. */
  asOf<T extends KubeObject>(resource: Resource<T>, options: ListOptions, version: number): Page<T> {
    const then = new Map<string, KubeObject>();
    for (const change of this.#log) {
      if (change.version > version || change.kind !== resource.kind) continue;
      const key = keyText(keyOf(change.object));
      if (change.type === 'DELETED') then.delete(key);
      else then.set(key, change.object);
    }
    const items = [...then.values()].filter((object) => matches(object, options)).map(copy) as T[];
    return { items, resourceVersion: String(version) };
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>> {
    if (options.signal?.aborted) return;
    await this.#call({ verb: 'watch', kind: resource.kind, name: '' }, {}, () => undefined);
    let from = Number(options.resourceVersion);
    while (!options.signal?.aborted) {
      if (from < this.#compactedAt) throw new KubernetesError(410, 'Expired', 'too old resource version');
      const changes = this.#log.filter(({ version, kind }) => version > from && kind === resource.kind);
      for (const { type, object, version } of changes) {
        from = version;
        if (matches(object, options)) yield { type, object: copy(object) as T };
      }
      // More may have come while the caller was at work on these.
      if (changes.length === 0) await this.#nextChange(options.signal);
    }
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T, options?: CallOptions): Promise<T> {
    const { name } = object.metadata;
    return await this.#call({ verb: 'create', kind: resource.kind, name }, options, () => {
      if (this.#find(resource, keyOf(object)))
        throw new KubernetesError(409, 'AlreadyExists', `${object.metadata.name} already exists`);
      // A new object's status is not the creator's to write.
      const { status: _, ...own } = copy(object) as Body;
      const defaulted = this.#filled(resource, hasStatus(resource) ? own : object);
      const metadata = {
        ...defaulted.metadata,
        uid: `uid-${++this.#uids}`,
        creationTimestamp: timestamp(this.#clock.now()),
        generation: 1,
      };
      return this.#store(resource, { ...defaulted, metadata }, 'ADDED') as T;
    });
  }

  async replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: CallOptions): Promise<T> {
    const { name } = object.metadata;
    return await this.#call({ verb: 'replace', kind: resource.kind, name }, options, () => {
      const current = this.#need(resource, keyOf(object));
      checkVersion(current, object.metadata);
      return this.#update(resource, current, {
        ...copy(object),
        metadata: { ...current.metadata, ...object.metadata },
      }) as T;
    });
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: Record<string, unknown>,
    options: PatchOptions = {},
  ): Promise<T> {
    return await this.#call({ verb: 'patch', kind: resource.kind, name: key.name }, options, () => {
      const current = this.#need(resource, key) as Body;
      const metadata = (patch['metadata'] ?? {}) as Partial<KubeObject['metadata']>;
      checkVersion(current, metadata);
      const merged = merge(current, patch) as Body;
      if (!hasStatus(resource)) return this.#update(resource, current, merged) as T;
      // The status is a resource of its own: neither write touches the other's part.
      const next =
        options.subresource === 'status'
          ? { ...current, status: merged['status'] }
          : { ...merged, status: current['status'] };
      return this.#update(resource, current, next) as T;
    });
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.#call({ verb: 'delete', kind: resource.kind, name: key.name }, options, () => {
      const current = this.#find(resource, key)?.object;
      if (current === undefined) return;
      checkVersion(current, options);
      this.#delete(resource, current);
    });
  }

  async createSubresource<A extends KubeObject, T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    subresource: string,
    body: A,
    options?: CallOptions,
  ): Promise<A> {
    const call = { verb: 'createSubresource', kind: resource.kind, name: key.name } as const;
    return await this.#call(call, options, () => {
      this.#need(resource, key);
      return { ...body, status: { token: this.#serviceAccountToken(key, body) } };
    });
  }

  /** A JSON Web Token as the API server gives it, but for the signature. */
  #serviceAccountToken(account: Key, request: object): string {
    const { spec } = request as { spec?: { audiences?: string[]; expirationSeconds?: number } };
    const claims = {
      iss: 'https://kubernetes.default.svc.cluster.local',
      sub: `system:serviceaccount:${account.namespace}:${account.name}`,
      aud: spec?.audiences,
      exp: Math.floor(this.#clock.now() / 1000) + (spec?.expirationSeconds ?? 3600),
    };
    const encoded = [{ alg: 'RS256' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return [...encoded, 'signature'].join('.');
  }

  async #call<R>(call: FakeCall, options: CallOptions | undefined, apply: () => R): Promise<R> {
    options?.signal?.throwIfAborted();
    this.calls.push(call);
    // A real call leaves the current turn: callers must not count on an answer at once.
    await Promise.resolve();
    return apply();
  }

  #find(resource: Resource, key: Key): Stored | undefined {
    return this.#objects.get(`${resource.kind} ${keyText(key)}`);
  }

  #need(resource: Resource, key: Key): KubeObject {
    const found = this.#find(resource, key)?.object;
    if (found === undefined)
      throw new KubernetesError(404, 'NotFound', `${resource.plural} "${key.name}" not found`);
    return found;
  }

  #all(resource: Resource, options: { namespace?: string; labelSelector?: string }): Stored[] {
    return [...this.#objects.values()].filter(
      ({ resource: own, object }) => own.kind === resource.kind && matches(object, options),
    );
  }

  #filled(resource: Resource, object: KubeObject): Body {
    return (this.#defaults?.(resource, copy(object)) ?? copy(object)) as Body;
  }

  #update(resource: Resource, current: KubeObject, wanted: KubeObject): KubeObject {
    const next = this.#filled(resource, wanted);
    const metadata = {
      ...next.metadata,
      uid: current.metadata.uid,
      creationTimestamp: current.metadata.creationTimestamp,
    } as KubeObject['metadata'];
    const candidate = {
      ...next,
      metadata: { ...metadata, resourceVersion: current.metadata.resourceVersion },
    } as KubeObject;
    // The API server stores nothing, and tells no watcher, when nothing has changed.
    if (isDeepStrictEqual(copy(candidate), copy(current))) return copy(current);
    const grown = isDeepStrictEqual(next['spec'], (current as Body)['spec']) ? 0 : 1;
    metadata.generation = (current.metadata.generation ?? 1) + grown;
    const stored = this.#store(resource, { ...next, metadata }, 'MODIFIED');
    if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length)
      this.#remove(resource, stored);
    return stored;
  }

  #store(resource: Resource, object: KubeObject, type: Change['type']): KubeObject {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const text = JSON.stringify({ ...object, metadata });
    const stored = JSON.parse(text) as KubeObject;
    this.#objects.set(`${resource.kind} ${keyText(keyOf(stored))}`, { resource, object: stored, text });
    this.#tell(resource, type, stored);
    return copy(stored);
  }

  #remove(resource: Resource, object: KubeObject): void {
    this.#version += 1;
    this.#objects.delete(`${resource.kind} ${keyText(keyOf(object))}`);
    this.#tell(resource, 'DELETED', {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    });
    // What a garbage collector does, at once.
    for (const { resource: kind, object: owned } of this.#ownedBy(object)) this.#delete(kind, owned);
    for (const { resource: kind, object: owner } of Array.from(this.#objects.values())) {
      const owns = object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid);
      if (owns) this.#endForeground(kind, owner);
    }
  }

  #ownedBy({ metadata: { uid } }: KubeObject): Stored[] {
    return Array.from(this.#objects.values()).filter(({ object }) =>
      object.metadata.ownerReferences?.some((owner) => owner.uid === uid),
    );
  }

  /** `kubectl delete --cascade=foreground`: what it owns goes first. */
  async deleteInForeground(resource: Resource, key: Key): Promise<void> {
    await this.#call({ verb: 'delete', kind: resource.kind, name: key.name }, undefined, () => {
      const current = this.#need(resource, key);
      const finalizers = [...(current.metadata.finalizers ?? []), foreground];
      this.#delete(resource, { ...current, metadata: { ...current.metadata, finalizers } });
      for (const { resource: kind, object } of this.#ownedBy(current)) this.#delete(kind, object);
      this.#endForeground(resource, this.#need(resource, key));
    });
  }

  #endForeground(resource: Resource, owner: KubeObject): void {
    const { finalizers = [], deletionTimestamp } = owner.metadata;
    if (deletionTimestamp === undefined || !finalizers.includes(foreground)) return;
    if (this.#ownedBy(owner).length > 0) return;
    const left = finalizers.filter((name) => name !== foreground);
    const metadata = { ...owner.metadata, finalizers: left };
    const stored = this.#store(resource, { ...owner, metadata }, 'MODIFIED');
    if (left.length === 0) this.#remove(resource, stored);
  }

  /** Marked for deletion while it has finalizers, else gone. */
  #delete(resource: Resource, current: KubeObject): void {
    if (!current.metadata.finalizers?.length) {
      this.#remove(resource, current);
      return;
    }
    if (current.metadata.deletionTimestamp !== undefined) return;
    const metadata = {
      ...current.metadata,
      deletionTimestamp: timestamp(this.#clock.now()),
      generation: (current.metadata.generation ?? 1) + 1,
    };
    this.#store(resource, { ...current, metadata }, 'MODIFIED');
  }

  #tell(resource: Resource, type: Change['type'], object: KubeObject): void {
    this.#log.push({ version: this.#version, kind: resource.kind, type, object });
    for (const wake of this.#watchers) wake();
  }

  #nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

const foreground = 'foregroundDeletion';

function hasStatus({ group, kind }: Resource): boolean {
  return group === 'arcprivatelink.io' && !kind.endsWith('Slice');
}

function copyOf(stored: Stored | undefined): KubeObject | undefined {
  return stored && (JSON.parse(stored.text) as KubeObject);
}

function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function matches(object: KubeObject, options: { namespace?: string; labelSelector?: string }): boolean {
  if (options.namespace !== undefined && object.metadata.namespace !== options.namespace) return false;
  const terms = options.labelSelector === undefined ? [] : options.labelSelector.split(',');
  return terms.every((term) => {
    const [name = '', value] = term.split('=');
    return object.metadata.labels?.[name] === value;
  });
}

function checkVersion(current: KubeObject, wanted: { resourceVersion?: string; uid?: string }): void {
  const stale =
    wanted.resourceVersion !== undefined && wanted.resourceVersion !== current.metadata.resourceVersion;
  const other = wanted.uid !== undefined && wanted.uid !== current.metadata.uid;
  if (stale || other) throw new KubernetesError(409, 'Conflict', 'the object has been modified');
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base =
    typeof target === 'object' && target !== null && !Array.isArray(target)
      ? (target as Record<string, unknown>)
      : {};
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

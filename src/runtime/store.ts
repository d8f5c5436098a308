import { keyOf, keyText, type Key, type KubeObject } from './object.ts';
import type { Lister } from './reconciler.ts';

/** Called with the object before and after; one of the two is absent when it came or went. */
export type ChangeHandler<T> = (before: T | undefined, after: T | undefined) => void;

/** Index functions: the values under which an object is found again. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The objects of a kind, trimmed and frozen; a reflector fills it, listers read it. */
export class Store<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  readonly #byValue = new Map<string, Set<string>>();
  readonly #handlers: ChangeHandler<T>[] = [];

  constructor(indexes: Indexes<T> = {}) {
    this.#indexes = indexes;
  }

  onChange(handler: ChangeHandler<T>): void {
    this.#handlers.push(handler);
  }

  get(key: Key): T | undefined {
    return this.#objects.get(keyText(key));
  }

  list(namespace?: string): readonly T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    const keys = this.#byValue.get(`${index}\0${value}`) ?? [];
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /**
   * Takes an object over. An older version than the one that is held is ignored (a stale API server must not turn time
   * back); another uid means that the object was deleted and made anew, and handlers are told both.
   */
  put(object: T): void {
    const key = keyText(keyOf(object));
    const before = this.#objects.get(key);
    if (before !== undefined && isOlderOrSame(object, before)) return;
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) {
      this.#remove(key, before);
      this.#tell(before, undefined);
    }
    const after = frozen(trimmed(object));
    const replaced = this.#objects.get(key);
    if (replaced !== undefined) this.#unindex(key, replaced);
    this.#objects.set(key, after);
    this.#index(key, after);
    this.#tell(replaced, after);
  }

  delete(key: Key): void {
    const text = keyText(key);
    const before = this.#objects.get(text);
    if (before === undefined) return;
    this.#remove(text, before);
    this.#tell(before, undefined);
  }

  /** Makes the store hold exactly these objects of the namespace (or of all). */
  replace(objects: readonly T[], namespace?: string): void {
    const present = new Set(objects.map((object) => keyText(keyOf(object))));
    for (const object of this.list(namespace)) {
      if (!present.has(keyText(keyOf(object)))) this.delete(keyOf(object));
    }
    for (const object of objects) this.put(object);
  }

  #tell(before: T | undefined, after: T | undefined): void {
    for (const handler of this.#handlers) handler(before, after);
  }

  #remove(key: string, object: T): void {
    this.#unindex(key, object);
    this.#objects.delete(key);
  }

  #index(key: string, object: T): void {
    for (const slot of this.#slots(object)) {
      const keys = this.#byValue.get(slot) ?? new Set();
      this.#byValue.set(slot, keys.add(key));
    }
  }

  #unindex(key: string, object: T): void {
    for (const slot of this.#slots(object)) {
      const keys = this.#byValue.get(slot);
      keys?.delete(key);
      if (keys?.size === 0) this.#byValue.delete(slot);
    }
  }

  #slots(object: T): string[] {
    return Object.entries(this.#indexes).flatMap(([name, values]) =>
      values(object).map((value) => `${name}\0${value}`),
    );
  }
}

/**
 * Kubernetes allows resource versions of one kind to be compared as integers since KEP-5504; where one is not a
 * number, the newcomer wins.
 */
function isOlderOrSame(object: KubeObject, held: KubeObject): boolean {
  const one = object.metadata.resourceVersion ?? '';
  const other = held.metadata.resourceVersion ?? '';
  if (!/^\d+$/.test(one) || !/^\d+$/.test(other)) return one === other;
  return BigInt(one) <= BigInt(other);
}

/** Without the two parts that no reconciler reads and that are often larger than all the rest. */
function trimmed<T extends KubeObject>(object: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  delete metadata['managedFields'];
  const annotations = object.metadata.annotations;
  if (annotations?.[lastApplied] !== undefined) {
    const { [lastApplied]: _dropped, ...kept } = annotations;
    metadata['annotations'] = kept;
  }
  return { ...object, metadata };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/**
 * Keys that wait, with since when. Namespaces take turns, and within one the oldest comes first: a namespace whose
 * thousand objects come back all the time delays another's only one by a single turn.
 */
export class FairLine {
  /** By namespace, in the order of their turns; each in the order the keys were added. */
  readonly #namespaces = new Map<string, Map<string, number>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return this.#of(key)?.has(key) ?? false;
  }

  sinceMs(key: string): number | undefined {
    return this.#of(key)?.get(key);
  }

  add(key: string, sinceMs: number): void {
    const namespace = namespaceOf(key);
    const keys = this.#namespaces.get(namespace) ?? new Map<string, number>();
    if (!keys.has(key)) this.#size += 1;
    this.#namespaces.set(namespace, keys.set(key, sinceMs));
  }

  /** Takes the key out; its namespace has had its turn. */
  take(key: string): void {
    const namespace = namespaceOf(key);
    const keys = this.#namespaces.get(namespace);
    if (keys?.delete(key) !== true) return;
    this.#size -= 1;
    this.#namespaces.delete(namespace);
    if (keys.size > 0) this.#namespaces.set(namespace, keys);
  }

  /** The key whose turn it is. */
  first(): string | undefined {
    const [keys] = this.#namespaces.values();
    const [key] = keys?.keys() ?? [];
    return key;
  }

  /** The key that has waited longest, and since when. */
  oldest(): [string, number] | undefined {
    let oldest: [string, number] | undefined;
    for (const keys of this.#namespaces.values()) {
      const [first] = keys;
      if (first !== undefined && first[1] < (oldest?.[1] ?? Number.POSITIVE_INFINITY)) oldest = first;
    }
    return oldest;
  }

  #of(key: string): Map<string, number> | undefined {
    return this.#namespaces.get(namespaceOf(key));
  }
}

function namespaceOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}

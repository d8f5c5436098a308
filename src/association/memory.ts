/**
 * What a process remembers of an association between passes. Losing it is harmless: a release then waits for two more
 * listings, and a server that is moved away may be taken back twice more within the hour.
 */
export interface Memory {
  /** By server id in lower case: the listing in which it was first seen outside the selection. */
  unselectedSince: Map<string, number>;
  /** When servers were taken back from another scope, in milliseconds. */
  takenBack: Map<string, number[]>;
  /** When the status was last written, in milliseconds. */
  statusWrittenMs: number;
  /** Servers refused by Azure and when to try them again. */
  retryAtMs: Map<string, number>;
}

export class Memories {
  readonly #all = new Map<string, Memory>();

  of(uid: string): Memory {
    const known = this.#all.get(uid);
    if (known !== undefined) return known;
    const fresh: Memory = {
      unselectedSince: new Map(),
      takenBack: new Map(),
      statusWrittenMs: Number.NEGATIVE_INFINITY,
      retryAtMs: new Map(),
    };
    this.#all.set(uid, fresh);
    return fresh;
  }

  forget(uid: string): void {
    this.#all.delete(uid);
  }
}

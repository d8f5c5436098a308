import { subscriptionOf } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';

/**
 * What each association's own identity has listed, shared by all of them: an association that never saw a server is no
 * rival for it (rule 1). Kept in memory; after a restart nothing is known until each has looked.
 */
export class Sightings {
  readonly #seen = new Map<
    string,
    { machines: ReadonlyMap<string, ReadonlyMap<string, Machine>>; location: string | undefined }
  >();

  /**
   * `machines` by subscription in lower case, as listed last. From a listing that is not believed nothing is concluded
   * (rule 15): what was seen before of such a subscription stays.
   */
  note(
    uid: string,
    machines: ReadonlyMap<string, ReadonlyMap<string, Machine>>,
    location: string | undefined,
    unbelieved: readonly string[] = [],
  ): void {
    const before = this.#seen.get(uid)?.machines;
    const kept = unbelieved.flatMap((subscriptionId) => {
      const known = before?.get(subscriptionId);
      return known === undefined ? [] : [[subscriptionId, known] as const];
    });
    this.#seen.set(uid, {
      machines: kept.length === 0 ? machines : new Map([...machines, ...kept]),
      location,
    });
  }

  /** Undefined when that association has had no listing of the subscription since this process began. */
  sees(uid: string, key: string): boolean | undefined {
    return this.#seen.get(uid)?.machines.get(subscriptionOf(key))?.has(key);
  }

  /** Region of the scope that it takes servers into, as it found it. */
  location(uid: string): string | undefined {
    return this.#seen.get(uid)?.location;
  }

  /** Forgets associations that are no more. */
  keepOnly(uids: ReadonlySet<string>): void {
    for (const uid of this.#seen.keys()) if (!uids.has(uid)) this.#seen.delete(uid);
  }
}

import type { Reason } from '../api/reasons.ts';
import { idKey } from '../azure/ids.ts';
import type { Shared } from '../azure/types.ts';
import { asOperatorError, type Fault } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { growingMs } from '../base/pauses.ts';

/** What is known of one thing in Azure, and how well. */
export type Known<T> =
  | ({ is: 'there'; value: T } & Beside)
  | ({ is: 'absent' } & Beside)
  /** Never read: `fault` says why (forbidden, throttled, broken). */
  | { is: 'unknown'; fault: Fault };

interface Beside {
  ageMs: number;
  busy: boolean;
  /** Why it could not be read the last time, and for how long that has been so. */
  trouble?: Fault;
  troubledMs?: number;
}

/** The value where it is known to be there. */
export function valueOf<T>(known: Known<T> | undefined): T | undefined {
  return known?.is === 'there' ? known.value : undefined;
}

interface Entry {
  /** Undefined while nothing was ever read; `value` undefined is a known absence. */
  known: { value: unknown; atMs: number } | undefined;
  trouble: Fault | undefined;
  /** Since when, in one go. */
  troubledSinceMs?: number;
  /** Not asked again before; only while there is trouble or an operation runs. */
  notBeforeMs: number;
  busy: boolean;
  failures: number;
}

/** `before` is what was known of it, `times` how often in a row it was asked already. */
export type Running<T> = (before: T | undefined, times: number) => Promise<number | undefined>;

interface Reading<T> {
  read: (maxAgeMs: number) => Promise<Shared<T | undefined>>;
  running?: Running<T>;
}

/**
 * The aged picture of one object: what was read of Azure, when, and what went wrong. A pass that looks at everything
 * reads every key anew; one that waits reads only what is watched and due, what was never read, and what was expired.
 * A read that fails leaves what was known, and costs itself alone: it is asked again after Azure's own pause.
 */
export class Picture {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #entries = new Map<string, Entry>();
  /** Key → when it is to be read again. */
  readonly #watched = new Map<string, number>();
  /**
   * Changed since by a call of ours, or as good as; what was known before tells nothing of it. With the time from which on
   * a look has to have begun, by the monotonic clock.
   */
  readonly #outdated = new Map<string, number>();
  #readThisPass = new Set<string>();
  #asked = new Set<string>();
  #full = true;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** `anew`: a person changed something or asked; what failed is asked again at once, but for Azure's own pauses. */
  begin(full: boolean, anew: boolean): void {
    if (anew) this.#allowAll();
    this.#full = full;
    this.#readThisPass = new Set();
    this.#asked = new Set();
  }

  /** Ends the pass: what nobody asked for any more is forgotten. */
  end(): void {
    for (const key of this.#entries.keys()) if (!this.#asked.has(key)) this.#entries.delete(key);
    for (const key of this.#watched.keys()) if (!this.#asked.has(key)) this.#watched.delete(key);
    for (const key of this.#outdated.keys()) if (!this.#asked.has(key)) this.#outdated.delete(key);
  }

  /**
   * What is known under `key` (an ARM id, or an id with a suffix for a listing below it). `read` gives undefined for a
   * real absence and throws otherwise; its errors become part of the answer. `begunMs` tells, by the monotonic clock,
   * from when the value is where it may be older than this look (a listing that others share).
   */
  async look<T>(
    key: string,
    read: () => Promise<T | undefined>,
    begunMs?: (value: T) => number,
  ): Promise<Known<T>> {
    const nowMs = this.#clock.monotonic();
    const taken = async (): Promise<Shared<T | undefined>> => {
      const value = await read();
      return { value, begunMs: value === undefined ? nowMs : (begunMs?.(value) ?? nowMs) };
    };
    return await this.#look(idKey(key), { read: taken });
  }

  /** The same for what all objects share: `read` gives a look that is no older than so many milliseconds. */
  async shared<T>(
    key: string,
    read: (maxAgeMs: number) => Promise<Shared<T | undefined>>,
  ): Promise<Known<T>> {
    return await this.#look(idKey(key), { read });
  }

  /**
   * The same for a resource that this process may have begun to change: it is `busy`, and what was known stays, while
   * `running` gives the milliseconds after which to ask again.
   */
  async resource<T>(id: string, read: () => Promise<T | undefined>, running: Running<T>): Promise<Known<T>> {
    const begunMs = this.#clock.monotonic();
    const taken = async (): Promise<Shared<T | undefined>> => ({ value: await read(), begunMs });
    return await this.#look(idKey(id), { read: taken, running });
  }

  /**
   * It is read again by the next `look`, whatever its age: after a change, or before a decision that rests on it. A look
   * that others took no longer than `maxAgeMs` ago does as well.
   */
  expire(key: string, maxAgeMs = 0): void {
    const entry = this.#entries.get(idKey(key));
    if (entry !== undefined) this.#entries.set(idKey(key), { ...entry, notBeforeMs: 0 });
    this.#watched.set(idKey(key), 0);
    const leastMs = this.#clock.monotonic() - maxAgeMs;
    this.#outdated.set(idKey(key), Math.max(this.#outdated.get(idKey(key)) ?? leastMs, leastMs));
    this.#readThisPass.delete(idKey(key));
  }

  /** Whether it was to be read again (`expire`), and could not be since: no call may rest on what was known. */
  isOutdated(key: string): boolean {
    return this.#outdated.has(idKey(key)) && this.isKnown(key);
  }

  /** Whether it could not be read the last time, and is not to be asked for yet. */
  isHindered(key: string): boolean {
    const entry = this.#entries.get(idKey(key));
    return entry?.trouble !== undefined && this.#clock.monotonic() < entry.notBeforeMs;
  }

  /** It is read again after so long, when the object is looked at then. */
  watch(key: string, afterMs: number): void {
    const dueMs = this.#clock.monotonic() + afterMs;
    this.#watched.set(idKey(key), Math.min(this.#watched.get(idKey(key)) ?? Number.POSITIVE_INFINITY, dueMs));
  }

  isKnown(key: string): boolean {
    return this.#entries.has(idKey(key));
  }

  /** Milliseconds since it was read with success; infinite when it never was. */
  ageMs(key: string): number {
    const known = this.#entries.get(idKey(key))?.known;
    return known === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonic() - known.atMs;
  }

  /** Why the identity cannot look at anything, where Entra ID refuses it; undefined while it does not. */
  blindness(): Fault | undefined {
    return [...this.#asked]
      .map((key) => this.#entries.get(key)?.trouble)
      .find((trouble) => trouble !== undefined && ofIdentity.has(trouble.reason));
  }

  /** Milliseconds until something that could not be read, or that Azure is at, is worth asking for again. */
  nextMs(): number | undefined {
    const now = this.#clock.monotonic();
    const due = [...this.#entries.values()]
      .filter(({ trouble, busy }) => trouble !== undefined || busy)
      .map(({ notBeforeMs }) => Math.max(0, notBeforeMs - now));
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #allowAll(): void {
    for (const [key, entry] of this.#entries) {
      const held = entry.busy || entry.trouble?.retryAfterMs !== undefined;
      if (!held) this.#entries.set(key, { ...entry, notBeforeMs: 0 });
    }
  }

  async #look<T>(key: string, reading: Reading<T>): Promise<Known<T>> {
    this.#asked.add(key);
    const entry = this.#entries.get(key);
    if (entry !== undefined && !this.#due(key, entry)) return this.#told(entry);
    const next = await this.#read(entry, reading, this.#maxAgeMs(key));
    this.#entries.set(key, next);
    this.#readThisPass.add(key);
    this.#watched.delete(key);
    if (next.trouble === undefined && !next.busy) this.#outdated.delete(key);
    return this.#told(next);
  }

  #due(key: string, entry: Entry): boolean {
    if (this.#readThisPass.has(key)) return false;
    const now = this.#clock.monotonic();
    if (entry.trouble !== undefined || entry.busy) return now >= entry.notBeforeMs;
    return (
      this.#full || entry.known === undefined || now >= (this.#watched.get(key) ?? Number.POSITIVE_INFINITY)
    );
  }

  #maxAgeMs(key: string): number {
    const leastMs = this.#outdated.get(key);
    return leastMs === undefined ? sharedMs : Math.min(sharedMs, this.#clock.monotonic() - leastMs);
  }

  async #read<T>(entry: Entry | undefined, reading: Reading<T>, maxAgeMs: number): Promise<Entry> {
    const nowMs = this.#clock.monotonic();
    const times = entry?.busy ? entry.failures : 0;
    try {
      const busyMs = await reading.running?.(entry?.known?.value as T | undefined, times);
      if (busyMs !== undefined) return { ...unread(entry, nowMs + busyMs), busy: true, failures: times + 1 };
      const { value, begunMs } = await reading.read(maxAgeMs);
      return {
        known: { value, atMs: begunMs },
        trouble: undefined,
        notBeforeMs: 0,
        busy: false,
        failures: 0,
      };
    } catch (error) {
      return withTrouble(entry, asOperatorError(error), nowMs);
    }
  }

  #told<T>({ known, trouble, troubledSinceMs = 0, busy }: Entry): Known<T> {
    const nowMs = this.#clock.monotonic();
    const troubled = trouble && { trouble, troubledMs: nowMs - troubledSinceMs };
    const beside = { busy, ...troubled };
    if (known === undefined) {
      if (busy) return { is: 'absent', ageMs: 0, ...beside };
      return { is: 'unknown', fault: trouble as Fault };
    }
    const ageMs = nowMs - known.atMs;
    if (known.value === undefined) return { is: 'absent', ageMs, ...beside };
    return { is: 'there', value: known.value as T, ageMs, ...beside };
  }
}

/** What was known stays. */
function unread(entry: Entry | undefined, notBeforeMs: number): Entry {
  const busy = entry?.busy ?? false;
  return { known: entry?.known, trouble: undefined, notBeforeMs, busy, failures: entry?.failures ?? 0 };
}

function withTrouble(entry: Entry | undefined, trouble: Fault, nowMs: number): Entry {
  const failures = (entry?.failures ?? 0) + 1;
  const pauseMs = trouble.retryAfterMs ?? growingMs(firstPauseMs, longestPauseMs, failures);
  const troubledSinceMs = entry?.troubledSinceMs ?? nowMs;
  return { ...unread(entry, nowMs + pauseMs), trouble, troubledSinceMs, failures };
}

/** Refusals of the identity itself: they are nothing of the one thing that was asked for. */
const ofIdentity: ReadonlySet<string> = new Set([
  'AuthenticationFailed',
  'InvalidCredentials',
] satisfies Reason[]);

/** So old may a look be that others took: what stands in Azure for a day is not asked for by each of them. */
const sharedMs = 10_000;

/** Pauses after a read that failed without saying when to come back: 5 s, doubling, at most two minutes. */
const firstPauseMs = 5_000;
const longestPauseMs = 120_000;

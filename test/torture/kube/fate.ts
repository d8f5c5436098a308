import type { Clock } from '../../../src/base/clock.ts';
import {
  isCallKind,
  isEventKind,
  isWatchKind,
  lastsMs,
  type CallKind,
  type EventKind,
  type KubeFault,
  type WatchKind,
} from './faults.ts';

/** What an API server that lags shows, and until when, by the world's clock. */
export interface OldView {
  version: number;
  untilMs: number;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete';

/**
 * When which fault strikes: counts the calls of all operators of an attempt, and the events that their watches tell, and
 * gives out each fault at its number.
 */
export class Fate {
  /** By the world's clock. */
  readonly callsMs: number[] = [];
  events = 0;
  #delays = 0;
  oldView: OldView | undefined;
  slowAzure: { how: 'drags' | 'dawdles'; untilMs: number } | undefined;
  /** While something is wrong, its latest time. */
  lastMs = -Infinity;
  #cut = new AbortController();
  #awayUntilMs = -Infinity;
  readonly #clock: Clock;
  readonly #pending: Set<KubeFault>;
  readonly #lasting = new Map<string, number>();
  readonly #strike: (kind: EventKind) => void;

  constructor(clock: Clock, faults: readonly KubeFault[], strike: (kind: EventKind) => void) {
    this.#clock = clock;
    this.#pending = new Set(faults);
    this.#strike = strike;
  }

  /** Faults that nothing has met yet. */
  get left(): number {
    return this.#pending.size;
  }

  /** Aborts when the API server goes away. */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  call(verb: Verb): CallKind | undefined {
    const number = this.callsMs.push(this.#clock.now()) - 1;
    for (const { kind } of this.#due(number, ({ kind }) => isEventKind(kind)))
      if (isEventKind(kind)) this.#strike(kind);
    if (this.#clock.now() < this.#awayUntilMs) return 'reset';
    const fits = (kind: string): boolean => isCallKind(kind) && suits(kind, verb);
    const [due] = this.#due(number, ({ kind }) => fits(kind));
    const kind = due?.kind ?? this.#still(fits);
    return kind !== undefined && isCallKind(kind) ? kind : undefined;
  }

  /** How long this answer is late, the next one otherwise: 0.3 to 9.3 seconds. */
  delayMs(): number {
    return 300 + ((this.#delays++ * 7) % 10) * 1000;
  }

  event(): WatchKind | undefined {
    const number = this.events++;
    const [due] = this.#due(number, ({ kind }) => isWatchKind(kind));
    const kind = due?.kind ?? this.#still(isWatchKind);
    return kind !== undefined && isWatchKind(kind) ? kind : undefined;
  }

  /** Whether every watch ends as soon as it is open. */
  get ends(): boolean {
    return this.#still((kind) => kind === 'ends') !== undefined;
  }

  /** Azure is slow for ten minutes from now. */
  drag(how: 'drags' | 'dawdles'): void {
    this.slowAzure = { how, untilMs: this.#until(lastsMs) };
  }

  away(): void {
    this.#awayUntilMs = this.#until(lastsMs);
    this.#cut.abort();
    this.#cut = new AbortController();
  }

  show(version: number, forMs: number): void {
    this.oldView = { version, untilMs: this.#until(forMs) };
  }

  /** Notes that something is wrong for so long from now; gives its end. */
  #until(forMs: number): number {
    const untilMs = this.#clock.now() + forMs;
    this.lastMs = Math.max(this.lastMs, untilMs);
    return untilMs;
  }

  #due(number: number, wanted: (fault: KubeFault) => boolean): KubeFault[] {
    const due = [...this.#pending].filter((fault) => fault.at <= number && wanted(fault));
    for (const fault of due) {
      this.#pending.delete(fault);
      const untilMs = this.#until(fault.lasts ? lastsMs : 0);
      if (fault.lasts) this.#lasting.set(fault.kind, untilMs);
    }
    return due;
  }

  #still(wanted: (kind: string) => boolean): string | undefined {
    const now = this.#clock.now();
    return [...this.#lasting].find(([kind, untilMs]) => wanted(kind) && now < untilMs)?.[0];
  }
}

/** A conflict is an answer to a write, and an old version one to what is read in order. */
function suits(kind: CallKind, verb: Verb): boolean {
  const reads = verb === 'get' || verb === 'list' || verb === 'watch';
  if (kind === '409' || kind === 'lost' || kind === 'late') return !reads;
  return kind !== '410' || verb === 'list' || verb === 'watch';
}

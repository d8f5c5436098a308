import type { Reason } from '../api/reasons.ts';
import { idKey, nameOf } from '../azure/ids.ts';
import { OperatorError, type Fault } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Action } from './concern.ts';
import { growingMs } from '../base/pauses.ts';

/** A call that Azure refused, an operation that failed after it had been accepted, or a change that did not last. */
export interface Refusal {
  fault: Fault;
  /** How often in a row. */
  times: number;
  /** By `Clock.monotonic`: it is not tried again before. */
  notBeforeMs: number;
}

/** What is known of the tries of one call. */
interface Trial extends Omit<Refusal, 'fault'> {
  /** Why it was refused last; kept while it is tried again, so that trouble that comes back is one trouble. */
  fault: Fault | undefined;
  /** What was done last, as text: the same call planned again means that it had no lasting effect. */
  done?: string;
  /** Azure may still be at it. */
  running: boolean;
  sinceMs: number;
}

/**
 * What was tried in vain, by verb and resource: the one back-off of calls that change Azure. Each call is held up by
 * its own refusals alone; a change that Azure took and that is due again at the next look (a policy undoes it, the
 * reads lag behind) counts as one. Kept in memory: after a restart everything is tried once more.
 */
export class Attempts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #trials = new Map<string, Trial>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  refused(verb: Action['verb'], id: string, fault: Fault): void {
    const key = keyOf(verb, id);
    const times = (this.#trials.get(key)?.times ?? 0) + 1;
    const sinceMs = this.#clock.monotonic();
    const notBeforeMs = sinceMs + pauseMs(fault, times);
    this.#trials.set(key, { fault, times, notBeforeMs, running: false, sinceMs });
  }

  /** Azure took it. `running`: it goes on in the background, and may fail yet. */
  accepted(action: Action, running: boolean): void {
    const key = keyOf(action.verb, action.id);
    const { times = 0, fault } = this.#trials.get(key) ?? {};
    const done = textOf(action);
    this.#trials.set(key, { fault, times, notBeforeMs: 0, done, running, sinceMs: this.#clock.monotonic() });
  }

  /** What had been accepted is over. */
  settled(verb: Action['verb'], id: string): void {
    const trial = this.#trials.get(keyOf(verb, id));
    if (trial !== undefined) trial.running = false;
  }

  /** It is looked at anew, as if it had never been tried. */
  forget(verb: Action['verb'], id: string): void {
    this.#trials.delete(keyOf(verb, id));
  }

  of(action: Pick<Action, 'verb' | 'id'>): Refusal | undefined {
    const trial = this.#trials.get(keyOf(action.verb, action.id));
    if (trial?.fault === undefined) return undefined;
    return { fault: trial.fault, times: trial.times, notBeforeMs: trial.notBeforeMs };
  }

  /** Whether it is to be left alone for now. */
  isHeld(action: Action): boolean {
    const refusal = this.of(action);
    return refusal !== undefined && refusal.notBeforeMs > this.#clock.monotonic();
  }

  /** Milliseconds until it may be tried again; 0 when it may be now. */
  waitMs(action: Action): number {
    return Math.max(0, (this.of(action)?.notBeforeMs ?? 0) - this.#clock.monotonic());
  }

  /** A person changed the spec or asked for it: everything may be tried at once. Counts stay. */
  allowAll(): void {
    for (const trial of this.#trials.values()) trial.notBeforeMs = 0;
  }

  /**
   * Forgets what is no longer planned, so that nothing is kept for ever; what was done and is planned again unchanged
   * was done in vain, but for the `unseen`: nobody has looked at what became of those.
   */
  keepOnly(actions: readonly Action[], unseen: readonly Action[] = []): void {
    const planned = new Map(actions.map((action) => [keyOf(action.verb, action.id), action]));
    const unjudged = new Set(unseen.map(({ verb, id }) => keyOf(verb, id)));
    const now = this.#clock.monotonic();
    for (const [key, trial] of this.#trials) {
      if (unjudged.has(key)) continue;
      const action = planned.get(key);
      if (action === undefined) {
        if (!trial.running || now - trial.sinceMs > longestRunMs) this.#trials.delete(key);
      } else if (trial.done === textOf(action)) {
        const times = trial.times + 1;
        const notBeforeMs = now + growingMs(15_000, 3_600_000, times);
        this.#trials.set(key, { fault: inVain(action), times, notBeforeMs, running: false, sinceMs: now });
      } else if (trial.done !== undefined) this.#trials.delete(key);
    }
  }
}

/** Nobody asks any more how it ended: its resource is not looked at. */
const longestRunMs = 3_600_000;

function inVain({ verb, id }: Action): Fault {
  const message = `Azure took ${verb} ${nameOf(id)}, and shows nothing of it: a policy or someone else may undo it. It is tried again with growing pauses.`;
  return new OperatorError('waiting', 'OverriddenByPolicy' satisfies Reason, message, { stalls: true });
}

/** `seen` is how Azure had it before and does not tell two calls apart. */
function textOf(action: Action): string {
  return JSON.stringify(action, (name, value: unknown) => (name === 'seen' ? undefined : value));
}

function keyOf(verb: string, id: string): string {
  return `${verb} ${idKey(id)}`;
}

/**
 * Milliseconds until the next try: what Azure asked for, to the second; else by kind, doubling each time. What a person
 * has to mend is tried every ten minutes at first and every hour in the end; what passes by itself within minutes.
 */
export function pauseMs(fault: Fault, times: number): number {
  if (fault.retryAfterMs !== undefined) return Math.max(fault.retryAfterMs, leastMs);
  const [firstMs, longestMs] = pauses[fault.kind === 'waiting' && fault.stalls ? 'overdue' : fault.kind];
  return growingMs(firstMs, longestMs, times);
}

/** A Retry-After of 0 is no invitation to a hot loop. */
const leastMs = 1_000;

const pauses = {
  waiting: [5_000, 60_000],
  overdue: [15_000, 600_000],
  transient: [5_000, 300_000],
  stalled: [600_000, 3_600_000],
} as const;

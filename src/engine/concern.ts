import type { ConditionType } from '../api/conditions.ts';
import type { EventReason, Reason } from '../api/reasons.ts';
import type { Fault } from '../base/errors.ts';

/**
 * What a concern says about the picture. Pure data: concerns decide, the engine acts and tells.
 *
 * - `ready`: as it shall be.
 * - `working`: on its way, by Azure or by what is planned; `watch` are the keys of the picture that tell how far.
 * - `failed`: something stands in the way.
 * - `unread`: what it needs could not be read. The last verdict stands, with this note; it turns nothing red.
 */
export type Verdict =
  | {
      is: 'ready';
      reason?: Reason;
      message: string;
      /**
       * The condition's status where being satisfied is not what it says: names that were taken down. `absent`: the
       * spec asks for nothing of it, and the object carries no such condition.
       */
      as?: 'False' | 'absent';
      /** Why something that it rests on could not be read anew: told beside it. */
      notAnew?: Fault;
      lookAgainMs?: number;
      watch?: readonly string[];
    }
  | { is: 'working'; reason: Reason; message: string; lookAgainMs?: number; watch?: readonly string[] }
  | { is: 'failed'; fault: Fault; watch?: readonly string[] }
  | { is: 'unread'; fault: Fault; watch?: readonly string[] };

/** One call of Azure, with everything that making it needs; how Azure had it before, where that is needed, is `seen`. */
export interface Action {
  verb: 'PUT' | 'PATCH' | 'DELETE';
  /** The ARM id that the request is sent to. */
  id: string;
}

/** No call rests on a look that is older (rule 13). Milliseconds. */
export const longestAgeMs = 60_000;

export interface Planned<A extends Action> {
  action: A;
  /** Why, as a sentence without a full stop: `creating private endpoint hub`. */
  because: string;
  /** What has to come first; the action stays in the plan and is done in a later pass. */
  waitsFor?: string;
  /** Told as an event when it has been done; absent for what is told otherwise. */
  event?: EventReason;
  /** Keys of the picture that the decision rests on, beside the action's own id: none may be older than a minute. */
  restsOn?: readonly string[];
  /** Keys of the picture that are old once it has been done; the action's own id where absent. */
  changes?: readonly string[];
}

/** `because` as the beginning of a sentence. */
export function capital(because: string): string {
  return because.charAt(0).toUpperCase() + because.slice(1);
}

export interface Decision<A extends Action> {
  verdict: Verdict;
  planned: readonly Planned<A>[];
}

/** One thing that has to be right, with a condition of its own. */
export interface Concern<Seen, A extends Action> {
  /** For logs and tests; the condition's name where it has one. */
  name: string;
  /** Absent: it counts for Ready alone. Several concerns may share one; the worst verdict is told. */
  condition?: ConditionType;
  /** Whether Ready waits for it. */
  gatesReady: boolean | ((seen: Seen) => boolean);
  /** It tells itself of calls that Azure refused (`Looking.refusals`); else the engine does in its place. */
  tellsRefusals?: true;
  decide(seen: Seen): Decision<A>;
}

export const nothingPlanned = [] as const;

export function ready<A extends Action>(message: string, reason?: Reason): Decision<A> {
  return {
    verdict: reason === undefined ? { is: 'ready', message } : { is: 'ready', reason, message },
    planned: nothingPlanned,
  };
}

/** Nothing of it is asked for: it counts for nothing, and there is no condition. `planned` undoes what was. */
export function absent<A extends Action>(planned: readonly Planned<A>[] = []): Decision<A> {
  return { verdict: { is: 'ready', as: 'absent', message: 'Nothing of it is asked for.' }, planned };
}

export function failed<A extends Action>(fault: Fault, planned: readonly Planned<A>[] = []): Decision<A> {
  return { verdict: { is: 'failed', fault }, planned };
}

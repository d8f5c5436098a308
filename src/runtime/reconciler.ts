import type { Logger } from '../base/log.ts';
import type { Key } from './object.ts';

/** What a reconcile asks of the queue. Nothing: come back at the next event or resync. */
export interface Result {
  /** Come back after so many milliseconds, at the latest. */
  requeueAfterMs?: number;
  /** It ended in trouble, which the object's status tells: counted among the errors, and not retried for it. */
  failed?: boolean;
}

export interface ReconcileContext {
  /**
   * Aborts when the process is asked to end or the lease is lost. A reconcile begins nothing new then, and ends soon: a
   * call that only reads or waits may be cut by this signal; a write that was sent is better waited for.
   */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Brings the world to what the object with this key says. Level-triggered: it reads what it needs and never learns
 * which event woke it. An error is retried with per-key exponential back-off; the error kinds of base/errors.ts are
 * turned into conditions by the reconciler itself and do not reach the controller as a rule.
 */
export type Reconcile = (key: Key, context: ReconcileContext) => Promise<Result>;

/** A read-only, live view of the objects of a kind, kept by a reflector. Objects are frozen. */
export interface Lister<T> {
  get(key: Key): T | undefined;
  /** All of them, or those of one namespace. */
  list(namespace?: string): readonly T[];
  /** Those for which the named index function gave `value`. */
  byIndex(index: string, value: string): readonly T[];
}

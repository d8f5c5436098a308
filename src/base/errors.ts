/**
 * The three kinds of error. The kind is chosen where the error is thrown and interpreted in one place
 * (src/engine/summary.ts): a concern never decides how often it is retried.
 *
 * - `stalled`: only a person can mend it; shown as Stalled at once, retried slowly for ever.
 * - `waiting`: something that is expected to come by itself (an operation, a role assignment, a Secret from the
 *   same Git commit); shown as Reconciling, and as Stalled after `--stall-after` when `stalls` is true.
 * - `transient`: a network or service fault; retried with back-off.
 */
export type ErrorKind = 'stalled' | 'waiting' | 'transient';

export interface OperatorErrorOptions {
  cause?: unknown;
  /** When to come back, in milliseconds; absent leaves it to the queue's back-off. */
  retryAfterMs?: number;
  /** A `waiting` error that turns into Stalled after `--stall-after`; waits for Azure's own work do not. */
  stalls?: boolean;
}

/** What went wrong, as data: an `OperatorError` is one, and so is what a concern says without throwing. */
export interface Fault {
  readonly kind: ErrorKind;
  /** Stable CamelCase word; Azure's own code where there is one. */
  readonly reason: string;
  /** A sentence that says what a person can do. */
  readonly message: string;
  /** Milliseconds after which to come back; undefined leaves it to the usual pauses. */
  readonly retryAfterMs: number | undefined;
  readonly stalls: boolean;
}

/** As plain data: a thrown error spreads only what is its own. */
export function plainFault({ kind, reason, message, retryAfterMs, stalls }: Fault): Fault {
  return { kind, reason, message, retryAfterMs, stalls };
}

/** Whether a person would have to mend it, rather than that it passes by itself. */
export function needsPerson({ kind, stalls }: Fault): boolean {
  return kind === 'stalled' || (kind === 'waiting' && stalls);
}

/** What went wrong, as a stable CamelCase `reason` and a sentence (`message`) that says what a person can do. */
export class OperatorError extends Error implements Fault {
  override readonly name = 'OperatorError';
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly stalls: boolean;

  constructor(kind: ErrorKind, reason: string, message: string, options: OperatorErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
    this.stalls = options.stalls ?? false;
  }
}

export function stalled(reason: string, message: string, options?: OperatorErrorOptions): OperatorError {
  return new OperatorError('stalled', reason, message, options);
}

export function waiting(reason: string, message: string, options?: OperatorErrorOptions): OperatorError {
  return new OperatorError('waiting', reason, message, options);
}

export function transient(reason: string, message: string, options?: OperatorErrorOptions): OperatorError {
  return new OperatorError('transient', reason, message, options);
}

/** Any thrown value as an `OperatorError`: what is not one already is a transient `InternalError`. */
export function asOperatorError(error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return transient('InternalError', `unexpected error: ${text}`, { cause: error });
}

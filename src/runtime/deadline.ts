import type { Clock } from '../base/clock.ts';

/** The time that a task was given is over. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/**
 * Runs a task with a time limit in milliseconds. Rejects with `DeadlineExceeded` when the limit is over and with the
 * outer signal's reason when that aborts, at that moment, whether the task heeds the signal that it is given or not.
 */
export async function withDeadline<R>(
  clock: Clock,
  limitMs: number,
  outer: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  outer?.throwIfAborted();
  const own = new AbortController();
  const stop = (): void => own.abort(outer?.reason);
  const timer = clock.after(limitMs, () => {
    own.abort(new DeadlineExceeded(`no answer within ${limitMs / 1000} s`));
  });
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([task(own.signal), aborted(own.signal)]);
  } finally {
    timer.cancel();
    outer?.removeEventListener('abort', stop);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

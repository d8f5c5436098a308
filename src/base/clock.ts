/** The one owner of time. Everything that waits or asks what time it is takes a `Clock`. */

/** A cancellable timer, as `Clock.after` returns it. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired. */
  cancel(): void;
}

export interface Clock {
  /** Wall time in milliseconds since 1970, for what is written down or compared with a server's time. */
  now(): number;
  /** Milliseconds from an arbitrary start that never jump, for measuring how long something takes. */
  monotonic(): number;
  /** Runs `task` once after `delayMs` milliseconds (at the next turn when it is zero or less). */
  after(delayMs: number, task: () => void): Timer;
  /** Resolves after `delayMs` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything that is due, timers and answers, have its turn first. Takes no time by the clock. */
  turn(): Promise<void>;
}

/** Node refuses longer timers: it would fire them at once. */
const longestTimerMs = 2 ** 31 - 1;

/** `Clock.sleep` in terms of `Clock.after`, for every implementation of `Clock`. */
export function sleepWith(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The machine's own clock.. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.min(Math.max(delayMs, 0), longestTimerMs));
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (delayMs, signal) => sleepWith(systemClock, delayMs, signal),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes `metav1.Time`. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

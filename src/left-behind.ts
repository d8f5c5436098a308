import type { Parts } from './controllers.ts';
import { Backoff } from './runtime/backoff.ts';
import { hasStatus } from './runtime/client.ts';
import type { Controller } from './runtime/controller.ts';
import { withDeadline } from './runtime/deadline.ts';
import type { Key } from './runtime/object.ts';

/**
 * Looks for what an earlier process left behind (`what`, for the log), until that has worked once. Without the right to
 * list it the operator works all the same; only what was left may stay.
 */
export async function lookForLeft(
  { clock, random, log }: Pick<Parts, 'clock' | 'random' | 'log'>,
  what: string,
  controller: Controller,
  signal: AbortSignal,
  look: () => Promise<Key[]>,
): Promise<void> {
  const backoff = new Backoff({ firstMs: 1_000, longestMs: 60_000, random });
  while (!signal.aborted) {
    try {
      for (const key of await withDeadline(clock, 60_000, signal, look)) controller.enqueue(key, 'low');
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (hasStatus(error, 403)) {
        log.warn({ err: error }, `${what} cannot be listed; those of before a restart are not looked for`);
        return;
      }
      log.warn({ err: error }, `${what} could not be listed, will be tried again`);
      await clock.sleep(backoff.failed(error), signal).catch(() => {});
    }
  }
}

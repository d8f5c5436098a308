import type { Clock } from './clock.ts';

/** A turn of the event loop is ended after so long, wherever thousands of things are gone through. Milliseconds. */
const longestTurnMs = 20;
/** Asking the time costs more than most visits. */
const visitsBetween = 50;

/**
 * Visits every item in order, and between them lets timers and answers have their turn: the Lease has to be renewed
 * while 10,000 servers are gone through, on a throttled Pod as well.
 */
export async function inTurns<T>(
  clock: Pick<Clock, 'monotonic' | 'turn'>,
  items: Iterable<T>,
  visit: (item: T) => void | Promise<void>,
): Promise<void> {
  let beganMs = clock.monotonic();
  let visits = 0;
  for (const item of items) {
    const visiting = visit(item);
    if (visiting !== undefined) await visiting;
    visits += 1;
    if (visits % visitsBetween !== 0 || clock.monotonic() - beganMs < longestTurnMs) continue;
    await clock.turn();
    beganMs = clock.monotonic();
  }
}

import type { Clock } from '../../../src/base/clock.ts';
import { KubernetesError, type WatchEvent } from '../../../src/runtime/client.ts';
import { keyOf, keyText, type KubeObject } from '../../../src/runtime/object.ts';
import type { Fate } from './fate.ts';
import { noAnswer } from './no-answer.ts';

/** A watch that meets what fate has for it, with the order in which one object's states are told kept. */

type Open<T> = (signal: AbortSignal) => Promise<AsyncIterable<WatchEvent<T>>>;

const droppedMs = 60_000;
const delayedMs = 60_000;
const swappedMs = 5_000;
const mergedMs = 30_000;

export async function* faultyWatch<T extends KubeObject>(
  fate: Fate,
  clock: Clock,
  signal: AbortSignal = new AbortController().signal,
  open: Open<T>,
): AsyncIterable<WatchEvent<T>> {
  const { cut } = fate;
  const either = AbortSignal.any([signal, cut]);
  const source = new Source(await open(either), clock);
  if (fate.ends) return;
  try {
    for (let event = await source.next(); event !== undefined; event = await source.next()) {
      const { oldView } = fate;
      if (oldView !== undefined) await clock.sleep(oldView.untilMs - clock.now(), either);
      const told = await met(fate, clock, either, source, event);
      if (told === undefined) return;
      yield* told;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!cut.aborted) throw error;
  }
  if (cut.aborted && !signal.aborted) throw noAnswer();
}

/** What is told instead of the event; undefined when the watch ends. */
async function met<T extends KubeObject>(
  fate: Fate,
  clock: Clock,
  signal: AbortSignal,
  source: Source<T>,
  event: WatchEvent<T>,
): Promise<WatchEvent<T>[] | undefined> {
  switch (fate.event()) {
    case undefined:
      return [event];
    case 'ends':
      return undefined;
    case 'expires':
      throw expired();
    case 'drops':
      await clock.sleep(droppedMs, signal);
      throw expired();
    case 'twice':
      return [event, event];
    case 'delays':
      await clock.sleep(delayedMs, signal);
      return [event];
    case 'swaps':
      return swapped(event, await source.next(swappedMs));
    case 'merges':
      return await merged(clock, source, event);
  }
}

const expired = (): Error => new KubernetesError(410, 'Expired', 'too old resource version');

/** Of two objects, the later one first. */
function swapped<T extends KubeObject>(
  one: WatchEvent<T>,
  other: WatchEvent<T> | undefined,
): WatchEvent<T>[] {
  if (other === undefined) return [one];
  return nameOf(one) === nameOf(other) ? [one, other] : [other, one];
}

/** Of each object the last state within half a minute. */
async function merged<T extends KubeObject>(
  clock: Clock,
  source: Source<T>,
  first: WatchEvent<T>,
): Promise<WatchEvent<T>[]> {
  const last = new Map([[nameOf(first), first]]);
  const endMs = clock.monotonic() + mergedMs;
  for (let leftMs = mergedMs; leftMs > 0; leftMs = endMs - clock.monotonic()) {
    const event = await source.next(leftMs);
    if (event === undefined) break;
    last.delete(nameOf(event));
    last.set(nameOf(event), event);
  }
  return [...last.values()];
}

function nameOf<T extends KubeObject>(event: WatchEvent<T>): string {
  return event.type === 'BOOKMARK' ? '' : keyText(keyOf(event.object));
}

/** The events of a watch, one at a time, with a limit to how long is waited. */
class Source<T> {
  readonly #events: AsyncIterator<WatchEvent<T>>;
  readonly #clock: Clock;
  #pending: Promise<IteratorResult<WatchEvent<T>>> | undefined;

  constructor(events: AsyncIterable<WatchEvent<T>>, clock: Clock) {
    this.#events = events[Symbol.asyncIterator]();
    this.#clock = clock;
  }

  /** Undefined at the end, and when nothing comes within so many milliseconds; what comes later is not lost. */
  async next(withinMs?: number): Promise<WatchEvent<T> | undefined> {
    this.#pending ??= this.#events.next();
    const late = new AbortController();
    const timer = withinMs === undefined ? undefined : this.#clock.after(withinMs, () => late.abort());
    const found = await Promise.race([this.#pending, ...(timer === undefined ? [] : [aborted(late.signal)])]);
    timer?.cancel();
    if (found === undefined) return undefined;
    this.#pending = undefined;
    return found.done ? undefined : found.value;
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

import { askedWaitMs, hasStatus } from './client.ts';
import { createControllerMeters, type ControllerMeters } from './controller-meters.ts';
import { keyText, parseKey, type Key } from './object.ts';
import { createQueueMeters } from './queue-meters.ts';
import { Workqueue, type Priority } from './workqueue.ts';
import type { Reconcile } from './reconciler.ts';
import { withDeadline } from './deadline.ts';
import type { Clock } from '../base/clock.ts';
import { asOperatorError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { jitter, type Random } from '../base/random.ts';

export interface ControllerOptions {
  name: string;
  reconcile: Reconcile;
  /** How many keys are worked on at the same time. */
  workers: number;
  /** The keys to come back to at every resync. */
  all(): readonly Key[];
  /** Milliseconds between resyncs, spread by a tenth. */
  resyncIntervalMs: number;
  /** How long reconciles may go on after the signal has aborted; 20 s, so that a Pod's 30 s suffice for the rest. */
  graceMs?: number;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
}

export interface Controller {
  enqueue(key: Key, priority?: Priority): void;
  /** As `enqueue`, but after the pause of a key whose last reconcile failed: for what operators wrote, not people. */
  nudge(key: Key, priority?: Priority): void;
  /**
   * Works until the signal aborts, then lets the reconciles under way end, whose own signal this is. False when some
   * were still at work after the grace period: calls of theirs may be under way.
   */
  run(signal: AbortSignal): Promise<boolean>;
}

const defaultGraceMs = 20_000;

/** Workers that take keys from a queue and reconcile them; metrics are named as controller-runtime names them. */
export function createController(options: ControllerOptions): Controller {
  const { clock, metrics, name, workers } = options;
  const queue = new Workqueue({ ...options, meters: createQueueMeters(metrics, name) });
  const meters = createControllerMeters(metrics, name, workers);

  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const text = await queue.take();
      if (text === undefined) return;
      await once(options, queue, meters, text, signal);
      queue.done(text);
    }
  };

  const resync = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(jitter(options.resyncIntervalMs, 0.1, options.random), signal).catch(() => {});
      if (signal.aborted) return;
      for (const key of options.all()) queue.add(keyText(key), 'low');
    }
  };

  return {
    enqueue: (key, priority) => queue.add(keyText(key), priority),
    nudge: (key, priority) => queue.nudge(keyText(key), priority),
    async run(signal) {
      // At that very moment: nothing that is added after it is begun.
      signal.addEventListener('abort', () => queue.shutDown(), { once: true });
      if (signal.aborted) queue.shutDown();
      const running = Promise.all(Array.from({ length: workers }, () => work(signal)));
      await resync(signal);
      return await drained(options, queue, running);
    },
  };
}

/** Whether the workers ended within the grace period. */
async function drained(
  options: ControllerOptions,
  queue: Workqueue,
  running: Promise<unknown>,
): Promise<boolean> {
  const { clock, graceMs = defaultGraceMs, log, name } = options;
  return await withDeadline(clock, graceMs, undefined, () => running).then(
    () => true,
    () => {
      log.warn({ controller: name, objects: queue.processing }, 'still at work after the grace period');
      return false;
    },
  );
}

async function once(
  options: ControllerOptions,
  queue: Workqueue,
  meters: ControllerMeters,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const begun = options.clock.monotonic();
  const log = options.log.child({ controller: options.name, object: text });
  meters.active(1);
  try {
    const { requeueAfterMs, failed = false } = await options.reconcile(parseKey(text), { signal, log });
    queue.forget(text);
    if (requeueAfterMs !== undefined) queue.addAfter(text, requeueAfterMs);
    if (failed) meters.result('error');
    else meters.result(requeueAfterMs === undefined ? 'success' : 'requeue_after');
  } catch (error) {
    queue.addRateLimited(text, askedWaitMs(error));
    meters.result('error');
    if (!signal.aborted) tell(log, error);
  } finally {
    meters.active(-1);
    meters.seconds((options.clock.monotonic() - begun) / 1000);
  }
}

/** A conflict is no trouble: someone wrote between our read and our write, and the next pass sees it. */
function tell(log: Logger, error: unknown): void {
  const { reason, message } = asOperatorError(error);
  if (hasStatus(error, 409)) log.debug({ error: message }, 'changed meanwhile, will be read again');
  else log.warn({ reason, error: message }, 'reconcile failed, will be tried again');
}

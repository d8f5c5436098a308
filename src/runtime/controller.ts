import { hasStatus } from './client.ts';
import { keyText, parseKey, type Key } from './object.ts';
import { Workqueue, type Priority } from './workqueue.ts';
import type { Reconcile } from './reconciler.ts';
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
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
}

export interface Controller {
  enqueue(key: Key, priority?: Priority): void;
  /** Works until the signal aborts, then lets the reconciles under way end. */
  run(signal: AbortSignal): Promise<void>;
}

/** Workers that take keys from a queue and reconcile them; metrics are named as controller-runtime names them. */
export function createController(options: ControllerOptions): Controller {
  const queue = new Workqueue(options);
  const meters = createMeters(options.metrics, options.name, options.workers);

  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const text = await queue.take();
      if (text === undefined) return;
      meters.depth(queue.depth);
      await once(options, queue, meters, text, signal);
      queue.done(text);
    }
  };

  const resync = (signal: AbortSignal): void => {
    if (signal.aborted) return;
    options.clock.after(jitter(options.resyncIntervalMs, 0.1, options.random), () => {
      for (const key of options.all()) queue.add(keyText(key), 'low');
      resync(signal);
    });
  };

  return {
    enqueue(key, priority) {
      queue.add(keyText(key), priority);
      meters.depth(queue.depth);
    },
    async run(signal) {
      signal.addEventListener('abort', () => queue.shutDown(), { once: true });
      if (signal.aborted) queue.shutDown();
      resync(signal);
      await Promise.all(Array.from({ length: options.workers }, () => work(signal)));
    },
  };
}

async function once(
  options: ControllerOptions,
  queue: Workqueue,
  meters: Meters,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const begun = options.clock.monotonic();
  const log = options.log.child({ controller: options.name, object: text });
  meters.active(1);
  try {
    const { requeueAfterMs } = await options.reconcile(parseKey(text), { signal, log });
    queue.forget(text);
    if (requeueAfterMs !== undefined) queue.addAfter(text, requeueAfterMs);
    meters.result(requeueAfterMs === undefined ? 'success' : 'requeue_after');
  } catch (error) {
    queue.addRateLimited(text);
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

interface Meters {
  result(result: 'success' | 'requeue_after' | 'error'): void;
  seconds(value: number): void;
  active(change: number): void;
  depth(value: number): void;
}

function createMeters(metrics: Metrics, controller: string, workers: number): Meters {
  const total = metrics.counter('controller_runtime_reconcile_total', 'Reconciles by result.', [
    'controller',
    'result',
  ]);
  const errors = metrics.counter('controller_runtime_reconcile_errors_total', 'Failed reconciles.', [
    'controller',
  ]);
  const time = metrics.histogram('controller_runtime_reconcile_time_seconds', 'Duration of reconciles.', [
    'controller',
  ]);
  const activeWorkers = metrics.gauge('controller_runtime_active_workers', 'Workers in use.', ['controller']);
  const most = metrics.gauge('controller_runtime_max_concurrent_reconciles', 'Workers.', ['controller']);
  const depth = metrics.gauge('workqueue_depth', 'Keys that wait for a worker.', ['name']);
  let active = 0;
  most.set({ controller }, workers);
  errors.inc({ controller }, 0);
  for (const result of ['success', 'requeue_after', 'error']) total.inc({ controller, result }, 0);
  return {
    result(result) {
      total.inc({ controller, result });
      if (result === 'error') errors.inc({ controller });
    },
    seconds: (value) => time.observe({ controller }, value),
    active(change) {
      active += change;
      activeWorkers.set({ controller }, active);
    },
    depth: (value) => depth.set({ name: controller }, value),
  };
}

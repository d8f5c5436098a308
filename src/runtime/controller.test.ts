import { describe, expect, it } from '@jest/globals';
import { KubernetesError } from './client.ts';
import { createController, type Controller } from './controller.ts';
import { createMetrics } from './metrics.ts';
import type { Reconcile } from './reconciler.ts';
import { silentLogger } from '../base/log.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const a = { namespace: 'n', name: 'a' };
const b = { namespace: 'n', name: 'b' };

function start(reconcile: Reconcile) {
  const clock = new VirtualClock();
  const metrics = createMetrics();
  const warnings: unknown[] = [];
  const log = { ...silentLogger, child: () => log, warn: (fields: unknown) => void warnings.push(fields) };
  const controller: Controller = createController({
    name: 'things',
    reconcile,
    workers: 2,
    all: () => [a],
    resyncIntervalMs: 600_000,
    clock,
    random: () => 0.5,
    log,
    metrics,
  });
  const stop = new AbortController();
  const ended = controller.run(stop.signal);
  let drained: boolean | undefined;
  void ended.then((value) => (drained = value));
  return { clock, metrics, warnings, controller, stop, drained: () => drained };
}

/** The value of a metric's line, its labels left out. */
async function value(metrics: { text(): Promise<string> }, name: string): Promise<number> {
  const line = (await metrics.text()).split('\n').find((one) => one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1));
}

describe('a controller that is asked to stop', () => {
  it('lets what is under way end, and begins nothing more', async () => {
    const begun: string[] = [];
    const { clock, controller, stop, drained } = start(async ({ name }) => {
      begun.push(name);
      await clock.sleep(5_000);
      return {};
    });
    controller.enqueue(a);
    await clock.advance(1_000);
    stop.abort();
    controller.enqueue(b);
    await clock.advance(3_999);
    expect(drained()).toBeUndefined();
    await clock.advance(1);
    expect(drained()).toBe(true);
    await clock.advance(3_600_000);
    expect(begun).toEqual(['a']);
  });

  it('tells what is under way by its signal, so that it can end sooner', async () => {
    const { clock, controller, stop, drained } = start(async (_, { signal }) => {
      await clock.sleep(3_600_000, signal);
      return {};
    });
    controller.enqueue(a);
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(0);
    expect(drained()).toBe(true);
  });

  it('waits no longer than its grace period, and says which objects were still at work', async () => {
    const { clock, controller, stop, drained, warnings } = start(() => new Promise(() => {}));
    controller.enqueue(a);
    controller.enqueue(b);
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(19_999);
    expect(drained()).toBeUndefined();
    await clock.advance(1);
    expect(drained()).toBe(false);
    expect(warnings).toEqual([{ controller: 'things', objects: ['n/a', 'n/b'] }]);
  });
});

describe('a controller whose reconciles fail', () => {
  it('comes back when the API server asked for, and by its own growing delays where it did not', async () => {
    const times: number[] = [];
    const errors = [
      new KubernetesError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 40_000 }),
      new KubernetesError(500, '', 'broken'),
    ];
    const { clock, controller, metrics } = start(async () => {
      times.push(clock.monotonic());
      const error = errors.shift();
      return await (error === undefined ? Promise.resolve({}) : Promise.reject(error));
    });
    controller.enqueue(a);
    await clock.advance(60_000);
    expect(times).toEqual([0, 40_000, 41_000]);
    expect(await value(metrics, 'workqueue_retries_total')).toBe(2);
  });
});

describe("a controller's metrics", () => {
  it('show for how long what is being worked on has been so, and how long the rest waits', async () => {
    const { clock, controller, metrics } = start(() => new Promise(() => {}));
    controller.enqueue(a);
    await clock.advance(20_000);
    controller.enqueue(b);
    controller.enqueue({ namespace: 'n', name: 'c' });
    await clock.advance(10_000);
    expect(await value(metrics, 'workqueue_longest_running_processor_seconds')).toBe(30);
    expect(await value(metrics, 'workqueue_unfinished_work_seconds')).toBe(40);
    expect(await value(metrics, 'workqueue_adds_total')).toBe(3);
    expect(await value(metrics, 'workqueue_depth')).toBe(1);
    expect(await value(metrics, 'workqueue_queue_duration_seconds_count')).toBe(2);
    expect(await value(metrics, 'controller_runtime_active_workers')).toBe(2);
  });
});

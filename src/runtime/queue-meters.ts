import type { Metrics } from '../base/metrics.ts';

/** What a workqueue tells of itself; the names are client-go's. Durations in milliseconds. */
export interface QueueMeters {
  added(): void;
  retried(): void;
  depth(keys: number): void;
  /** A key was handed to a worker after so long a wait. */
  taken(waitedMs: number): void;
  /** A worker was done with a key after so long. */
  worked(durationMs: number): void;
  /** Gives the function that says for how long each key has been worked on until now. */
  watch(running: () => readonly number[]): void;
}

/** From a millisecond to a quarter of an hour. */
const buckets = [0.001, 0.01, 0.1, 1, 10, 60, 300, 900];

export function createQueueMeters(metrics: Metrics, name: string): QueueMeters {
  const labels = ['name'];
  const depth = metrics.gauge('workqueue_depth', 'Keys that wait for a worker.', labels);
  const adds = metrics.counter('workqueue_adds_total', 'Keys that were added.', labels);
  const retries = metrics.counter('workqueue_retries_total', 'Keys that come again after a failure.', labels);
  const waited = metrics.histogram(
    'workqueue_queue_duration_seconds',
    'How long keys waited for a worker.',
    labels,
    buckets,
  );
  const worked = metrics.histogram(
    'workqueue_work_duration_seconds',
    'How long keys were worked on.',
    labels,
    buckets,
  );
  const unfinished = metrics.gauge(
    'workqueue_unfinished_work_seconds',
    'How long the keys that are being worked on have been so, added up.',
    labels,
  );
  const longest = metrics.gauge(
    'workqueue_longest_running_processor_seconds',
    'How long the key that is worked on longest has been so.',
    labels,
  );
  const of = { name };
  adds.inc(of, 0);
  retries.inc(of, 0);
  return {
    added: () => adds.inc(of),
    retried: () => retries.inc(of),
    depth: (keys) => depth.set(of, keys),
    taken: (waitedMs) => waited.observe(of, waitedMs / 1000),
    worked: (durationMs) => worked.observe(of, durationMs / 1000),
    watch(running) {
      metrics.beforeScrape(() => {
        const seconds = running().map((durationMs) => durationMs / 1000);
        unfinished.set(
          of,
          seconds.reduce((sum, value) => sum + value, 0),
        );
        longest.set(of, Math.max(0, ...seconds));
      });
    },
  };
}

import * as prometheus from '@prometheus-io/client';
import type { Metrics } from '../base/metrics.ts';

/** The process's metrics in Prometheus' text format. */
export interface MetricsRegistry extends Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Asked for the same name twice (by two controllers, by two identities) it gives the same metric. */
export function createMetrics(): MetricsRegistry {
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const known = new Map<string, unknown>();
  const updates: (() => void)[] = [];
  const once = <T>(name: string, create: () => T): T => {
    if (!known.has(name)) known.set(name, create());
    return known.get(name) as T;
  };
  return {
    contentType: registry.contentType,
    async text() {
      for (const update of updates) update();
      return await registry.metrics();
    },
    beforeScrape: (update) => void updates.push(update),
    counter: (name, help, labels) =>
      once(name, () => {
        const counter = new prometheus.Counter({ name, help, labelNames: [...labels], registers });
        return { inc: (values, value = 1) => counter.inc(values, value) };
      }),
    gauge: (name, help, labels) =>
      once(name, () => {
        const gauge = new prometheus.Gauge({ name, help, labelNames: [...labels], registers });
        return { set: (values, value) => gauge.set(values, value) };
      }),
    histogram: (name, help, labels, buckets) =>
      once(name, () => {
        const own = buckets ? { buckets } : {};
        const histogram = new prometheus.Histogram({
          name,
          help,
          labelNames: [...labels],
          registers,
          ...own,
        });
        return { observe: (values, value) => histogram.observe(values, value) };
      }),
  };
}

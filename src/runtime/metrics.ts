import * as prometheus from '@prometheus-io/client';
import type { Metrics } from '../base/metrics.ts';

/** The process's metrics in Prometheus' text format. */
export interface MetricsRegistry extends Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics(): MetricsRegistry {
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter(name, help, labelNames) {
      const counter = new prometheus.Counter({ name, help, labelNames: [...labelNames], registers });
      return { inc: (labels, value = 1) => counter.inc(labels, value) };
    },
    gauge(name, help, labelNames) {
      const gauge = new prometheus.Gauge({ name, help, labelNames: [...labelNames], registers });
      return { set: (labels, value) => gauge.set(labels, value) };
    },
    histogram(name, help, labelNames, buckets) {
      const own = buckets ? { buckets } : {};
      const histogram = new prometheus.Histogram({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        ...own,
      });
      return { observe: (labels, value) => histogram.observe(labels, value) };
    },
  };
}

/**
 * The narrow view of metrics that the other layers use, so that none of them imports the metrics library.
 * src/runtime/metrics.ts implements it on a Prometheus registry.
 */
export interface Counter {
  inc(labels: Record<string, string>, value?: number): void;
}
export interface Gauge {
  set(labels: Record<string, string>, value: number): void;
}
export interface Histogram {
  observe(labels: Record<string, string>, value: number): void;
}

export interface Metrics {
  counter(name: string, help: string, labels: readonly string[]): Counter;
  gauge(name: string, help: string, labels: readonly string[]): Gauge;
  /** Buckets in the unit of the name, seconds as a rule. */
  histogram(name: string, help: string, labels: readonly string[], buckets?: number[]): Histogram;
  /** Runs `update` before every scrape: for values that change by themselves, such as ages. */
  beforeScrape(update: () => void): void;
}

const nothing = { inc: () => {}, set: () => {}, observe: () => {} };

/** Counts nothing, for tests and tools. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
  beforeScrape: () => {},
};

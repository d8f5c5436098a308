/** What the operator's own /metrics says. */

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export async function scrape(metricsUrl: string): Promise<Sample[]> {
  return parseMetrics(await (await fetch(`${metricsUrl}/metrics`)).text());
}

/** Prometheus' text format, without comments and exemplars. */
export function parseMetrics(text: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])),
    value: Number(value === '+Inf' ? Infinity : value),
  }));
}

/** Calls of the Kubernetes API that change something. */
export function kubernetesWrites(samples: readonly Sample[]): number {
  return samples
    .filter(({ name }) => name === 'rest_client_requests_total')
    .filter(({ labels }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(labels['method'] ?? ''))
    .reduce((sum, { value }) => sum + value, 0);
}

/** No key waited longer for a worker than so many seconds: the bound of the last bucket that counted anything. */
export function longestQueueWait(samples: readonly Sample[]): number {
  const buckets = samples.filter(({ name }) => name === 'workqueue_queue_duration_seconds_bucket');
  const queues = new Set(buckets.map(({ labels }) => labels['name']));
  return Math.max(
    0,
    ...[...queues].map((queue) => bound(buckets.filter(({ labels }) => labels['name'] === queue))),
  );
}

/** Stands for longer than any bucket (a number that JSON has). */
const beyondSeconds = 86_400;

/** Buckets count what is at most their bound, so the first that has all of it is the one sought. */
function bound(buckets: readonly Sample[]): number {
  const sorted = buckets
    .map(({ labels, value }) => ({
      le: labels['le'] === '+Inf' ? beyondSeconds : Number(labels['le']),
      value,
    }))
    .sort((one, other) => one.le - other.le);
  const all = sorted.at(-1)?.value ?? 0;
  return all === 0 ? 0 : (sorted.find(({ value }) => value === all)?.le ?? 0);
}

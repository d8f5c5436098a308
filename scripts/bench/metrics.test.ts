import { expect, test } from '@jest/globals';
import { kubernetesWrites, longestQueueWait, parseMetrics } from './metrics.ts';

const text = `# HELP workqueue_queue_duration_seconds How long keys waited for a worker.
# TYPE workqueue_queue_duration_seconds histogram
workqueue_queue_duration_seconds_bucket{le="0.1",name="scope"} 3
workqueue_queue_duration_seconds_bucket{le="60",name="scope"} 3
workqueue_queue_duration_seconds_bucket{le="+Inf",name="scope"} 3
workqueue_queue_duration_seconds_bucket{le="0.1",name="association"} 7
workqueue_queue_duration_seconds_bucket{le="60",name="association"} 8
workqueue_queue_duration_seconds_bucket{le="+Inf",name="association"} 8
rest_client_requests_total{code="200",method="GET"} 40
rest_client_requests_total{code="200",method="PATCH"} 5
rest_client_requests_total{code="409",method="POST"} 2
`;

test('the longest wait is the bound of the first bucket that has every key of the slowest queue', () => {
  expect(longestQueueWait(parseMetrics(text))).toBe(60);
});

test('a wait beyond every bucket counts as a day', () => {
  const beyond = text.replace('le="+Inf",name="scope"} 3', 'le="+Inf",name="scope"} 4');
  expect(longestQueueWait(parseMetrics(beyond))).toBe(86_400);
});

test('a queue that gave nothing yet has made nobody wait', () => {
  expect(longestQueueWait([])).toBe(0);
});

test('writes of the Kubernetes API are all calls but reads, whatever the answer', () => {
  expect(kubernetesWrites(parseMetrics(text))).toBe(7);
});

import { afterAll, beforeAll } from '@jest/globals';
import { systemClock } from '../../src/base/clock.ts';
import { noMetrics } from '../../src/base/metrics.ts';
import { KubeClient } from '../../src/runtime/kube-client.ts';
import { loadKubeConfig } from '../../src/runtime/kube-config.ts';
import { contract } from '../world/kubernetes/contract.ts';
import { startCluster, type Cluster } from '../world/kubernetes/cluster.ts';

let cluster: Cluster;
let client: KubeClient;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.apply('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: contract\n');
  client = new KubeClient(loadKubeConfig(cluster.kubeconfig), {
    clock: systemClock,
    metrics: noMetrics,
    userAgent: 'contract',
    fieldManager: 'contract',
  });
}, 60_000);

afterAll(async () => {
  await client.close();
  await cluster.stop();
});

contract('the real API server', async () => await Promise.resolve({ client, namespace: 'contract' }));

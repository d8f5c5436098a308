import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from './config.ts';
import { createControllers, type Controllers, type Parts } from './controllers.ts';
import { UsageError } from './flags.ts';
import { operatorName } from './api/resources.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import { systemRandom } from './base/random.ts';
import type { Client } from './runtime/client.ts';
import { serve, type Answer, type Listening } from './runtime/http.ts';
import { KubeClient, loadKubeConfig } from './runtime/kube-client.ts';
import { LeaderElection } from './runtime/lease.ts';
import { createMetrics, type MetricsRegistry } from './runtime/metrics.ts';
import type { Resource } from './runtime/object.ts';

/** Wiring: clients → reflectors → controllers, behind the lease, until the signal aborts. */
export async function run(config: Config, version: string, log: Logger, signal: AbortSignal): Promise<void> {
  const metrics = createMetrics();
  const client = kubeClient(config, version, metrics);
  const ownerId = config.ownerId === '' ? await clusterId(client) : config.ownerId;
  const userAgent = `${operatorName}/${version}`;
  const instance = `${hostname()}_${randomUUID().slice(0, 8)}`;
  const parts = {
    config,
    client,
    metrics,
    log,
    ownerId,
    userAgent,
    instance,
    clock: systemClock,
    random: systemRandom,
  };
  const controllers = createControllers(parts);
  const servers = await startServers(config, metrics, controllers, log);
  const watching = controllers.watch(signal);
  try {
    await lead({ ...parts, identity: instance }, signal, (leading) => controllers.run(leading));
  } finally {
    await controllers.flush();
    await Promise.all(servers.map((server) => server.close()));
  }
  await watching;
}

function kubeClient(config: Config, version: string, metrics: MetricsRegistry): KubeClient {
  try {
    const options = {
      clock: systemClock,
      metrics,
      userAgent: `${operatorName}/${version}`,
      fieldManager: operatorName,
    };
    return new KubeClient(loadKubeConfig(config.kubeconfig), { kubeconfig: config.kubeconfig, ...options });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--kubeconfig: no cluster can be reached with it (${text.split('\n')[0]}).`);
  }
}

const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

/** What tells this cluster from others in ownership tags. */
async function clusterId(client: Client): Promise<string> {
  const system = await client.get(namespaces, { namespace: '', name: 'kube-system' });
  const uid = system?.metadata.uid;
  if (uid === undefined)
    throw new UsageError('--owner-id: is required where namespace kube-system cannot be read.');
  return uid;
}

async function startServers(
  config: Config,
  metrics: MetricsRegistry,
  controllers: Controllers,
  log: Logger,
): Promise<Listening[]> {
  const { metricsBindAddress, healthProbeBindAddress } = config;
  const scrape = async (): Promise<Answer> => ({
    ok: true,
    text: await metrics.text(),
    contentType: metrics.contentType,
  });
  const probe = (problem: string | undefined): Answer => ({
    ok: problem === undefined,
    text: problem ?? 'ok',
  });
  const probes = {
    '/healthz': () => probe(controllers.unhealthy()),
    '/readyz': () => probe(controllers.unready()),
  };
  const metricsServer = metricsBindAddress && (await serve(metricsBindAddress, { '/metrics': scrape }));
  const probeServer = healthProbeBindAddress && (await serve(healthProbeBindAddress, probes));
  log.info({ metrics: metricsServer?.port, probes: probeServer?.port }, 'serving');
  return [metricsServer, probeServer].filter((server) => server !== undefined);
}

async function lead(
  parts: Pick<Parts, 'config' | 'client' | 'clock' | 'random' | 'metrics' | 'log'> & { identity: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { config } = parts;
  if (!config.leaderElect) {
    await work(signal);
    return;
  }
  const key = { namespace: config.leaderElectionNamespace, name: operatorName };
  await new LeaderElection({ ...parts, key }).run(signal, work);
}

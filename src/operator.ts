import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from './config.ts';
import { leaseNameOf } from './shard.ts';
import { createControllers, type Controllers, type Parts } from './controllers.ts';
import { UsageError } from './flags.ts';
import { operatorName } from './api/resources.ts';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import { systemRandom } from './base/random.ts';
import type { Client } from './runtime/client.ts';
import { serve, type Answer, type Listening } from './runtime/http.ts';
import { KubeClient } from './runtime/kube-client.ts';
import { loadKubeConfig } from './runtime/kube-config.ts';
import { LeaderElection, LeaseLost, type Work } from './runtime/lease.ts';
import type { MetricsRegistry } from './runtime/metrics.ts';
import type { Resource } from './runtime/object.ts';

/** What main.ts makes before anything else, so that it can tell of any fault. */
export interface Foundation {
  config: Config;
  version: string;
  log: Logger;
  metrics: MetricsRegistry;
}

/**
 * Wiring: clients → reflectors → controllers, behind the lease, until the signal aborts and what was begun has ended.
 * Throws `LeaseLost` at once when another may lead: nothing is waited for then, the process has to end.
 */
export async function run(foundation: Foundation, signal: AbortSignal): Promise<void> {
  const { config, log, metrics } = foundation;
  const [client, leaseClient] = kubeClients(foundation);
  const ended = new AbortController();
  const running = AbortSignal.any([signal, ended.signal]);
  const servers: Listening[] = [];
  try {
    const parts = await partsOf(foundation, client, signal);
    const controllers = createControllers(parts);
    servers.push(...(await startServers(config, metrics, controllers, log)));
    const watching = controllers.watch(running);
    const electing = { ...parts, client: leaseClient, identity: parts.instance };
    // Caches that nobody keeps any more are no ground to work on.
    const blind = new Promise<never>((_, reject) => {
      watching.catch(reject);
    });
    const leads = lead(electing, signal, (leading) => controllers.run(leading));
    await Promise.race([leads, blind]).catch(async (error: unknown) => {
      if (!(error instanceof LeaseLost)) await controllers.flush();
      throw error;
    });
    await Promise.all([watching, controllers.flush()]);
  } catch (error) {
    // Asked to stop in the middle of a call that waited for nothing else.
    if (error !== signal.reason) throw error;
  } finally {
    ended.abort();
    await Promise.all([client, leaseClient, ...servers].map((one) => one.close()));
  }
}

async function partsOf(
  { config, version, log, metrics }: Foundation,
  client: Client,
  signal: AbortSignal,
): Promise<Parts> {
  return {
    config,
    client,
    metrics,
    log,
    ownerId: config.ownerId || (await clusterId(client, signal)),
    userAgent: `${operatorName}/${version}`,
    instance: `${hostname()}_${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    random: systemRandom,
  };
}

/** One for all work, and one for the lease, whose renewal must not wait for anything else's connection. */
function kubeClients({ config, version, metrics }: Foundation): [KubeClient, KubeClient] {
  try {
    const options = {
      clock: systemClock,
      metrics,
      userAgent: `${operatorName}/${version}`,
      fieldManager: operatorName,
    };
    const cluster = loadKubeConfig(config.kubeconfig);
    return [new KubeClient(cluster, options), new KubeClient(cluster, options)];
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
async function clusterId(client: Client, signal: AbortSignal): Promise<string> {
  const system = await client.get(namespaces, { namespace: '', name: 'kube-system' }, { signal });
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
  work: Work,
): Promise<void> {
  const { config } = parts;
  if (!config.leaderElect) {
    await work(signal);
    return;
  }
  const key = { namespace: config.leaderElectionNamespace, name: leaseNameOf(config.watchLabelSelector) };
  await new LeaderElection({ ...parts, key }).run(signal, work);
}

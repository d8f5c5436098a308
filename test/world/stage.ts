import { startAzureServer, type AzureServer, type ServerOptions } from './azure/server.ts';
import { Portal } from './azure/portal.ts';
import type { Regime } from './azure/rate-limits.ts';
import { plant, type Seed } from './azure/seed.ts';
import { AzureWorld } from './azure/world.ts';
import { startCluster, type Cluster } from './kubernetes/cluster.ts';
import { operatorName } from '../../src/api/resources.ts';
import { chartIdentity, operatorNamespace, tokenKubeconfig } from './kubernetes/service-account.ts';
import { startOperator, type Command, type OperatorProcess } from './operator.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { noMetrics } from '../../src/base/metrics.ts';
import { KubeClient } from '../../src/runtime/kube-client.ts';
import { loadKubeConfig } from '../../src/runtime/kube-config.ts';

/**
 * A whole stage: a real Kubernetes API, a simulated Azure over HTTPS, and operators as processes of their own, which
 * have the chart's ServiceAccount and nothing else.
 */
export interface StageOptions {
  seed: Seed;
  /** Azure's own delays are divided by it, its limits multiplied. */
  timeFactor: number;
  regime?: Regime;
  /** Beside those that make it quick. */
  flags?: readonly string[];
  recordTo?: string;
  /** The chart's profile whose rights the operator has; the default one unless told otherwise. */
  profile?: string;
  /** A cluster without the kinds and the ServiceAccount, for the test to install the chart in; workloads run. */
  bare?: boolean;
  /** The API server logs what it is asked. */
  audit?: boolean;
  intercept?: ServerOptions['intercept'];
}

export interface Stage {
  readonly cluster: Cluster;
  readonly world: AzureWorld;
  readonly azure: AzureServer;
  readonly portal: Portal;
  /** The forms that tokens were asked for with. */
  entraRequests(): readonly URLSearchParams[];
  /** The operator's own client, as an administrator. */
  readonly client: KubeClient;
  startOperator(
    flags?: readonly string[],
    environment?: Record<string, string>,
    command?: Command,
  ): Promise<OperatorProcess>;
  /** A namespace with the credentials Secret. */
  createNamespace(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Waits of minutes become seconds: the product's defaults are in the README. */
export const quickFlags = [
  '--propagation-window=8s',
  '--machine-poll-interval=3s',
  '--resync-interval=10s',
  '--stall-after=5s',
  '--leader-elect=false',
];

export async function startStage(options: StageOptions): Promise<Stage> {
  const { seed, timeFactor, regime } = options;
  const { bare = false, audit = false } = options;
  const cluster = await startCluster({ controllerManager: true, bare, audit, workloads: bare });
  const world = new AzureWorld({
    clock: systemClock,
    random: systemRandom,
    timeFactor,
    ...(regime ? { regime } : {}),
  });
  plant(world, seed);
  const azure = await startAzureServer({
    world,
    seed,
    ...(options.recordTo ? { recordTo: options.recordTo } : {}),
    ...(options.intercept ? { intercept: options.intercept } : {}),
  });
  const prepared = bare ? undefined : await chartIdentity(cluster, options.profile);
  const client = new KubeClient(loadKubeConfig(cluster.kubeconfig), {
    clock: systemClock,
    metrics: noMetrics,
    userAgent: 'stage',
    fieldManager: 'stage',
  });
  const operators = new Set<OperatorProcess>();
  return {
    cluster,
    world,
    azure,
    portal: new Portal(world),
    entraRequests: () => azure.entra.requests,
    client,
    async startOperator(flags = [], environment = {}, command) {
      const operator = await startOperator({
        kubeconfig: prepared ?? (await tokenKubeconfig(cluster, operatorNamespace, operatorName)),
        azure,
        flags: [...quickFlags, ...(options.flags ?? []), ...flags],
        environment: { POD_NAMESPACE: operatorNamespace, ...environment },
        ...(command ? { command } : {}),
      });
      operators.add(operator);
      return operator;
    },
    async createNamespace(name) {
      await cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`);
      await cluster.apply(credentialsSecret(name, seed));
    },
    async stop() {
      await Promise.all([...operators].map((operator) => operator.stop('SIGKILL')));
      await client.close();
      await azure.stop();
      await cluster.stop();
    },
  };
}

/** The namespace's Secret, with the credentials of the seed's first application. */
export function credentialsSecret(
  namespace: string,
  seed: Seed,
  name = 'arc-private-link-credentials',
): string {
  const [application] = seed.applications;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: {
      AZURE_TENANT_ID: seed.tenantId,
      AZURE_CLIENT_ID: application?.clientId,
      AZURE_CLIENT_SECRET: application?.clientSecret,
    },
  });
}

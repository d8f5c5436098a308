import { startAzure, type BenchAzure } from './azure.ts';
import { watchTurns, type Turns } from './process-figures.ts';
import { namespace, type World } from './worlds.ts';
import { systemClock } from '../../src/base/clock.ts';
import { noMetrics } from '../../src/base/metrics.ts';
import { operatorName, associations, scopes } from '../../src/api/resources.ts';
import { KubeClient } from '../../src/runtime/kube-client.ts';
import { loadKubeConfig } from '../../src/runtime/kube-config.ts';
import { startCluster } from '../../test/world/kubernetes/cluster.ts';
import {
  chartIdentity,
  operatorNamespace,
  tokenKubeconfig,
} from '../../test/world/kubernetes/service-account.ts';
import { startOperator, type OperatorProcess } from '../../test/world/operator.ts';
import { credentialsSecret } from '../../test/world/stage.ts';

/** What a world is measured on: a real API server, a simulated Azure and the operator, each a process of its own. */
export interface Ground {
  readonly client: KubeClient;
  readonly azure: BenchAzure;
  /** The world's objects are there before it starts, as after a restart. */
  startOperator(flags?: readonly string[]): Promise<Measured>;
  stop(): Promise<void>;
}

export interface Measured {
  readonly operator: OperatorProcess;
  readonly turns: Turns;
  readonly startedMs: number;
}

/** Everything that a world needs, with its objects; nothing is left running where that fails. */
export async function prepare(world: World): Promise<Ground> {
  // The last that was started ends first.
  const ends: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0)) await end();
  };
  try {
    return { ...(await build(world, ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(world: World, ends: (() => Promise<void>)[]): Promise<Omit<Ground, 'stop'>> {
  const cluster = await startCluster({ controllerManager: true });
  ends.unshift(() => cluster.stop());
  const azure = await startAzure({ seed: world.seed, timeFactor: world.factor, regime: world.regime });
  ends.unshift(() => azure.stop());
  await chartIdentity(cluster);
  const client = new KubeClient(loadKubeConfig(cluster.kubeconfig), {
    clock: systemClock,
    metrics: noMetrics,
    userAgent: 'bench',
    fieldManager: 'bench',
  });
  ends.unshift(() => client.close());
  await cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`);
  await cluster.apply(credentialsSecret(namespace, world.seed));
  for (const scope of world.scopes) await client.create(scopes, scope);
  for (const association of world.associations) await client.create(associations, association);
  return {
    client,
    azure,
    async startOperator(flags = []) {
      const turns = watchTurns();
      ends.unshift(async () => turns.remove());
      const kubeconfig = await tokenKubeconfig(cluster, operatorNamespace, operatorName);
      const startedMs = Date.now();
      const operator = await startOperator({
        kubeconfig,
        azure,
        flags: [...worldFlags(world), ...flags],
        environment: { POD_NAMESPACE: operatorNamespace, ...turns.environment },
        command: turns.command,
      });
      ends.unshift(async () => void (await operator.stop('SIGKILL')));
      return { operator, turns, startedMs };
    },
  };
}

/** The defaults, in the bench's shorter time. */
function worldFlags({ pollSeconds }: World): string[] {
  return [
    `--machine-poll-interval=${pollSeconds}s`,
    `--resync-interval=${3 * pollSeconds}s`,
    '--propagation-window=2s',
    '--leader-elect=false',
  ];
}

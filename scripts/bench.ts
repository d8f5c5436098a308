import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Regime } from '../test/world/azure/rate-limits.ts';
import type { Seed } from '../test/world/azure/seed.ts';
import { startStage, type Stage } from '../test/world/stage.ts';
import { bundle, type OperatorProcess } from '../test/world/operator.ts';
import { associations } from '../src/api/resources.ts';
import { findCondition } from '../src/runtime/conditions.ts';

/** `make bench`: 1,000 servers in both regimes of the write limit, against the least time that the limit allows. */

interface Row {
  servers: number;
  regime: Regime;
  /** From the first PATCH to the last, over the floor. */
  ratio: number;
  patchesPerServer: number;
  getsPerServer: number;
  settledArmWrites: number;
  settledKubernetesWrites: number;
  peakRssMiB: number;
  startToReadyMs: number;
  bundleMB: number;
}

const servers = 1000;
const subscription = '00000000-0000-0000-0000-00000000000a';
const namespace = 'bench';
/** The simulated Azure's delays are divided and its limits multiplied by so much. */
const factors: Record<Regime, number> = { bucket: 10, window: 20 };
/** Seconds that N writes take at the least: 200 at once and 10 a second, or 320 in each window of 300 seconds. */
const floors: Record<Regime, number> = {
  bucket: (servers - 200) / 10,
  window: (Math.ceil(servers / 320) - 1) * 300,
};
const settledPolls = 3;
const pollMs = 3_000;

const seed: Seed = {
  tenantId: '11111111-1111-1111-1111-111111111111',
  applications: [{ clientId: '22222222-2222-2222-2222-222222222222', clientSecret: 'bench' }],
  resourceGroups: [{ subscriptionId: subscription, name: 'rg' }],
  servers: [
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'server',
      count: servers,
      location: 'westeurope',
      tags: { site: 'plant' },
      recordedSize: true,
    },
  ],
};

const manifest = [
  {
    apiVersion: 'arcprivatelink.io/v1alpha1',
    kind: 'ArcPrivateLinkScope',
    metadata: { name: 'net', namespace },
    spec: {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      location: 'westeurope',
      publicNetworkAccess: 'Enabled',
    },
  },
  {
    apiVersion: 'arcprivatelink.io/v1alpha1',
    kind: 'ArcServerAssociation',
    metadata: { name: 'all', namespace },
    spec: { scopeRef: { name: 'net' }, machines: { selectionMode: 'All' } },
  },
];

const rows: Row[] = [];
for (const regime of ['bucket', 'window'] as const) {
  console.log(
    `${servers} servers, ${regime}: Azure ${factors[regime]} times as fast, floor ${floors[regime]} s of Azure's time ...`,
  );
  rows.push(await measure(regime));
}
mkdirSync('bench', { recursive: true });
writeFileSync('bench/results.json', `${JSON.stringify(rows, null, 2)}\n`);
console.table(rows);
process.exit(0);

async function measure(regime: Regime): Promise<Row> {
  const stage = await startStage({ seed, timeFactor: factors[regime], regime });
  try {
    const operator = await stage.startOperator(['--propagation-window=2s']);
    await stage.createNamespace(namespace);
    await stage.cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifest }));
    await until(() => ready(stage));
    const settled = await settle(stage, operator);
    return {
      servers,
      regime,
      ...rollout(stage, regime),
      ...settled,
      peakRssMiB: peakRss(operator.pid),
      startToReadyMs: Math.round(operator.readyAfterMs),
      bundleMB: Number((statSync(bundle).size / 1e6).toFixed(2)),
    };
  } finally {
    await stage.stop();
  }
}

async function ready({ client }: Stage): Promise<boolean> {
  const object = await client.get(associations, { namespace, name: 'all' });
  return (
    findCondition(object?.status?.conditions, 'Ready')?.status === 'True' &&
    object?.status?.propagated === servers
  );
}

function rollout(
  { world }: Stage,
  regime: Regime,
): Pick<Row, 'ratio' | 'patchesPerServer' | 'getsPerServer'> {
  const patches = world.exchanges.filter(({ method }) => method === 'PATCH');
  const good = patches.filter(({ status }) => status === 200);
  const gets = world.exchanges.filter(
    ({ method, path }) => method === 'GET' && /\/machines\/[^/]+$/.test(path),
  );
  const seconds = (((good.at(-1)?.atMs ?? 0) - (good[0]?.atMs ?? 0)) / 1000) * factors[regime];
  console.log(`  ${seconds.toFixed(0)} s of Azure's time, ${patches.length - good.length} refused with 429`);
  return {
    ratio: round(seconds / floors[regime]),
    patchesPerServer: round(good.length / servers),
    getsPerServer: round(gets.length / servers),
  };
}

async function settle(
  { world }: Stage,
  operator: OperatorProcess,
): Promise<Pick<Row, 'settledArmWrites' | 'settledKubernetesWrites'>> {
  await pause(pollMs);
  const [arm, kubernetes] = [world.writes().length, await kubernetesWrites(operator)];
  await pause(settledPolls * pollMs);
  return {
    settledArmWrites: world.writes().length - arm,
    settledKubernetesWrites: (await kubernetesWrites(operator)) - kubernetes,
  };
}

/** From the operator's own metrics: calls of the Kubernetes API that change something. */
async function kubernetesWrites(operator: OperatorProcess): Promise<number> {
  const text = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
  const counts = [
    ...text.matchAll(/^rest_client_requests_total\{[^}]*method="(POST|PUT|PATCH|DELETE)"[^}]*\} (\d+)/gm),
  ];
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0);
}

function peakRss(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

async function until(condition: () => Promise<boolean>, limitMs = 300_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it took too long');
    await pause(200);
  }
}

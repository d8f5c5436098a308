import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Calls } from './azure-questions.ts';
import { prepare, type Ground, type Measured } from './ground.ts';
import { kubernetesWrites, longestQueueWait, scrape } from './metrics.ts';
import { cpuSeconds, peakRssMiB } from './process-figures.ts';
import type { Row } from './row.ts';
import { namespace, scopeNamed, subscriptionId, type World } from './worlds.ts';
import { associations, scopes } from '../../src/api/resources.ts';
import { findCondition } from '../../src/runtime/conditions.ts';
import type { Condition } from '../../src/api/types.ts';
import type { KubeClient } from '../../src/runtime/kube-client.ts';
import type { KubeObject, Resource } from '../../src/runtime/object.ts';
import { bundle } from '../../test/world/operator.ts';
import { run } from '../../test/world/run.ts';
import { until } from '../../test/world/until.ts';

/** Runs one world from nothing to settled, and measures it. */
export async function measure(world: World): Promise<Row> {
  const load = round(loadavg()[0] ?? 0);
  const described = await run('git', ['describe', '--always', '--dirty']);
  const ground = await prepare(world);
  try {
    const measured: Measured[] = [];
    for (const shard of world.shards ?? [undefined])
      measured.push(
        await ground.startOperator(shard === undefined ? [] : [`--watch-label-selector=${shard}`]),
      );
    const startedMs = Math.min(...measured.map((one) => one.startedMs));
    await allReady(ground, world);
    const calls = await ground.azure.ask({ about: 'calls', sinceMs: 0 });
    const realSeconds = (Date.now() - startedMs) / 1000;
    const settled = await settle(ground, measured, world);
    const firstCallMs = world.another ? await another(ground) : null;
    return {
      world: world.name,
      commit: described.stdout.trim() || 'unknown',
      load,
      servers: total(world.sizes),
      subscriptions: world.sizes.length,
      operators: measured.length,
      objects: world.scopes.length + world.associations.length,
      regime: world.regime,
      ...rollout(calls, world),
      listingGets: listingGets(world, realSeconds),
      ...settled,
      ...(await worst(measured)),
      firstCallMs,
      bundleMB: Number((statSync(bundle).size / 1e6).toFixed(2)),
    };
  } finally {
    await ground.stop();
  }
}

async function worst(
  measured: readonly Measured[],
): Promise<Pick<Row, 'peakRssMiB' | 'startToReadyMs' | 'longestTurnMs' | 'longestQueueWaitSeconds'>> {
  const waits = measured.map(async ({ operator }) => longestQueueWait(await scrape(operator.metricsUrl)));
  return {
    peakRssMiB: Math.max(...measured.map(({ operator }) => peakRssMiB(operator.pid))),
    startToReadyMs: Math.round(Math.max(...measured.map(({ operator }) => operator.readyAfterMs))),
    // Before it is ready it reads its own code, and holds no lease.
    longestTurnMs: Math.max(
      ...measured.map(({ operator, turns, startedMs }) =>
        turns.longestMs(startedMs + operator.readyAfterMs + 1_000),
      ),
    ),
    longestQueueWaitSeconds: Math.max(...(await Promise.all(waits))),
  };
}

/** Every object is Ready and every server has waited to its end. */
export async function allReady(
  { client, azure }: Pick<Ground, 'client' | 'azure'>,
  world: World,
): Promise<void> {
  let standing = 'nothing was seen';
  const ready = async (): Promise<boolean> => {
    const [waitingScopes, waitingAssociations] = await Promise.all([
      notReady(client, scopes, () => true),
      notReady(client, associations, ({ status }) => status?.selected === status?.propagated),
    ]);
    standing = `${waitingScopes} scopes and ${waitingAssociations} associations are not ready`;
    // Reading a thousand objects is work for the API server as well.
    await pause(world.associations.length + world.scopes.length > 10 ? 3_000 : 100);
    return waitingScopes + waitingAssociations === 0;
  };
  await until(`${world.name} was done`, ready, world.limitSeconds * 1000, async () => {
    const calls = await azure.ask({ about: 'calls', sinceMs: 0 });
    return `${standing}; calls so far: ${JSON.stringify(calls)}`;
  });
}

async function notReady<T extends KubeObject & { status?: { conditions?: Condition[] } }>(
  client: KubeClient,
  resource: Resource<T>,
  also: (object: T) => boolean,
): Promise<number> {
  const { items } = await client.list(resource, { namespace });
  return items.filter(
    (object) => findCondition(object.status?.conditions, 'Ready')?.status !== 'True' || !also(object),
  ).length;
}

function rollout(
  calls: Calls,
  world: World,
): Pick<
  Row,
  'seconds' | 'floorSeconds' | 'ratio' | 'throttled' | 'patchesPerServer' | 'getsPerServer' | 'gets'
> {
  const realMs = (calls.lastWriteMs ?? 0) - (calls.firstWriteMs ?? 0);
  const seconds = (realMs / 1000) * world.factor;
  const servers = Math.max(1, total(world.sizes));
  return {
    seconds: round(seconds),
    floorSeconds: world.floorSeconds,
    ratio: round(seconds / world.floorSeconds),
    throttled: calls.throttled,
    patchesPerServer: round(calls.associated / servers),
    getsPerServer: round(calls.serverGets / servers),
    gets: calls.gets,
  };
}

/** GETs of the listings that are asked for: one at the start, then no plan on one older than a minute or the poll interval. */
function listingGets({ sizes, pollSeconds }: World, realSeconds: number): number {
  const listings = 1 + Math.floor(realSeconds / Math.min(60, pollSeconds));
  const pages = sizes.map((size) => Math.max(1, Math.ceil(size / 100)));
  return listings * total(pages);
}

/** Polls that the settled world is watched for; a resync is among them. */
const watchedPolls = 3;
/** `--machine-poll-interval` unless told otherwise. */
const defaultPollSeconds = 300;

async function settle(
  { azure }: Ground,
  measured: readonly Measured[],
  { pollSeconds }: World,
): Promise<
  Pick<Row, 'settledArmWrites' | 'settledKubernetesWrites' | 'settledReadsPerMinute' | 'settledCpuPercent'>
> {
  await pause(pollSeconds * 1000);
  const operators = measured.map(({ operator }) => operator);
  const kubernetes = async (): Promise<number> =>
    total(
      await Promise.all(operators.map(async ({ metricsUrl }) => kubernetesWrites(await scrape(metricsUrl)))),
    );
  const cpuOfAll = (): number => total(operators.map(({ pid }) => cpuSeconds(pid)));
  const [sinceMs, cpu, before] = [Date.now(), cpuOfAll(), await kubernetes()];
  await pause(watchedPolls * pollSeconds * 1000);
  const used = cpuOfAll() - cpu;
  const calls = await azure.ask({ about: 'calls', sinceMs });
  const minutes = (watchedPolls * defaultPollSeconds) / 60;
  return {
    settledArmWrites: calls.writes,
    settledKubernetesWrites: (await kubernetes()) - before,
    settledReadsPerMinute: round(calls.gets / minutes),
    settledCpuPercent: round((100 * used) / (watchedPolls * defaultPollSeconds)),
  };
}

/** Five objects, one after the other, in subscriptions that nothing else asks about. */
async function another({ client, azure }: Ground): Promise<number> {
  let longest = 0;
  for (const index of [900, 901, 902, 903, 904]) {
    const subscription = subscriptionId(index);
    const createdMs = Date.now();
    await client.create(scopes, scopeNamed(`another-${index}`, { subscriptionId: subscription }));
    let calledMs: number | undefined;
    await until(`the new object's first call`, async () => {
      calledMs = await azure.ask({ about: 'first call', containing: subscription });
      return calledMs !== undefined;
    });
    longest = Math.max(longest, (calledMs ?? Infinity) - createdMs);
    await pause(2_500);
  }
  return longest;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

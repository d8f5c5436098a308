import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createScreen, table, type Row } from './demo/screen.ts';
import { readSeed } from '../test/world/azure/seed.ts';
import { startStage, type Stage } from '../test/world/stage.ts';
import { associations, scopes, slices } from '../src/api/resources.ts';
import type { ArcServerAssociation } from '../src/api/types.ts';
import { findCondition } from '../src/runtime/conditions.ts';

/** `make demo`: the operator at work on a real Kubernetes API and a simulated Azure, from nothing to nothing. */

const timeFactor = 20;
const namespace = 'arc-demo';
const limitMs = 120_000;
const keep = !['', '0', undefined].includes(process.env['KEEP']);
const say = (line = ''): void => console.log(line);

say('Starting a Kubernetes API server, a simulated Azure and the operator ...');
const seed = readSeed('examples/quickstart-azure.yaml');
const stage = await startStage({ seed, timeFactor });
let failed = false;
try {
  await demonstrate(stage);
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
} finally {
  await stage.stop();
}
process.exit(failed ? 1 : 0);

async function demonstrate({ cluster, world, azure, portal }: Stage): Promise<void> {
  const operator = await stage.startOperator();
  say(`The operator was ready after ${Math.round(operator.readyAfterMs)} ms.`);
  say(
    `Waits are shortened: the simulated Azure works ${timeFactor} times as fast as the real one, and servers propagate`,
  );
  say('for 8 seconds instead of 15 minutes.');
  const before = portal.picture();
  await stage.createNamespace(namespace);
  say('\n$ kubectl apply -f examples/quickstart.yaml');
  await cluster.apply(readFileSync('examples/quickstart.yaml', 'utf8'));

  const screen = createScreen();
  await watch(screen, isReady);
  await settle();
  screen.end();
  say('\nReady and settled: no write to Azure in the last three listings. Where each server stands:');
  for (const row of await servers()) say(row);
  if (keep) await stay(azure.url, cluster.kubeconfig, operator.exited);

  say('\n$ kubectl delete -f examples/quickstart.yaml');
  const deletion = cluster.kubectl(['delete', '-f', 'examples/quickstart.yaml', '--timeout=90s']);
  const again = createScreen();
  const [result] = await Promise.all([deletion, watch(again, ({ length }) => length === 0)]);
  again.end();
  if (result.code !== 0) throw new Error(`deleting failed: ${result.stderr}`);
  if (!isDeepStrictEqual(portal.picture(), before)) throw new Error('Azure is not as it was before.');
  const writes = world.writes().length;
  say(
    `\nEverything is gone and Azure is as it was (${Object.keys(before).length} resources, the same as before; ${writes} writes in all).`,
  );
}

/** Shows the objects whenever they change, until the condition holds. */
async function watch(
  screen: ReturnType<typeof createScreen>,
  done: (rows: readonly Row[]) => boolean,
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    const rows = await objects();
    screen.show(rows);
    if (done(rows)) return;
    if (Date.now() > end)
      throw new Error(`it took longer than ${limitMs / 1000} s:\n${table(rows).join('\n')}`);
    await pause(250);
  }
}

async function objects(): Promise<Row[]> {
  const [scopePage, associationPage] = await Promise.all([
    stage.client.list(scopes, { namespace }),
    stage.client.list(associations, { namespace }),
  ]);
  const ready = (conditions: Parameters<typeof findCondition>[0]) => findCondition(conditions, 'Ready');
  return [
    ...scopePage.items.map(({ metadata, status }) => ({
      object: `apls/${metadata.name}`,
      ready: ready(status?.conditions)?.status ?? '',
      reason: ready(status?.conditions)?.reason ?? '',
      numbers: `endpoints ${status?.endpointsReady ?? '-'}, servers ${status?.servers ?? '-'}`,
      message: ready(status?.conditions)?.message ?? '',
    })),
    ...associationPage.items.map(associationRow),
  ];
}

function associationRow({ metadata, status }: ArcServerAssociation): Row {
  const ready = findCondition(status?.conditions, 'Ready');
  const { selected = 0, propagating = 0, propagated = 0, refused = 0 } = status ?? {};
  return {
    object: `asa/${metadata.name}`,
    ready: ready?.status ?? '',
    reason: ready?.reason ?? '',
    numbers: `selected ${selected}, propagating ${propagating}, propagated ${propagated}, refused ${refused}`,
    message: ready?.message ?? '',
  };
}

function isReady(rows: readonly Row[]): boolean {
  return (
    rows.length === 2 &&
    rows.every(({ ready }) => ready === 'True') &&
    rows.some(({ numbers }) => numbers.includes('propagated 8'))
  );
}

/** Three more listings of the servers without a single write. */
async function settle(): Promise<void> {
  const { world } = stage;
  const listings = (): number =>
    world.exchanges.filter(({ method, path }) => method === 'GET' && path.endsWith('/machines')).length;
  const writes = world.writes().length;
  const target = listings() + 3;
  const end = Date.now() + limitMs;
  while (listings() < target) {
    if (Date.now() > end) throw new Error('the operator has stopped listing the servers');
    await pause(100);
  }
  if (world.writes().length > writes)
    throw new Error('the operator still writes to Azure although all is ready');
}

async function servers(): Promise<string[]> {
  const { items } = await stage.client.list(slices, { namespace });
  return items
    .flatMap(({ machines }) => machines)
    .map(
      ({ id, phase, reason }) =>
        `  ${id.slice(id.lastIndexOf('/') + 1).padEnd(20)} ${phase}${reason ? ` (${reason})` : ''}`,
    );
}

async function stay(azureUrl: string, kubeconfig: string, operatorEnd: Promise<unknown>): Promise<void> {
  say('\nEverything keeps running. In a second terminal:');
  say(`  export KUBECONFIG=${kubeconfig}`);
  say(`  kubectl -n ${namespace} get apls,asa`);
  say(`The simulated Azure is at ${azureUrl}. Press Ctrl-C here to delete everything.`);
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve));
  const terminated = new Promise((resolve) => process.once('SIGTERM', resolve));
  await Promise.race([interrupted, terminated, operatorEnd]);
}

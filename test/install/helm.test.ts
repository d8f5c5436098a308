import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { chart, helm, type Helm } from '../world/kubernetes/helm.ts';
import { operatorNamespace, operatorUser } from '../world/kubernetes/service-account.ts';
import { startWorkers, type Workers } from '../world/kubernetes/workers.ts';
import { startStage, type Stage } from '../world/stage.ts';

/** The life of an installation with the real Helm: install, upgrade, rollback, uninstall, and again. */

const seed = readSeed('examples/quickstart-azure.yaml');
const release = 'arc-private-link-operator';
const namespace = 'arc-demo';
let stage: Stage;
let workers: Workers | undefined;
let run: Helm;
let older: string;

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20, bare: true, audit: true });
  workers = await startWorkers(stage.cluster);
  run = await helm(stage.cluster.kubeconfig);
  older = olderChart();
}, 120_000);
afterAll(async () => {
  await workers?.stop();
  await stage.stop();
});

const helmed = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run([...args, '--namespace', operatorNamespace]);
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
};
const kubectl = (...args: string[]): Promise<string> => stage.cluster.told(...args);
const writes = (): number => stage.world.exchanges.filter(({ method }) => method !== 'GET').length;
const describedField = (): Promise<string> =>
  kubectl(
    'get',
    'crd/arcprivatelinkscopes.arcprivatelink.io',
    '-o',
    'jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.tags.description}',
  );

/** The chart as it was before, with another description in one of its kinds. */
function olderChart(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'chart-')), 'arc-private-link-operator');
  cpSync(chart, folder, { recursive: true });
  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  edit('Chart.yaml', (text) => text.replace(/^version: .*$/m, 'version: 0.0.1'));
  edit('files/crds/arcprivatelink.io_arcprivatelinkscopes.yaml', (text) =>
    text.replace(/(\n {16}tags:\n(?: {18}.*\n)*? {18}description: ).*/, '$1Of old.'),
  );
  return folder;
}

describe('an installation with Helm', () => {
  it('comes up with two replicas and says the next command', async () => {
    const notes = await helmed('install', release, older, '--create-namespace', '--wait', '--timeout=90s');
    expect(notes).toContain(
      `kubectl -n ${operatorNamespace} rollout status deployment/arc-private-link-operator`,
    );
    expect(notes).toContain('create secret generic arc-private-link-credentials');
    const available = await kubectl(
      '-n',
      operatorNamespace,
      'get',
      'deployment',
      release,
      '-o',
      'jsonpath={.status.availableReplicas}',
    );
    expect(available).toBe('2');
    expect(await kubectl('get', 'pdb', '-n', operatorNamespace)).toMatch(/arc-private-link-operator .* 1 /);
    expect(await describedField()).toBe('Of old.');
  }, 120_000);

  it('lets the operator work with the rights that it made', async () => {
    const operator = await stage.startOperator();
    await stage.createNamespace(namespace);
    await kubectl('apply', '-f', 'examples/quickstart.yaml');
    await kubectl('-n', namespace, 'wait', 'apls,asa', '--all', '--for=condition=Ready', '--timeout=60s');
    expect(stage.cluster.audit().filter(({ user, code }) => user === operatorUser && code === 403)).toEqual(
      [],
    );
    await operator.stop();
  }, 120_000);

  it('is upgraded from the previous chart, kinds included, with every object as it was', async () => {
    const before = await objects();
    await helmed('upgrade', release, chart, '--wait', '--timeout=90s');
    expect(await describedField()).not.toBe('Of old.');
    expect(await objects()).toEqual(before);
    const crds = await kubectl('get', 'crds', '-o', 'name');
    expect(crds.match(/arcprivatelink\.io/g)).toHaveLength(3);
  }, 120_000);

  it('is rolled back and upgraded again without touching an object', async () => {
    const before = await objects();
    await helmed('rollback', release, '1', '--wait', '--timeout=90s');
    expect(await describedField()).toBe('Of old.');
    await helmed('upgrade', release, chart, '--set', 'replicaCount=3', '--wait', '--timeout=90s');
    expect(await objects()).toEqual(before);
  }, 120_000);

  it('goes at uninstall, while the kinds, the objects and all of Azure stay', async () => {
    const [before, azure] = [await objects(), stage.portal.picture()];
    const said = await helmed('uninstall', release, '--wait', '--timeout=90s');
    expect(said).toContain('kept due to the resource policy');
    expect(await objects()).toEqual(before);
    expect(isDeepStrictEqual(stage.portal.picture(), azure)).toBe(true);
    const left = await kubectl(
      'get',
      'deploy,sa,svc,pdb,role,rolebinding',
      '-n',
      operatorNamespace,
      '-o',
      'name',
    );
    expect(left.trim()).toBe('serviceaccount/default');
    expect(await kubectl('get', 'clusterroles,clusterrolebindings', '-o', 'name')).not.toContain(release);
  }, 120_000);

  it('is installed again and goes on where it was, with nothing written to Azure', async () => {
    const before = writes();
    await helmed('install', release, chart, '--wait', '--timeout=90s');
    const operator = await stage.startOperator(['--resync-interval=1s']);
    const requested = `again-${before}`;
    await kubectl(
      '-n',
      namespace,
      'annotate',
      'apls/plant-network',
      `arcprivatelink.io/reconcile-requested-at=${requested}`,
    );
    await kubectl(
      '-n',
      namespace,
      'wait',
      'apls/plant-network',
      `--for=jsonpath={.status.lastHandledReconcileAt}=${requested}`,
      '--timeout=30s',
    );
    await kubectl('-n', namespace, 'wait', 'apls,asa', '--all', '--for=condition=Ready', '--timeout=60s');
    expect(writes()).toBe(before);
    await kubectl('delete', 'namespace', namespace, '--timeout=60s');
    await operator.stop();
  }, 120_000);

  it('takes over kinds that were applied by hand', async () => {
    await helmed('uninstall', release);
    await kubectl('delete', 'crds', '--all');
    await kubectl('apply', '-f', 'crds/');
    await expect(helmed('install', release, chart)).rejects.toThrow('cannot be imported');
    await helmed('upgrade', '--install', release, chart, '--take-ownership', '--wait', '--timeout=90s');
  }, 120_000);
});

/** What people wrote and what the operator told, with versions and times. */
async function objects(): Promise<unknown> {
  const text = await kubectl('-n', namespace, 'get', 'apls,asa,asas', '-o', 'json');
  return (JSON.parse(text) as { items: unknown[] }).items;
}

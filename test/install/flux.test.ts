import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { startFlux, type Flux } from '../world/kubernetes/flux.ts';
import { until } from '../world/until.ts';
import { credentialsSecret, startStage, type Stage } from '../world/stage.ts';

/** The shipped GitOps examples, driven by Flux's real kustomize-controller. */

const seed = readSeed('examples/quickstart-azure.yaml');
let stage: Stage;
let flux: Flux;
let repository: string;

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20 });
  flux = await startFlux(stage.cluster);
  repository = mkdtempSync(join(tmpdir(), 'repository-'));
  cpSync('examples/gitops', join(repository, 'examples/gitops'), { recursive: true });
  await stage.startOperator();
}, 120_000);
afterAll(async () => {
  await flux.stop();
  await stage.stop();
});

const kubectl = (...args: string[]): Promise<string> => stage.cluster.told(...args);
const file = (path: string): string => join(repository, 'examples/gitops', path);
const change = (path: string, edit: (text: string) => string): void =>
  writeFileSync(file(path), edit(readFileSync(file(path), 'utf8')));

interface Told {
  metadata: { uid: string; generation: number; deletionTimestamp?: string };
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
}
const told = async (what: string, namespace = 'flux-system'): Promise<Told> =>
  JSON.parse(await kubectl('-n', namespace, 'get', what, '-o', 'json')) as Told;
const ready = async (what = 'kustomization/arc-private-link', namespace = 'flux-system') =>
  (await told(what, namespace)).status?.conditions?.find(({ type }) => type === 'Ready');
/** Waits until Flux has told about the newest revision. */
async function settles(status: 'True' | 'False', reason: RegExp): Promise<string> {
  await until(
    `Flux says ${status} ${String(reason)}`,
    async () => {
      const condition = await ready();
      return condition?.status === status && reason.test(`${condition.reason} ${condition.message}`);
    },
    60_000,
    async () => `${JSON.stringify(await ready())}\n${flux.logs().slice(-3000)}`,
  );
  return (await ready())?.message ?? '';
}

describe("Flux's kustomize-controller", () => {
  it('applies the examples and waits until scope and servers are ready', async () => {
    await flux.publish(repository);
    await kubectl('apply', '-f', 'examples/gitops/flux/kustomization.yaml');
    await until('Flux waits', async () => (await ready())?.reason === 'Progressing');
    await until('the namespace is there', async () => {
      const { code } = await stage.cluster.kubectl(['get', 'namespace', 'arc']);
      return code === 0;
    });
    await stage.cluster.apply(credentialsSecret('arc', seed));
    await settles('True', /ReconciliationSucceeded .*main@sha1:0+1/);
    expect((await ready('asa/plant-servers', 'arc'))?.status).toBe('True');
    expect((await ready('apls/plant-network', 'arc'))?.status).toBe('True');
  }, 120_000);

  it('sees no drift, because the operator owns no field of a spec', async () => {
    const before = await told('apls/plant-network', 'arc');
    const managed = await kubectl('-n', 'arc', 'get', 'apls,asa', '-o', 'json', '--show-managed-fields');
    const { items } = JSON.parse(managed) as {
      items: { metadata: { managedFields: { manager: string; fieldsV1: Record<string, unknown> }[] } }[];
    };
    const own = items.flatMap(({ metadata }) =>
      metadata.managedFields.filter(({ manager }) => manager === 'arc-private-link-operator'),
    );
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ fieldsV1 }) => 'f:spec' in fieldsV1)).toEqual([]);
    expect(own.map(({ fieldsV1 }) => Object.keys(fieldsV1['f:metadata'] ?? {}))).not.toContainEqual(
      expect.arrayContaining(['f:labels']),
    );
    const diff = await stage.cluster.kubectl([
      'diff',
      '--server-side',
      // Another manager: what Flux would change beside its own labels is what anyone would.
      '--field-manager=drift',
      '-k',
      'examples/gitops/overlays/production',
    ]);
    expect(diff).toMatchObject({ code: 0, stdout: '' });
    expect((await told('apls/plant-network', 'arc')).metadata.generation).toBe(before.metadata.generation);
  }, 60_000);

  it('waits for the scope alone with healthChecks', async () => {
    await kubectl('apply', '-f', 'examples/gitops/flux/health-checks.yaml');
    change('overlays/production/kustomization.yaml', (text) =>
      text.replace('cost-center: plant', 'cost-center: works'),
    );
    await flux.publish(repository);
    await settles('True', /ReconciliationSucceeded .*main@sha1:0+2/);
    expect((await ready('apls/plant-network', 'arc'))?.status).toBe('True');
    await kubectl('apply', '-f', 'examples/gitops/flux/kustomization.yaml');
  }, 90_000);

  it('is refused a change of an immutable field, and the live scope is not touched', async () => {
    const [{ metadata: before }, deletions] = [await told('apls/plant-network', 'arc'), deleted()];
    change('base/scope.yaml', (text) => text.replace('location: westeurope', 'location: northeurope'));
    await flux.publish(repository);
    const message = await settles('False', /ReconciliationFailed|immutable|cannot be changed/);
    expect(message).toContain('location cannot be changed later');
    const { metadata: after } = await told('apls/plant-network', 'arc');
    expect(after).toMatchObject({ uid: before.uid, generation: before.generation });
    expect(deleted()).toBe(deletions);
    change('base/scope.yaml', (text) => text.replace('location: northeurope', 'location: westeurope'));
    await flux.publish(repository);
    await settles('True', /ReconciliationSucceeded .*main@sha1:0+4/);
  }, 120_000);

  it('does not get the live scope deleted by force: true, because it is protected', async () => {
    const { metadata: before } = await told('apls/plant-network', 'arc');
    const forced = readFileSync('examples/gitops/flux/kustomization.yaml', 'utf8').replace(
      'force: false',
      'force: true',
    );
    await stage.cluster.apply(forced);
    change('base/scope.yaml', (text) => text.replace('location: westeurope', 'location: northeurope'));
    await flux.publish(repository);
    expect(await settles('False', /ReconciliationFailed|protected/)).toContain(
      'plant-network is protected: its deletion would take its servers off the private network',
    );
    const { metadata: after } = await told('apls/plant-network', 'arc');
    expect(after.uid).toBe(before.uid);
    expect(after.deletionTimestamp).toBeUndefined();
    change('base/scope.yaml', (text) => text.replace('location: northeurope', 'location: westeurope'));
    await flux.publish(repository);
    await kubectl('apply', '-f', 'examples/gitops/flux/kustomization.yaml');
    await settles('True', /ReconciliationSucceeded .*main@sha1:0+6/);
  }, 120_000);

  it('takes an association away when its file goes, and keeps the scope whose file goes', async () => {
    for (const name of ['association.yaml', 'scope.yaml']) {
      rmSync(file(`base/${name}`));
      change('base/kustomization.yaml', (text) => text.replace(`  - ${name}\n`, ''));
    }
    change('overlays/production/kustomization.yaml', (text) => text.split('patches:')[0] ?? '');
    await flux.publish(repository);
    await settles('True', /ReconciliationSucceeded .*main@sha1:0+7/);
    await kubectl('-n', 'arc', 'wait', '--for=delete', 'asa/plant-servers', '--timeout=60s');
    const { metadata } = await told('apls/plant-network', 'arc');
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(stage.portal.picture()).not.toEqual({});
  }, 120_000);

  it('leaves namespace and scope when the whole Kustomization is deleted', async () => {
    await kubectl('-n', 'flux-system', 'delete', 'kustomization/arc-private-link', '--timeout=60s');
    expect((await told('apls/plant-network', 'arc')).metadata.deletionTimestamp).toBeUndefined();
    expect(await kubectl('get', 'namespace', 'arc', '-o', 'jsonpath={.status.phase}')).toBe('Active');
  }, 90_000);
});

const deleted = (): number => stage.world.exchanges.filter(({ method }) => method === 'DELETE').length;

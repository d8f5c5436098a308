import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { readSeed } from '../world/azure/seed.ts';
import { parseManifests } from '../world/kubernetes/service-account.ts';
import { installTools } from '../world/kubernetes/tools.ts';
import { until } from '../world/until.ts';
import { run, type CommandResult } from '../world/run.ts';
import { credentialsSecret, startStage, type Stage } from '../world/stage.ts';

/** The staging overlay with kapply (SIG CLI's cli-utils), which waits and prunes by the real kstatus. */

const seed = readSeed('examples/quickstart-azure.yaml');
let stage: Stage;
let folder: string;
let before: unknown;
beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20 });
  before = stage.portal.picture();
  await stage.startOperator();
  folder = mkdtempSync(join(tmpdir(), 'kapply-'));
  const rendered = await stage.cluster.kubectl(['kustomize', 'examples/gitops/overlays/staging']);
  for (const manifest of parseManifests(rendered.stdout)) {
    writeFileSync(join(folder, `${manifest.kind}.yaml`), stringify(manifest));
  }
}, 120_000);
afterAll(() => stage.stop());

const kapply = async (...args: string[]): Promise<CommandResult> => {
  const { kapply: program } = await installTools();
  return await run(program, args, { environment: { KUBECONFIG: stage.cluster.kubeconfig } });
};

describe('kapply', () => {
  it('applies the example and waits until kstatus says that all of it is current', async () => {
    expect(await kapply('init', folder, '--namespace=default')).toMatchObject({ code: 0 });
    const applying = kapply('apply', folder, '--reconcile-timeout=90s');
    await until('the namespace is there', async () => {
      const { code } = await stage.cluster.kubectl(['get', 'namespace', 'arc']);
      return code === 0;
    });
    await stage.cluster.apply(credentialsSecret('arc', seed));
    const result = await applying;
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(
      /arcserverassociation\.arcprivatelink\.io\/plant-servers reconcile successful/,
    );
    expect(result.stdout).toMatch(
      /arcprivatelinkscope\.arcprivatelink\.io\/plant-network reconcile successful/,
    );
    const status = await kapply('status', folder, '--poll-until=current', '--timeout=10s');
    expect(status.stdout).toMatch(/plant-servers is Current/);
  }, 150_000);

  it('prunes an association whose file has gone, and its servers are released', async () => {
    rmSync(join(folder, 'ArcServerAssociation.yaml'));
    const result = await kapply('apply', folder, '--reconcile-timeout=60s', '--prune-timeout=60s');
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/plant-servers prune successful/);
    const left = await stage.cluster.kubectl(['-n', 'arc', 'get', 'asa', '-o', 'name']);
    expect(left.stdout).toBe('');
  }, 150_000);

  it('destroys the rest, and Azure is as it was before', async () => {
    const result = await kapply('destroy', folder, '--delete-timeout=60s');
    expect(result).toMatchObject({ code: 0 });
    expect((await stage.cluster.kubectl(['get', 'namespace', 'arc'])).code).not.toBe(0);
    expect(isDeepStrictEqual(stage.portal.picture(), before)).toBe(true);
  }, 150_000);
});

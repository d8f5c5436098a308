import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { kubernetesBinaries } from '../world/kubernetes/binaries.ts';
import { installTools } from '../world/kubernetes/tools.ts';
import { startWorkers, type Workers } from '../world/kubernetes/workers.ts';
import { run, type CommandResult } from '../world/run.ts';
import type { OperatorProcess } from '../world/operator.ts';
import { startStage, type Stage } from '../world/stage.ts';

/** The pages as a newcomer types them: every `sh` block is run, in its order, against a cluster and the simulated Azure. */

const seed = readSeed('examples/quickstart-azure.yaml');
let stage: Stage;
let workers: Workers | undefined;
let environment: NodeJS.ProcessEnv;
let operator: OperatorProcess | undefined;

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20, bare: true });
  workers = await startWorkers(stage.cluster);
  const [binaries, tools] = [await kubernetesBinaries(), await installTools()];
  const [application] = seed.applications;
  environment = {
    PATH: [dirname(binaries.kubectl), dirname(tools.helm), process.env['PATH']].join(delimiter),
    KUBECONFIG: stage.cluster.kubeconfig,
    EDITOR: 'true',
    AZURE_TENANT_ID: seed.tenantId,
    AZURE_CLIENT_ID: application?.clientId,
    AZURE_CLIENT_SECRET: application?.clientSecret,
  };
}, 120_000);
afterAll(async () => {
  await workers?.stop();
  await stage.stop();
}, 30_000);

const blocks = (page: string): string[] =>
  [...readFileSync(`docs/${page}`, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

const typed = (block: string): Promise<CommandResult> =>
  run('bash', ['-euo', 'pipefail', '-c', block], { environment });

/** Types a page's blocks; the Pods of this cluster only look alive, so the operator starts where its Deployment does. */
async function typedPage(page: string): Promise<string> {
  let output = '';
  for (const block of blocks(page)) {
    // Another way to install starts with a cluster that has not seen the one before.
    if (block.includes('-k deploy')) await typed('kubectl delete crds --all');
    const result = await typed(block);
    expect({ block, ...result }).toEqual({ block, stdout: result.stdout, stderr: result.stderr, code: 0 });
    output += result.stdout;
    if (/helm upgrade --install|apply .*-k deploy/.test(block)) operator ??= await stage.startOperator();
    if (/helm uninstall|delete deployment/.test(block)) {
      await operator?.stop();
      operator = undefined;
    }
  }
  return output;
}

const placeholders: [RegExp, string][] = [
  [/OPERATOR_NAMESPACE/g, 'arc-private-link-system'],
  [/NAMESPACE/g, 'arc-demo'],
  [/SERVICEACCOUNT|OPERATOR\b/g, 'arc-private-link-operator'],
  [/\b(apls[ /])(NAME|SCOPE)\b/g, '$1plant-network'],
  [/\b(asa[ /])(NAME|ASSOCIATION)\b/g, '$1plant-servers'],
  [/\bconfigmap CONFIGMAP\b/g, 'configmap taken'],
  [/\bsecret SECRET\b/g, 'secret arc-private-link-credentials'],
  [/\bgeneric SECRET\b/g, 'generic another'],
  [/\bserviceaccount ACCOUNT\b/g, 'serviceaccount another'],
  [/COUNT\b/g, '1'],
];

/**
 * A page's kubectl lines with the names of the quickstart in the place of capitals. What changes something is tried only,
 * and an editor that changes nothing opens; `logs` needs a kubelet.
 */
function kubectlLines(page: string): string[] {
  const lines = readFileSync(page, 'utf8').match(/^kubectl .*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(3);
  return [...new Set(lines)]
    .filter((line) => !/ logs /.test(line))
    .map((line) => placeholders.reduce((text, [from, to]) => text.replace(from, to), line))
    .map((line) => line.replace(/ create (secret|serviceaccount) /, ' create --dry-run=client $1 '))
    .map((line) => line.replace(/ (patch|annotate|delete) /, ' $1 --dry-run=server '));
}

describe('what the pages say to type works', () => {
  it('getting-started.md, from the installation to an Azure that is as it was', async () => {
    const before = stage.portal.picture();
    const output = await typedPage('getting-started.md');
    expect(output).toMatch(/plant-network +westeurope +Disabled +2\/2 +8 +True +Ready/);
    expect(output).toMatch(/Propagated\t\/subscriptions\//);
    expect(stage.portal.picture()).toEqual(before);
  }, 180_000);

  it('status.md, gitops.md, the runbook and the README, with the quickstart applied', async () => {
    await stage.createNamespace('arc-demo');
    expect(await typed('kubectl apply -f examples/quickstart.yaml')).toMatchObject({ code: 0 });
    expect(await typedPage('status.md')).toMatch(/InOtherScope\t.*shared-historian/);
    await typedPage('gitops.md');
    expect(await typed('kubectl -n arc-demo create configmap taken')).toMatchObject({ code: 0 });
    for (const command of [...kubectlLines('README.md'), ...kubectlLines('docs/runbook.md')]) {
      const result = await typed(command);
      expect({ command, ...result }).toEqual({ ...result, command, code: 0 });
    }
    expect(await typed('kubectl delete namespace arc-demo --timeout=60s')).toMatchObject({ code: 0 });
  }, 180_000);

  it('install.md: Helm, upgrade, rollback, uninstall, then Kustomize', async () => {
    await operator?.stop();
    operator = undefined;
    await typedPage('install.md');
    expect(await typed('kubectl get crds -o name')).toMatchObject({ code: 0 });
  }, 180_000);
});

describe('the pages', () => {
  const pages = readdirSync('docs').filter((file) => file.endsWith('.md'));

  it.each([...pages.map((page) => `docs/${page}`), 'README.md', 'CONTRIBUTING.md'])(
    'link only to what exists: %s',
    (page) => {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|<)([^)#\s]+)/g)].map(
        ([, to]) => to ?? '',
      );
      expect(links.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
    },
  );

  it('are all in the index', () => {
    const index = readFileSync('docs/README.md', 'utf8');
    expect(pages.filter((page) => page !== 'README.md' && !index.includes(`(${page})`))).toEqual([]);
  });

  it('name only targets that the Makefile has', () => {
    const makefile = readFileSync('Makefile', 'utf8');
    const texts = [...pages.map((page) => `docs/${page}`), 'README.md', 'CONTRIBUTING.md'].map((page) =>
      readFileSync(page, 'utf8'),
    );
    const targets = new Set(
      texts.flatMap((text) => [...text.matchAll(/(?:`|^)make ([a-z-]+)/gm)].map(([, name]) => name ?? '')),
    );
    const known = [...targets].filter((name) =>
      new RegExp(`^([a-z -]+ )?${name}( [a-z -]+)?:`, 'm').test(makefile),
    );
    expect(known.sort()).toEqual([...targets].sort());
  });
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installTools } from './tools.ts';
import { operatorNamespace } from './service-account.ts';
import { run, succeed, type CommandResult } from '../run.ts';

/** The real Helm, with an empty home of its own. */

export const chart = 'charts/arc-private-link-operator';
const release = 'arc-private-link-operator';

export type Helm = (args: readonly string[]) => Promise<CommandResult>;

/** Helm against a cluster; without a kubeconfig, for rendering only. */
export async function helm(kubeconfig?: string): Promise<Helm> {
  const { helm: program } = await installTools();
  const environment = environmentOf(kubeconfig);
  return (args) => run(program, args, { environment });
}

/** `helm template` of the chart with the values of `ci/<profile>-values.yaml`, without the kinds (crds/ has them). */
export async function renderProfile(profile: string): Promise<string> {
  const text = await renderChart(['--values', `${chart}/ci/${profile}-values.yaml`]);
  const documents = text.split(/^---\n/m).filter((document) => document.trim() !== '');
  const kept = documents.filter((document) => !document.includes('\nkind: CustomResourceDefinition\n'));
  return kept.map((document) => `---\n${document}`).join('');
}

/** The whole of what Helm makes of the chart; throws with Helm's words when it refuses. */
export async function renderChart(args: readonly string[] = []): Promise<string> {
  const { helm: program } = await installTools();
  const all = ['template', release, chart, '--namespace', operatorNamespace, ...args];
  return await succeed(program, all, { environment: environmentOf() });
}

function environmentOf(kubeconfig?: string): NodeJS.ProcessEnv {
  const home = mkdtempSync(join(tmpdir(), 'helm-'));
  return {
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
    KUBECONFIG: kubeconfig ?? join(home, 'none'),
  };
}

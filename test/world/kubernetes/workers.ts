import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cluster } from './cluster.ts';
import { installTools } from './tools.ts';
import { keep, kill } from '../child.ts';

/** A node whose Pods look alive: the real scheduler places them, kwok (kwok.sigs.k8s.io) answers for the kubelet. */

export interface Workers {
  stop(): Promise<void>;
}

const stages = fileURLToPath(new URL('stages.yaml', import.meta.url));

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'node-1',
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': 'node-1' },
  },
  status: {
    allocatable: { cpu: '8', memory: '16Gi', pods: '100' },
    capacity: { cpu: '8', memory: '16Gi', pods: '100' },
  },
};

/** Starts both and waits until the node is ready. */
export async function startWorkers(cluster: Cluster): Promise<Workers> {
  const tools = await installTools();
  const kubeconfig = `--kubeconfig=${cluster.kubeconfig}`;
  const children = [
    start(tools.kwok, [kubeconfig, `--config=${stages}`, '--manage-all-nodes=true', '--node-ip=127.0.0.1']),
    start(tools['kube-scheduler'], [
      kubeconfig,
      `--authentication-kubeconfig=${cluster.kubeconfig}`,
      `--authorization-kubeconfig=${cluster.kubeconfig}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--secure-port=0',
    ]),
  ];
  await cluster.apply(JSON.stringify(node));
  await cluster.told('wait', 'node/node-1', '--for=condition=Ready', '--timeout=60s');
  await untainted(cluster);
  return { stop: () => Promise.all(children.map(kill)).then(() => {}) };
}

/** The taint of a node that was not ready yet is the node lifecycle controller's to remove, which does not run here. */
async function untainted(cluster: Cluster): Promise<void> {
  await cluster.kubectl(['taint', 'node', 'node-1', 'node.kubernetes.io/not-ready:NoSchedule-']);
}

function start(program: string, args: readonly string[]): ChildProcess {
  return keep(spawn(program, args, { stdio: 'ignore' }));
}

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { Cluster } from './cluster.ts';

/** The operator's place in a cluster as the chart makes it: its ServiceAccount with exactly the chart's rights. */

export const operatorNamespace = 'arc-private-link-system';
export const operatorUser = `system:serviceaccount:${operatorNamespace}:arc-private-link-operator`;

const applied = new Set([
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  [field: string]: unknown;
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** What `helm template` made of a profile of the chart; the golden files are held to it by test/install. */
export function goldenChart(profile: string): Manifest[] {
  return parseManifests(readFileSync(`test/golden/chart/${profile}.yaml`, 'utf8'));
}

/**
 * Applies a profile's ServiceAccount, rights and deletion protection, with the namespaces that they need, and gives the path of a kubeconfig
 * that has nothing but that ServiceAccount's token.
 */
export async function chartIdentity(cluster: Cluster, profile = 'default'): Promise<string> {
  const manifests = goldenChart(profile).filter(({ kind }) => applied.has(kind));
  const namespaces = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const name of namespaces) {
    await cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`);
  }
  await cluster.apply(manifests.map((manifest) => stringify(manifest)).join('---\n'));
  return await tokenKubeconfig(cluster, operatorNamespace, 'arc-private-link-operator');
}

/** A kubeconfig for a ServiceAccount of the cluster. */
export async function tokenKubeconfig(cluster: Cluster, namespace: string, name: string): Promise<string> {
  const token = await cluster.kubectl(['-n', namespace, 'create', 'token', name, '--duration=12h']);
  if (token.code !== 0) throw new Error(token.stderr);
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8')) as {
    users: { name: string; user: object }[];
  };
  const users = config.users.map((user) => ({ ...user, user: { token: token.stdout.trim() } }));
  const path = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'kubeconfig');
  writeFileSync(path, stringify({ ...config, users }), { mode: 0o600 });
  return path;
}

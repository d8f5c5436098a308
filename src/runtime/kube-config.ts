import { KubeConfig } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';

/**
 * The cluster and the user of the current context: of the kubeconfig files named, separated as PATH is and merged as
 * kubectl does it, or of the cluster that the process runs in when none is named. Throws a plain error, to be told as
 * one sentence, when there is no such cluster.
 */
export function loadKubeConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromOptions(merged(filesOf(kubeconfig).map(readKubeConfig)));
  if (!config.getCurrentCluster()) throw new Error('the kubeconfig has no current cluster');
  return config;
}

/** Files that do not exist are passed over where others do, as kubectl does. */
function filesOf(kubeconfig: string): string[] {
  const named = kubeconfig.split(delimiter).filter((path) => path !== '');
  const existing = named.filter((path) => existsSync(path));
  return existing.length === 0 ? named : existing;
}

/** Relative paths inside a file are relative to that file. */
function readKubeConfig(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

/**
 * "The first file to set a particular value or map key wins" (kubernetes.io, Organizing Cluster Access Using kubeconfig
 * Files). The library's own `mergeConfig` throws on a repeated name and lets the last current context win.
 */
function merged(
  configs: readonly KubeConfig[],
): Pick<KubeConfig, 'clusters' | 'users' | 'contexts' | 'currentContext'> {
  return {
    clusters: firstOfEachName(configs.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(configs.flatMap(({ users }) => users)),
    contexts: firstOfEachName(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean) ?? '',
  };
}

function firstOfEachName<T extends { name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

import { readFileSync } from 'node:fs';
import {
  bindAddress,
  boolean,
  cidrs,
  duration,
  integer,
  labelSelector,
  namespaceName,
  namespaces,
  oneOf,
  readFlags,
  subscriptions,
  UsageError,
  type BindAddress,
  type Environment,
  type FlagName,
  type FlagValues,
} from './flags.ts';
import { ownIdentity, type OwnIdentity } from './own-identity.ts';
import type { Cidrs } from './base/cidrs.ts';
import type { CloudName } from './base/cloud-name.ts';
import type { LabelSelector } from './base/label-selector.ts';
import type { LogLevel } from './base/log.ts';

/** Everything that flags and environment decide, checked once; nothing else in the operator reads either. */
export interface Config {
  /** Paths of kubeconfig files, separated by `:`; undefined means the cluster the operator runs in. */
  kubeconfig: string | undefined;
  /** Empty means all. */
  watchNamespaces: readonly string[];
  /** The objects that this operator works on; it watches all of them. */
  watchLabelSelector: LabelSelector;
  resyncIntervalMs: number;
  machinePollIntervalMs: number;
  propagationWindowMs: number;
  stallAfterMs: number;
  /** Empty means the uid of namespace kube-system. */
  ownerId: string;
  /** Namespaces whose objects may use the operator's own identity; `*` stands for all. */
  operatorIdentityNamespaces: readonly string[];
  /** In lower case; empty allows all. */
  allowedSubscriptions: readonly string[];
  /** Where resolvers may lie that are asked. */
  allowedResolverCidrs: Cidrs;
  managementPolicy: 'Manage' | 'Observe';
  maxConcurrentReconciles: number;
  leaderElect: boolean;
  leaderElectionNamespace: string;
  metricsBindAddress: BindAddress | undefined;
  healthProbeBindAddress: BindAddress | undefined;
  logLevel: LogLevel;
  logFormat: 'json' | 'text';
  azure: AzureEnvironment;
  /** With its secrets: for the connection to Azure and for nothing else. */
  ownIdentity: OwnIdentity;
  version: boolean;
  help: boolean;
}

/** Where Azure is, by the names that @azure/identity and Azure Service Operator use. */
export interface AzureEnvironment {
  cloud: CloudName;
  authorityHost: string | undefined;
  resourceManagerEndpoint: string | undefined;
  resourceManagerAudience: string | undefined;
}

/** The process's own environment: the only place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

const serviceAccountNamespace = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Throws a `UsageError` whose message is one sentence that names the flag or variable. */
export function readConfig(args: readonly string[], environment: Environment): Config {
  const values = readFlags(args, environment);
  const ownNamespace = environment['POD_NAMESPACE'] ?? namespaceOfPod();
  return {
    ...timing(values),
    ...serving(values),
    ...election(values, ownNamespace),
    kubeconfig: values.kubeconfig || environment['KUBECONFIG'] || undefined,
    watchNamespaces: watched(namespaces('watch-namespaces', text(values, 'watch-namespaces'))),
    watchLabelSelector: labelSelector('watch-label-selector', text(values, 'watch-label-selector')),
    ownerId: ownerId(text(values, 'owner-id')),
    operatorIdentityNamespaces: identityNamespaces(values, ownNamespace),
    allowedSubscriptions: subscriptions('allowed-subscriptions', text(values, 'allowed-subscriptions')),
    allowedResolverCidrs: cidrs('allowed-resolver-cidrs', text(values, 'allowed-resolver-cidrs')),
    managementPolicy: oneOf('management-policy', text(values, 'management-policy'), ['Manage', 'Observe']),
    azure: azureEnvironment(values, environment),
    ownIdentity: ownIdentity(environment),
    version: boolean('version', text(values, 'version')),
    help: boolean('help', text(values, 'help')),
  };
}

function text(values: FlagValues, name: FlagName): string {
  return values[name] ?? '';
}

/** `*` says all, as it does in the other flags; so does none. */
function watched(names: readonly string[]): readonly string[] {
  return names.includes('*') ? [] : names;
}

function timing(values: FlagValues) {
  const of = (name: FlagName): number => duration(name, text(values, name));
  return {
    resyncIntervalMs: of('resync-interval'),
    machinePollIntervalMs: of('machine-poll-interval'),
    propagationWindowMs: of('propagation-window'),
    stallAfterMs: of('stall-after'),
  };
}

function serving(values: FlagValues) {
  const address = (name: FlagName): BindAddress | undefined => bindAddress(name, text(values, name));
  return {
    metricsBindAddress: address('metrics-bind-address'),
    healthProbeBindAddress: address('health-probe-bind-address'),
    logLevel: oneOf('log-level', text(values, 'log-level'), ['debug', 'info', 'warn', 'error']),
    logFormat: oneOf('log-format', text(values, 'log-format'), ['json', 'text']),
    maxConcurrentReconciles: integer(
      'max-concurrent-reconciles',
      text(values, 'max-concurrent-reconciles'),
      1,
      100,
    ),
  };
}

function election(values: FlagValues, ownNamespace: string | undefined) {
  const namespace = namespaceName('leader-election-namespace', text(values, 'leader-election-namespace'));
  return {
    leaderElect: boolean('leader-elect', text(values, 'leader-elect')),
    leaderElectionNamespace: namespace || ownNamespace || 'default',
  };
}

function identityNamespaces(values: FlagValues, ownNamespace: string | undefined): readonly string[] {
  const given = values['operator-identity-namespaces'];
  if (given !== undefined) return namespaces('operator-identity-namespaces', given);
  return ownNamespace === undefined ? [] : [ownNamespace];
}

/** It stands in tags and is followed by `/<namespace>/<name>`. */
function ownerId(value: string): string {
  if (/^[A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  throw new UsageError(
    `--owner-id: "${value}" is not at most 63 letters, digits, dots, dashes and underscores.`,
  );
}

function azureEnvironment(values: FlagValues, environment: Environment): AzureEnvironment {
  const clouds = ['AzurePublic', 'AzureUSGovernment', 'AzureChina'] as const;
  return {
    cloud: oneOf('azure-cloud', text(values, 'azure-cloud'), clouds),
    authorityHost: httpsUrl('AZURE_AUTHORITY_HOST', environment),
    resourceManagerEndpoint: httpsUrl('AZURE_RESOURCE_MANAGER_ENDPOINT', environment),
    resourceManagerAudience: environment['AZURE_RESOURCE_MANAGER_AUDIENCE'],
  };
}

/** Tokens are sent there: nothing but HTTPS will do. */
function httpsUrl(name: string, environment: Environment): string | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  if (URL.canParse(value) && new URL(value).protocol === 'https:') return value;
  throw new UsageError(`${name}: "${value}" is not an https:// address.`);
}

function namespaceOfPod(): string | undefined {
  try {
    return readFileSync(serviceAccountNamespace, 'utf8').trim();
  } catch {
    // Not in a Pod: there is no own namespace, and the flags must say what matters.
    return undefined;
  }
}

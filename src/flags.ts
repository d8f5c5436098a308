import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { parseCidrs, privateNetworks, sharedNetwork, type Cidrs } from './base/cidrs.ts';
import { parseLabelSelector, type LabelSelector } from './base/label-selector.ts';

/**
 * The command line as a table. Every flag is also an environment variable, `--watch-namespaces` being
 * `ARC_PRIVATE_LINK_WATCH_NAMESPACES`; the flag wins.
 */

/** A wrong flag or environment variable: one sentence; the process ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Flag {
  /** As it would be typed; undefined when the flag has no default. */
  default?: string;
  /** What it does, for `--help`. */
  help: string;
  kind?: 'boolean';
}

export const flags = {
  kubeconfig: {
    help: 'kubeconfig file, or several separated by ":"; else KUBECONFIG, else the cluster it runs in',
  },
  'watch-namespaces': { default: '', help: 'comma-separated namespaces to watch; empty or * watches all' },
  'watch-label-selector': {
    default: '',
    help: 'label selector of the objects that this operator works on, where several share a fleet; empty is all',
  },
  'resync-interval': { default: '15m', help: 'how often a settled object is compared with Azure' },
  'machine-poll-interval': { default: '5m', help: 'how often the servers of a subscription are listed' },
  'propagation-window': { default: '15m', help: 'how long a scope may take to accept a new server' },
  'stall-after': { default: '10m', help: 'when a wait that a person may have to end is shown as Stalled' },
  'owner-id': {
    default: '',
    help: 'this cluster in ownership tags; empty is the uid of namespace kube-system',
  },
  'operator-identity-namespaces': {
    help: "comma-separated namespaces that may use the operator's own identity, * for all; its own when absent",
  },
  'allowed-subscriptions': {
    default: '',
    help: 'comma-separated subscriptions in which the operator may act; empty allows all',
  },
  'allowed-resolver-cidrs': {
    default: [...privateNetworks, sharedNetwork, 'fc00::/7'].join(','),
    help: 'ranges in which resolvers may lie that dnsVerification asks',
  },
  'management-policy': {
    default: 'Manage',
    help: 'Observe makes every object observed: nothing is written to Azure, whatever its spec says',
  },
  'max-concurrent-reconciles': {
    default: '4',
    help: 'objects of a kind that are reconciled at the same time',
  },
  'leader-elect': { default: 'true', kind: 'boolean', help: 'reconcile only while holding the Lease' },
  'leader-election-namespace': {
    default: '',
    help: 'namespace of the Lease; empty is where the operator runs',
  },
  'azure-cloud': { default: 'AzurePublic', help: 'AzurePublic, AzureUSGovernment or AzureChina' },
  'metrics-bind-address': { default: ':8080', help: 'where /metrics is served; 0 turns it off' },
  'health-probe-bind-address': {
    default: ':8081',
    help: 'where /healthz and /readyz are served; 0 turns it off',
  },
  'log-level': { default: 'info', help: 'debug, info, warn or error' },
  'log-format': { default: 'json', help: 'json or text' },
  version: { default: 'false', kind: 'boolean', help: 'print the version and exit' },
  help: { default: 'false', kind: 'boolean', help: 'print this text and exit' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

/** The value given for each flag, the default where none was; undefined only for flags without a default. */
export type FlagValues = Record<FlagName, string | undefined>;

export type Environment = Record<string, string | undefined>;

const names = Object.keys(flags) as FlagName[];

export function variableOf(name: FlagName): string {
  return `ARC_PRIVATE_LINK_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Reads the flags; throws a `UsageError` for an unknown one. Values are not looked at yet. */
export function readFlags(args: readonly string[], environment: Environment): FlagValues {
  const given = parse(args);
  const entries = names.map((name) => {
    const flag: Flag = flags[name];
    return [name, given[name] ?? environment[variableOf(name)] ?? flag.default];
  });
  return Object.fromEntries(entries) as FlagValues;
}

function parse(args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: args.map(explicitBoolean), options, allowPositionals: false }).values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${text.split(/[.\n]/)[0]}; --help lists the flags.`);
  }
}

/** `--leader-elect` alone means true, as users of other operators expect. */
function explicitBoolean(argument: string): string {
  const flag = (flags as Record<string, Flag>)[argument.replace(/^--/, '')];
  return argument.startsWith('--') && flag?.kind === 'boolean' ? `${argument}=true` : argument;
}

export function helpText(): string {
  const lines = names.map((name) => {
    const flag: Flag = flags[name];
    const value = flag.default ? ` (default ${flag.default})` : '';
    return `  --${name.padEnd(30)} ${flag.help}${value}`;
  });
  return [
    'arc-private-link-operator: Azure Arc Private Link from Kubernetes objects.',
    '',
    ...lines,
    '',
  ].join('\n');
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `15m`, `1h30m`, `500ms` in milliseconds, as Go writes durations. */
export function duration(name: FlagName, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const milliseconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
  if (parts.map(([part]) => part).join('') === text && milliseconds > 0) return milliseconds;
  throw new UsageError(`--${name}: "${text}" is not a duration such as 30s, 15m or 1h.`);
}

export function integer(name: FlagName, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`--${name}: "${text}" is not a whole number from ${least} to ${most}.`);
}

export function boolean(name: FlagName, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new UsageError(`--${name}: "${text}" is neither true nor false.`);
}

export function oneOf<T extends string>(name: FlagName, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name}: "${text}" is none of ${choices.join(', ')}.`);
}

/** Names of namespaces, without blanks or repeats; `*` stands for all. */
export function namespaces(name: FlagName, text: string): string[] {
  const parts = [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== '');
  return parts.map((part) => (part === '*' ? part : namespaceName(name, part)));
}

/** One name of a namespace, or nothing. */
export function namespaceName(name: FlagName, text: string): string {
  if (/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/.test(text)) return text;
  throw new UsageError(`--${name}: "${text}" is not the name of a namespace.`);
}

/** A label selector; empty selects everything. */
export function labelSelector(name: FlagName, text: string): LabelSelector {
  const selector = parseLabelSelector(text);
  if (selector !== undefined) return selector;
  throw new UsageError(`--${name}: "${text}" is not a label selector such as team=a or shard in (a,b).`);
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Ids of subscriptions in lower case, without blanks or repeats. */
export function subscriptions(name: FlagName, text: string): string[] {
  const parts = [...new Set(text.split(',').map((part) => part.trim().toLowerCase()))];
  const given = parts.filter((part) => part !== '');
  const wrong = given.find((part) => !guid.test(part));
  if (wrong !== undefined) throw new UsageError(`--${name}: "${wrong}" is not the id of a subscription.`);
  return given;
}

/** Ranges of addresses. */
export function cidrs(name: FlagName, text: string): Cidrs {
  const ranges = parseCidrs(text);
  if (ranges !== undefined) return ranges;
  throw new UsageError(`--${name}: "${text}" is not a list of ranges such as 10.0.0.0/8,fc00::/7.`);
}

/** Where to listen, or undefined for `0`, which turns a server off. */
export interface BindAddress {
  host: string | undefined;
  port: number;
}

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`, or `0` for off. Port 0 takes any free one. */
export function bindAddress(name: FlagName, text: string): BindAddress | undefined {
  if (text === '0') return undefined;
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const known = bare === '' || bare === 'localhost' || isIP(bare) !== 0;
  if (port === '' || Number(port) > 65_535 || !known) {
    throw new UsageError(`--${name}: "${text}" is not an address such as :8080, 127.0.0.1:8080 or 0.`);
  }
  return { host: bare === '' ? undefined : bare, port: Number(port) };
}

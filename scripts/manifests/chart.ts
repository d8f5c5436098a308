import { parse } from 'yaml';

/** What of the Helm chart is generated from `values.yaml`: its JSON schema and the table of its README. */

/** A value that a user can set: a key of values.yaml with a `# --` comment. */
export interface ChartValue {
  /** Dotted, e.g. `image.repository`. */
  path: string;
  description: string;
  default: unknown;
}

/** Every documented value, in the file's order; throws for a key that nobody described. */
export function chartValues(text: string): ChartValue[] {
  const tree: unknown = parse(text);
  const parents: { indent: number; key: string }[] = [];
  const values: ChartValue[] = [];
  let description: string | undefined;
  /** The lines below a documented key belong to its default. */
  let leaf = Infinity;
  for (const line of text.split('\n')) {
    const comment = /^\s*# -- (.*)$/.exec(line);
    const [, space = '', key] = /^(\s*)(\w+):/.exec(line) ?? [];
    if (comment) description = comment[1];
    if (key === undefined || (space.length > leaf && !comment)) continue;
    while ((parents.at(-1)?.indent ?? -1) >= space.length) parents.pop();
    const path = [...parents.map((parent) => parent.key), key];
    leaf = Infinity;
    if (description === undefined) {
      parents.push({ indent: space.length, key });
      if (!isGroup(at(tree, path))) throw new Error(`values.yaml: ${path.join('.')} has no "# --" comment`);
      continue;
    }
    leaf = space.length;
    values.push({ path: path.join('.'), description, default: at(tree, path) });
    description = undefined;
  }
  return values;
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown> | null)?.[key], tree);
}

const duration = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$' };
const port = { type: 'integer', minimum: 1, maximum: 65_535 };
const namespace = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';
const httpsUrl = { type: 'string', pattern: '^(https://.+)?$' };
const seconds = { type: 'integer', minimum: 0 };
const objects = { type: 'array', items: { type: 'object' } };
const percentOrCount = {
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '^[0-9]+%$' },
  ],
};

/** What the type of the default does not say. */
const constraints: Record<string, object> = {
  replicaCount: { type: 'integer', minimum: 0 },
  'image.repository': { type: 'string', minLength: 1 },
  'image.digest': { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': { enum: ['Always', 'IfNotPresent', 'Never'] },
  imagePullSecrets: objects,
  'azure.cloud': { enum: ['AzurePublic', 'AzureUSGovernment', 'AzureChina'] },
  'azure.authorityHost': httpsUrl,
  'azure.resourceManagerEndpoint': httpsUrl,
  watchNamespaces: { type: 'array', uniqueItems: true, items: { type: 'string', pattern: namespace } },
  operatorIdentityNamespaces: {
    type: ['array', 'null'],
    items: { type: 'string', pattern: `${namespace}|^\\*$` },
  },
  resyncInterval: duration,
  machinePollInterval: duration,
  propagationWindow: duration,
  stallAfter: duration,
  ownerId: { type: 'string', pattern: '^[A-Za-z0-9._-]{0,63}$' },
  allowedSubscriptions: {
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', pattern: '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$' },
  },
  managementPolicy: { enum: ['Manage', 'Observe'] },
  maxConcurrentReconciles: { type: 'integer', minimum: 1, maximum: 100 },
  'log.level': { enum: ['debug', 'info', 'warn', 'error'] },
  'log.format': { enum: ['json', 'text'] },
  extraArgs: { type: 'array', items: { type: 'string', pattern: '^--' } },
  'metrics.port': port,
  'metrics.serviceMonitor.interval': duration,
  'metrics.serviceMonitor.scrapeTimeout': duration,
  'healthProbe.port': port,
  terminationGracePeriodSeconds: seconds,
  'podDisruptionBudget.maxUnavailable': percentOrCount,
  'networkPolicy.egressPorts': { type: 'array', items: port },
  'networkPolicy.metricsFrom': objects,
  tolerations: objects,
  topologySpreadConstraints: { type: ['array', 'null'], items: { type: 'object' } },
  extraEnv: objects,
  extraEnvFrom: objects,
  extraVolumes: objects,
  extraVolumeMounts: objects,
};

interface Group {
  type: 'object';
  additionalProperties: false;
  properties: Record<string, object>;
}

const newGroup = (): Group => ({ type: 'object', additionalProperties: false, properties: {} });

/** Refuses unknown keys on every level that is ours; what goes to Kubernetes as it is (`resources`, …) is Kubernetes' to judge. */
export function valuesSchema(values: readonly ChartValue[]): object {
  const root = newGroup();
  // Helm adds it to every chart that is a dependency of another.
  root.properties['global'] = { type: 'object' };
  for (const value of values) {
    const keys = value.path.split('.');
    const name = keys.pop() ?? '';
    let group = root;
    for (const key of keys) group = (group.properties[key] ??= newGroup()) as Group;
    group.properties[name] = {
      description: value.description,
      ...(constraints[value.path] ?? { type: typeOf(value.default) }),
    };
  }
  const strays = Object.keys(constraints).filter((path) => values.every((value) => value.path !== path));
  if (strays.length > 0) throw new Error(`constraints of values that do not exist: ${strays.join(', ')}`);
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Values', ...root };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'integer';
  return typeof value;
}

const mark = { begin: '<!-- values: begin -->', end: '<!-- values: end -->' };

/** The README with its table of values written anew between the two marks. */
export function withValuesTable(readme: string, values: readonly ChartValue[]): string {
  const rows = values.map(
    ({ path, description, default: value }) =>
      `| \`${path}\` | ${description.replaceAll('|', '\\|')} | \`${JSON.stringify(value)}\` |`,
  );
  const table = ['| value | what it does | default |', '|---|---|---|', ...rows].join('\n');
  const [head, rest] = readme.split(mark.begin);
  const tail = rest?.split(mark.end)[1];
  if (head === undefined || tail === undefined)
    throw new Error(`the README lacks ${mark.begin} or ${mark.end}`);
  return `${head}${mark.begin}\n\n${table}\n\n${mark.end}${tail}`;
}

/** The rules of scripts/check-sources.ts, as a pure function of one source file. */

export interface Source {
  /** From the project's root, with slashes: `src/scope/plan.ts`. */
  path: string;
  text: string;
  /** An import's specifier as such a path, or unchanged for a package. */
  resolveImport(specifier: string): string;
}

/** Which folders of src a folder may import, beside itself. `main` stands for the files directly in src. */
const allowed: Record<string, readonly string[]> = {
  base: [],
  api: ['base'],
  runtime: ['base'],
  azure: ['base', 'api'],
  /** Questions to name servers. */
  resolve: ['base'],
  /** What is written for others to load: it knows neither Kubernetes nor calls of Azure. */
  exports: ['base'],
  identity: ['base', 'api', 'runtime', 'azure'],
  engine: ['base', 'api', 'runtime', 'azure'],
  domain: ['base', 'api', 'runtime', 'azure'],
  scope: ['base', 'api', 'runtime', 'azure', 'exports', 'resolve', 'engine', 'domain'],
  association: ['base', 'api', 'runtime', 'azure', 'engine', 'domain'],
  main: ['base', 'api', 'runtime', 'azure', 'identity', 'resolve', 'engine', 'scope', 'association'],
};

/** Where decisions are made: nothing that is reachable from there, types aside, may do anything. */
const deciding = /^src\/(\w+\/(concerns|removal)\/|domain\/)/;
const harmless = [
  /^src\/(scope|association|domain|api|exports)\//,
  /^src\/base\/(cidrs|errors|clock|once|pauses)\.ts$/,
  /^src\/azure\/(ids|types)\.ts$/,
  /^src\/engine\/(concern|picture)\.ts$/,
  /^src\/runtime\/(conditions|object)\.ts$/,
  /^node:(crypto|util)$/,
  /^ipaddr\.js$/,
];

/** Packages that only one folder may know. */
const packageOwners: readonly [RegExp, string][] = [
  [/^@kubernetes\/client-node/, 'runtime'],
  [/^@azure\//, 'azure'],
];

/** What only one file may use. */
const owned: readonly [string, RegExp, string][] = [
  ['Date.now()', /\bDate\.now\b/, 'src/base/clock.ts'],
  ['new Date()', /\bnew Date\(\)/, 'src/base/clock.ts'],
  ['performance.now()', /\bperformance\.now\b/, 'src/base/clock.ts'],
  ['timers', /\b(setTimeout|setInterval|setImmediate)\(/, 'src/base/clock.ts'],
  ['Math.random()', /\bMath\.random\b/, 'src/base/random.ts'],
  ['process.env', /\bprocess\.env\b/, 'src/config.ts'],
];

/** One line a violation: `path:line: what is wrong`. */
export function findings(source: Source): string[] {
  if (source.path.endsWith('.test.ts')) return [];
  return [...imports(source), ...ownership(source)];
}

function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : 'main';
}

function imports(source: Source): string[] {
  const own = folderOf(source.path);
  return lines(source.text).flatMap(([number, line]) => {
    const specifier = /(?:from|import)\s*\(?'([^']+)'/.exec(line)?.[1];
    if (specifier === undefined) return [];
    const target = source.resolveImport(specifier);
    const problem = target.startsWith('src/') ? crossing(own, folderOf(target)) : foreign(own, target);
    return problem === undefined ? [] : [`${source.path}:${number}: ${problem}`];
  });
}

/** Every way from a file that decides to one that can act, as one line each. */
export function impurities(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const findWay = (path: string, seen: Set<string>): string[] | undefined => {
    if (!harmless.some((pattern) => pattern.test(path))) return [path];
    const source = byPath.get(path);
    if (source === undefined || seen.has(path)) return undefined;
    seen.add(path);
    for (const target of valueImports(source)) {
      const way = findWay(target, seen);
      if (way !== undefined) return [path, ...way];
    }
    return undefined;
  };
  return sources
    .filter(({ path }) => deciding.test(path) && !path.endsWith('.test.ts'))
    .flatMap(({ path }) => {
      const way = findWay(path, new Set());
      return way === undefined ? [] : [`${path}: decides, and may not reach ${way.slice(1).join(' → ')}`];
    });
}

/** What a file imports for more than its types. */
function valueImports(source: Source): string[] {
  const text = source.text.replaceAll(/(import|export) type [^;]*;/g, '');
  return [...text.matchAll(/(?:import|export)\s+(?:[^;'"]*?from\s+)?'([^']+)'/g)]
    .filter(([, specifier = '']) => specifier !== '')
    .filter(([whole]) => !/^import \{( type [^,}]+,?)+ \}/.test(whole.replaceAll(/\s+/g, ' ')))
    .map(([, specifier = '']) => source.resolveImport(specifier));
}

function crossing(own: string, other: string): string | undefined {
  if (own === other || allowed[own]?.includes(other)) return undefined;
  return `src/${own} may not import from src/${other}`;
}

function foreign(own: string, name: string): string | undefined {
  const owner = packageOwners.find(([pattern]) => pattern.test(name))?.[1];
  return owner === undefined || owner === own ? undefined : `only src/${owner} may import ${name}`;
}

function ownership(source: Source): string[] {
  return lines(source.text).flatMap(([number, line]) =>
    owned
      .filter(([, pattern, owner]) => pattern.test(line) && source.path !== owner)
      .map(([what, , owner]) => `${source.path}:${number}: ${what} belongs to ${owner} alone`),
  );
}

/** Code lines with their numbers; comment lines may speak of anything. */
function lines(text: string): [number, string][] {
  return text
    .split('\n')
    .map((line, index): [number, string] => [index + 1, line])
    .filter(([, line]) => !/^\s*(\/\/|\*|\/\*)/.test(line));
}

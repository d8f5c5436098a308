import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { billOfMaterials, bundledPackages, noticesText } from './notices.ts';

/** Bundles the operator into one file, dist/main.js, with the licences of what is inside and a bill of materials beside it. */

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** CommonJS packages inside an ESM bundle ask for `require`. */
const banner =
  "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);";

/**
 * The Kubernetes client has a class for every kind there is, and does not tell bundlers that those that nobody uses may
 * be left out: they are 0.6 MB of code that would be loaded for nothing.
 */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup(bundler) {
    bundler.onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async (asked) => {
      const own =
        asked.path.startsWith('@') || asked.importer.includes('/node_modules/@kubernetes/client-node/');
      if (!own || asked.pluginData === onlyWhatIsUsed.name) return undefined;
      const { importer, resolveDir, kind } = asked;
      const found = await bundler.resolve(asked.path, {
        importer,
        resolveDir,
        kind,
        pluginData: onlyWhatIsUsed.name,
      });
      return { ...found, sideEffects: false };
    });
  },
};

/**
 * Azure's network SDK makes an object for each of its 150 groups of operations, of which a few are called; what is only
 * mentioned cannot be left out by a bundler: 1.8 MB of code. The rest is left out by name, and says so if it is called.
 */
const onlyCalledGroups: Plugin = {
  name: 'only-called-groups',
  setup(bundler) {
    const called = new Set(calledGroups());
    const namespace = 'left-out';
    bundler.onResolve({ filter: /^\.\/classic\/\w+\/index\.js$/ }, ({ path, importer }) => {
      const group = path.split('/')[2] ?? '';
      if (!importer.endsWith('/arm-network/dist/esm/networkManagementClient.js') || called.has(group))
        return undefined;
      return { path: group, namespace };
    });
    bundler.onLoad({ filter: /.*/, namespace }, ({ path }) => {
      const why = JSON.stringify(`The operations "${path}" are not in this bundle: see scripts/build.ts.`);
      const group = `new Proxy({}, { get() { throw new Error(${why}); } })`;
      return {
        contents: `export const _get${path.charAt(0).toUpperCase()}${path.slice(1)}Operations = () => ${group};`,
      };
    });
  },
};

/** `sdk.privateEndpoints.…` anywhere in the operator's calls. */
function calledGroups(): string[] {
  const source = globSync('src/azure/*.ts').map((path) => readFileSync(path, 'utf8'));
  return source.flatMap((text) => [...text.matchAll(/\bsdk\.(\w+)\./g)].flatMap(([, group]) => group ?? []));
}

const result = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Names stay: errors and metrics carry those of classes. Keeping them beside shortened ones (`keepNames`) costs a call
  // for every function at the start, and 16 MiB.
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [onlyWhatIsUsed, onlyCalledGroups],
  // The whole texts are in THIRD-PARTY-NOTICES.txt.
  legalComments: 'none',
  banner: { js: banner },
  define: { OPERATOR_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

const packages = bundledPackages(Object.keys(result.metafile.inputs));
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', noticesText(packages));
writeFileSync('dist/sbom.cdx.json', billOfMaterials(version, packages));

const bundle = readFileSync('dist/main.js');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(
  `dist/main.js: ${megabytes(bundle.length)}, ${megabytes(gzipSync(bundle).length)} compressed, ${packages.length} packages`,
);

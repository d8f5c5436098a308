import { readFileSync, writeFileSync } from 'node:fs';
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
  plugins: [onlyWhatIsUsed],

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

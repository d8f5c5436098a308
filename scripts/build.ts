import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { billOfMaterials, bundledPackages, noticesText } from './notices.ts';

/** Bundles the operator into one file, dist/main.js, with the licences of what is inside and a bill of materials beside it. */

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** CommonJS packages inside an ESM bundle ask for `require`. */
const banner =
  "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);";

const result = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  // Errors and metrics carry class names, which must read as in the sources.
  keepNames: true,
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

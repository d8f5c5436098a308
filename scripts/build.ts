import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Bundles the operator into one file, dist/main.js, with the licences of what is inside beside it. */

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
  legalComments: 'external',
  banner: { js: banner },
  define: { OPERATOR_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

const bytes = result.metafile.outputs['dist/main.js']?.bytes ?? 0;
console.log(`dist/main.js: ${(bytes / 1e6).toFixed(1)} MB`);

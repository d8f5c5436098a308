import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve, dirname, sep } from 'node:path';
import { findings, impurities, type Source } from './source-rules.ts';

/** Checks what the linter has no rule for: import directions, and who may touch time, chance and environment. */

const root = resolve(import.meta.dirname, '..');

function sources(): Source[] {
  return readdirSync(resolve(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const path = `src/${file.split(sep).join('/')}`;
      return {
        path,
        text: readFileSync(resolve(root, path), 'utf8'),
        resolveImport: (name) => target(path, name),
      };
    });
}

function target(from: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return relative(root, resolve(root, dirname(from), name))
    .split(sep)
    .join('/');
}

const all = sources();
const found = [...all.flatMap(findings), ...impurities(all)];
for (const line of found) console.error(line);
if (found.length > 0) process.exitCode = 1;

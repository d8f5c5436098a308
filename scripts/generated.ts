import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a file holds; empty when it does not exist yet. */
export function current(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Writes what is stale; with --check on the command line only says so, names the target that mends it, and fails. */
export function writeGenerated(files: ReadonlyMap<string, string>, target: string): void {
  const stale = [...files].filter(([path, text]) => current(path) !== text);
  const names = stale.map(([path]) => path).join(', ');
  if (stale.length > 0 && process.argv.includes('--check')) {
    console.error(`Stale, run \`make ${target}\` and commit: ${names}`);
    process.exitCode = 1;
    return;
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(stale.length === 0 ? 'Nothing changed.' : `Wrote ${names}.`);
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Row } from './row.ts';

/** bench/results.json: a row for each world, in the order of the worlds. */
export const resultsFile = 'bench/results.json';

export function readResults(): Row[] {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8')) as Row[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Puts new rows in the place of those of the same world. Worlds that failed now, and worlds that are no more, lose what
 * they had: figures of another day would say that all is well.
 */
export function writeResults(
  rows: readonly Row[],
  failed: readonly string[],
  order: readonly string[],
): void {
  const byWorld = new Map([...readResults(), ...rows].map((row) => [row.world, row]));
  const all = order.filter((name) => !failed.includes(name)).flatMap((name) => byWorld.get(name) ?? []);
  mkdirSync('bench', { recursive: true });
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`);
}

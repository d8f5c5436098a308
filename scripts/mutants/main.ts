import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { mutants } from './list.ts';
import type { Mutant } from './mutant.ts';

/**
 * `make mutants`: puts faults into the simulated Azure, one at a time and in memory only, and tells whether they are
 * noticed: by the reviewed answers, and by `make conformance`, which goes on with the recordings where those are at hand.
 * ARGS='--only NAME' tries one. Fails when a fault goes unseen that is not explained in the list.
 */
const checks = [
  ['the reviewed answers', ['scripts/golden-azure.ts', '--check']],
  ['conformance', ['test/conformance/run.ts']],
] as const;
const hook = resolve(import.meta.dirname, 'hook.ts');
const at = process.argv.indexOf('--only');
const only = at === -1 ? undefined : process.argv[at + 1];
const chosen = mutants.filter(({ name }) => only === undefined || name === only);
if (chosen.length === 0) throw new Error(`there is no mutant named '${only}'`);

let killed = 0;
let unexplained = 0;
for (const mutant of chosen) {
  const by = noticedBy(mutant);
  if (by !== undefined) killed += 1;
  else if (mutant.explained === undefined) unexplained += 1;
  const verdict = by === undefined ? 'survived' : 'killed';
  console.log(`${verdict.padEnd(9)}${mutant.name}: ${by ?? mutant.explained ?? 'nothing noticed it'}`);
}
console.log(`${killed} of ${chosen.length} killed, ${unexplained} unseen without an explanation`);
process.exitCode = unexplained === 0 ? 0 : 1;

function noticedBy({ name }: Mutant): string | undefined {
  for (const [check, args] of checks) {
    const { status } = spawnSync(
      process.execPath,
      ['--import', `file://${hook}?${encodeURIComponent(name)}`, ...args],
      { stdio: 'ignore', timeout: 300_000 },
    );
    if (status !== 0) return check;
  }
  return undefined;
}

import { parseArgs } from 'node:util';
import { measure } from './measure.ts';
import { resultPages } from './pages.ts';
import { writeResults } from './results.ts';
import type { Failure, Row } from './row.ts';
import { lines } from './table.ts';
import { missed } from './targets.ts';
import { worlds, type World } from './worlds.ts';
import { writeGenerated } from '../generated.ts';

/**
 * `make bench`: every world against the least time that Azure's limits allow. `ARGS='--world NAME'` (may be repeated)
 * measures some of them; with `--strict` a target that is missed ends it with exit code 1.
 */
const { values } = parseArgs({
  options: { world: { type: 'string', multiple: true }, strict: { type: 'boolean', default: false } },
});
const all = worlds();
const unknown = values.world?.filter((name) => !all.some((world) => world.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`No world ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const rows: Row[] = [];
const failures: Failure[] = [];
for (const world of all.filter(({ name }) => values.world?.includes(name) ?? true)) {
  await one(world);
  // After each, so that what was measured is kept whatever comes.
  writeResults(
    rows,
    failures.map((failure) => failure.world),
    all.map(({ name }) => name),
  );
}
writeGenerated(resultPages(), 'bench');
for (const { world, failed } of failures) console.error(`${world} was not measured: ${failed}`);
const bad = rows.flatMap((row) => missed(row).map((column) => `${row.world}: ${column}`));
console.log(bad.length === 0 ? 'Every target is met.' : `Missed: ${bad.join(', ')}`);
process.exit(failures.length > 0 || (values.strict && bad.length > 0) ? 1 : 0);

async function one(world: World): Promise<void> {
  const { name, title, factor, floorSeconds } = world;
  console.log(
    `${name}: ${title}; Azure ${factor} times as fast, floor ${floorSeconds} s of Azure's time ...`,
  );
  try {
    const row = await measure(world);
    rows.push(row);
    for (const line of lines(row)) console.log(line);
  } catch (error) {
    failures.push({ world: name, failed: error instanceof Error ? error.message : String(error) });
  }
}

import { parseArgs } from 'node:util';
import { contestants } from './contestants.ts';
import { runOperatorOnEstate } from './operator-run.ts';
import { writePeer } from './results.ts';
import type { PeerRow } from './row.ts';
import { runTool } from './tool-run.ts';
import { resultPages } from '../pages.ts';
import { writeGenerated } from '../../generated.ts';

/** `make bench-peers`: the same work by other tools; `ARGS='--peer NAME'` (may be repeated) for some of them. */

const { values } = parseArgs({
  options: {
    peer: { type: 'string', multiple: true },
    // Seconds for each run of a tool; most of them last as long as Azure's limit asks, 80 seconds.
    limit: { type: 'string', default: '420' },
  },
});
const limitSeconds = Number(values.limit);

const operator = 'operator';
const names = [operator, ...contestants.map(({ name }) => name)];
const unknown = values.peer?.filter((name) => !names.includes(name)) ?? [];
if (unknown.length > 0) {
  console.error(`No peer ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  process.exit(2);
}

for (const name of names.filter((name) => values.peer?.includes(name) ?? true)) {
  console.log(`${name} ...`);
  const row = await measured(name);
  console.log(row);
  // After each, so that what was measured is kept whatever comes.
  writePeer(row, names);
}
writeGenerated(resultPages(), 'bench-peers');
process.exit(0);

async function measured(name: string): Promise<PeerRow> {
  if (name === operator)
    return { peer: name, what: 'this operator', figures: await runOperatorOnEstate(limitSeconds) };
  const contestant = contestants.find((one) => one.name === name);
  try {
    const prepared = await contestant?.prepare();
    if (prepared === undefined) throw new Error('it is not known');
    return { peer: name, what: prepared.what, figures: await runTool(prepared, limitSeconds) };
  } catch (error) {
    const notHad = error instanceof Error ? error.message : String(error);
    return { peer: name, what: name, notHad: notHad.replaceAll(/\s+/g, ' ').slice(0, 300) };
  }
}

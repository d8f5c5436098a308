import { seededRandom } from '../../world/laboratory.ts';
import type { Attempt, Campaign } from '../campaign.ts';
import { struck, struckBy, type Strike } from '../faults/arm.ts';
import { faults } from '../faults/faults.ts';
import { lives } from '../faults/lives.ts';
import { reference } from '../faults/oracle.ts';
import { shuffled } from '../faults/shuffled.ts';

type Planned = readonly [string, Strike];

/** Every fault at every call, once; and at every different call, for half an hour. */
async function everyStrike(): Promise<Planned[]> {
  const all: Planned[] = [];
  for (const { name, azureCalls } of await Promise.all(
    lives.map(async (life) => ({ name: life.name, ...(await reference(life)) })),
  )) {
    azureCalls.forEach((call, at) => {
      const isFirst = azureCalls.indexOf(call) === at;
      for (const { name: fault } of faults.filter(({ meets }) => meets(requestOf(call)))) {
        all.push([name, { at, fault, lasts: false }]);
        if (isFirst) all.push([name, { at, fault, lasts: true }]);
      }
    });
  }
  return all;
}

function requestOf(call: string): { method: string; url: URL; headers: object; body: string } & {
  headers: Readonly<Record<string, string>>;
} {
  const [method = '', path = ''] = call.split(/ (.*)/);
  return { method, url: new URL(`https://management.azure.com${path}`), headers: {}, body: '' };
}

async function* singles(seed: number): AsyncIterable<Attempt> {
  for (const [name, strike] of shuffled(await everyStrike(), seededRandom(seed)))
    yield struck(name, [strike]);
}

async function* combinations(seed: number): AsyncIterable<Attempt> {
  const random = seededRandom(seed);
  const every = await everyStrike();
  for (;;) {
    const [first] = shuffled(every, random);
    if (first === undefined) return;
    const same = every.filter(([name]) => name === first[0]);
    const more = Array.from({ length: 1 + Math.floor(random() * 3) }, () => picked(same, random)).flat();
    const strikes = [first[1], ...more].sort((one, other) => one.at - other.at);
    yield struck(first[0], strikes);
  }
}

function picked(all: readonly Planned[], random: () => number): Strike[] {
  const [, strike] = all[Math.floor(random() * all.length)] ?? [];
  return strike === undefined ? [] : [strike];
}

const tries =
  'a life goes on when the fault is over, to the same end; nothing else is touched, the fault is told, calls are bounded';

/** Every fault at every call of Azure, one at a time. */
export const armFaults: Campaign = {
  name: 'arm-faults',
  tries: `every fault at every call of Azure: ${tries}`,
  attempts: singles,
  attempt: (id) => Promise.resolve(struckBy(id)),
  slice: 8,
};

/** Two to four of them in one life. */
export const armCombinations: Campaign = {
  name: 'arm-combinations',
  tries: `two to four faults at calls of Azure: ${tries}`,
  attempts: combinations,
  attempt: (id) => Promise.resolve(struckBy(id)),
  slice: 4,
};

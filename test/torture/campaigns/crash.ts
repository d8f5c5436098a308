import { seededRandom } from '../../world/laboratory.ts';
import type { Attempt, Campaign } from '../campaign.ts';
import { crash, type When } from '../faults/crash.ts';
import { lives } from '../faults/lives.ts';
import { reference } from '../faults/oracle.ts';
import { shuffled } from '../faults/shuffled.ts';

/** Sieve's enumeration (OSDI'22): every call of every life, before it and after its effect, in an order of the seed's. */
async function* attempts(seed: number): AsyncIterable<Attempt> {
  const all: [string, number, When][] = [];
  for (const life of lives) {
    const { calls } = await reference(life);
    for (let at = 0; at < calls; at += 1)
      for (const when of ['before', 'after'] as const) all.push([life.name, at, when]);
  }
  for (const [name, at, when] of shuffled(all, seededRandom(seed))) yield crash(name, at, when);
}

export const crashes: Campaign = {
  name: 'crash',
  tries:
    'the process dies at every call of every life, before it and after its effect: the same end, nothing twice, nothing else touched',
  attempts,
  attempt: (id) => {
    const [name = '', at = '', when] = id.split('/');
    return Promise.resolve(crash(name, Number(at), when === 'before' ? 'before' : 'after'));
  },
  slice: 6,
};

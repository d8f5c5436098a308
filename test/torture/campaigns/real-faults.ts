import { seededRandom } from '../../world/laboratory.ts';
import type { Campaign } from '../campaign.ts';
import { alone, Ground } from '../real/ground.ts';
import { shortest } from '../real/lives.ts';
import { troubles } from '../real/troubles.ts';

/** Each trouble between the bundle as a process and a real API server, in an order of the seed's. An id is its name. */
export const realFaults: Campaign = {
  name: 'real-faults',
  tries:
    'the way to a real API server loses, delays, repeats and breaks what passes, or two lead: the same end, nothing made twice, nothing else touched, then silence',
  // It needs the bundle and a cluster; test/scenarios has a slice of it.
  slice: 0,
  async *attempts(seed) {
    const random = seededRandom(seed);
    const ground = new Ground(shortest);
    const order = troubles
      .map((trouble) => ({ trouble, at: random() }))
      .sort((one, other) => one.at - other.at);
    try {
      for (const { trouble } of order) yield { id: trouble.name, run: () => ground.walk({ trouble }) };
    } finally {
      await ground.clear();
    }
  },
  attempt(id) {
    const trouble = troubles.find(({ name }) => name === id);
    if (trouble === undefined)
      throw new Error(`there is no trouble ${id}; there are: ${troubles.map(({ name }) => name).join(', ')}`);
    return Promise.resolve(alone(id, shortest, { trouble }));
  },
};

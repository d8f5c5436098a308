import { seededRandom } from '../../world/laboratory.ts';
import type { Attempt, Campaign } from '../campaign.ts';
import { everyFault, faultOf, textOf, type KubeFault } from '../kube/faults.ts';
import { judge } from '../kube/judge.ts';
import { live, type Lived } from '../kube/life.ts';

/**
 * One fault at a time at every call of the Kubernetes API and at every event of a watch, then two or three together.
 * `503@17,twice@4`: the call 17 is answered 503, the event 4 told twice; `503~@17`: every call from 17 on, for ten minutes.
 */
let reference: Promise<Lived> | undefined;

const withoutFaults = (): Promise<Lived> => (reference ??= live([]));

function attempt(faults: readonly KubeFault[]): Attempt {
  return {
    id: faults.map(textOf).join(','),
    async run() {
      const usual = await withoutFaults();
      return judge(usual, await live(faults));
    },
    *smaller() {
      if (faults.length < 2) return;
      for (const one of faults) yield attempt([one]);
      for (const one of faults) if (faults.length > 2) yield attempt(faults.filter((other) => other !== one));
    },
  };
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one): [number, T] => [random(), one])
    .sort(([one], [other]) => one - other)
    .map(([, one]) => one);
}

export const kubeFaults: Campaign = {
  name: 'kube-faults',
  tries:
    'every fault of the Kubernetes API at every call and watch event of a life, alone and together: Azure and the status end as without, and nothing is done twice',
  slice: 8,
  async *attempts(seed) {
    const random = seededRandom(seed);
    const { calls, events } = await withoutFaults();
    const all = shuffled(everyFault(calls, events), random);
    for (const one of all) yield attempt([one]);
    for (;;) {
      const count = 2 + Math.floor(random() * 2);
      yield attempt(shuffled(all, random).slice(0, count));
    }
  },
  attempt: (id) => Promise.resolve(attempt(id.split(',').map(faultOf))),
};

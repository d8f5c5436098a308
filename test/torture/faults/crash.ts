import type { Attempt } from '../campaign.ts';
import { Watch } from '../acto/watch.ts';
import { lifeOf, opened } from './lives.ts';
import { compared, finish, reference } from './oracle.ts';
import { LifeRecord } from './record.ts';

export type When = 'before' | 'after';

/** A Pod is started again after a while. */
const restartMs = 5_000;

/** The process dies before its n-th call or right after its effect, whichever side it was to; `create/17/after`. */
export function crash(name: string, at: number, when: When): Attempt {
  return {
    id: `${name}/${at}/${when}`,
    async run() {
      const life = lifeOf(name);
      const wanted = await reference(life);
      const lab = await opened(life);
      const watch = new Watch(lab);
      const record = new LifeRecord(lab);
      lab.onAzure = (request, send) => record.enter(request, send);
      await life.act(lab);
      lab.start((_, number) => (number === at ? `crash ${when}` : undefined));
      const before = await finish(lab, { ...life, done: async () => lab.crashed || (await life.done(lab)) });
      if (lab.crashed) {
        await lab.clock.advance(restartMs);
        lab.start();
      }
      const after = await finish(lab, life);
      const lines = [...before, ...after, ...(await compared(lab, record, wanted, { surplus: 0, again: 0 }))];
      await lab.stop();
      return [...lines, ...watch.end()];
    },
  };
}

import { seededRandom } from '../../world/laboratory.ts';
import type { Attempt, Campaign } from '../campaign.ts';
import type { Kills } from '../real/chain.ts';
import { alone, Ground } from '../real/ground.ts';
import { lives } from '../real/lives.ts';
import type { Kill } from '../real/place.ts';

/**
 * The bundle as a process on a real API server, killed at calls of either side. An attempt lives through five lives with
 * up to four kills in each: `create=7before,12after+release=3asked` kills the first process of the creation before
 * its seventh call, the second after the effect of its twelfth, and asks one to end at its third call of the release.
 */

const mostKills = 4;
/** A process makes about so many calls until a life is over. */
const calls = 60;
const ways = ['before', 'after', 'before', 'after', 'asked'] as const;

function textOf(kills: Kills): string {
  const parts = Object.entries(kills).filter(([, of]) => of.length > 0);
  return parts.map(([life, of]) => `${life}=${of.map(({ at, when }) => `${at}${when}`).join()}`).join('+');
}

function parse(id: string): Kills {
  const parts = id.split('+').map((part): [string, Kill[]] => {
    const [life = '', list = ''] = part.split('=');
    const of = list.split(',').map((text): Kill => {
      const [, at = '', when = ''] = /^(\d+)(before|after|asked)$/.exec(text) ?? [];
      if (at === '')
        throw new Error(
          `real-kills has no attempt ${id}: it is LIFE=NUMBERbefore,NUMBERafter,NUMBERasked+LIFE=…`,
        );
      return { at: Number(at), when: when as Kill['when'] };
    });
    return [life, of];
  });
  return Object.fromEntries(parts);
}

function attempt(kills: Kills, ground: Ground): Attempt {
  return {
    id: textOf(kills),
    run: () => ground.walk({ kills }),
    *smaller() {
      for (const [life, of] of Object.entries(kills))
        for (const kill of of) {
          const one = { [life]: [kill] };
          if (textOf(one) !== textOf(kills)) yield alone(textOf(one), lives, { kills: one });
        }
    },
  };
}

function drawn(random: () => number): Kills {
  const kill = (): Kill => ({
    at: 1 + Math.floor(random() * calls),
    when: ways[Math.floor(random() * ways.length)] ?? 'before',
  });
  return Object.fromEntries(
    lives.map(({ name }) => [name, Array.from({ length: mostKills }, kill)] as const),
  );
}

/** The ground of the attempts that were made last. */
let ground: Ground | undefined;

export const realKills: Campaign = {
  name: 'real-kills',
  tries:
    'the process is killed at calls of either side, on a real API server: the same end, nothing made twice, nothing else touched, then silence',
  // It needs the bundle and a cluster; test/scenarios has a slice of it.
  slice: 0,
  async *attempts(seed) {
    const random = seededRandom(seed);
    const own = (ground = new Ground(lives));
    try {
      for (;;) yield attempt(drawn(random), own);
    } finally {
      await own.clear();
    }
  },
  told() {
    const strikes = ground?.strikes ?? [];
    const counts = new Map<string, number>();
    for (const strike of [...strikes].sort((one, other) => (one < other ? -1 : 1)))
      counts.set(strike, (counts.get(strike) ?? 0) + 1);
    const lines = [...counts].map(([strike, times]) => `${times} × ${strike}`);
    return [
      `${strikes.length} processes ended at a call of theirs, at ${counts.size} kinds of call:`,
      ...lines,
    ];
  },
  attempt: (id) => Promise.resolve(alone(id, lives, { kills: parse(id) })),
};

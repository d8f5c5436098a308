import { describe, expect, it } from '@jest/globals';
import type { Attempt, Campaign } from './campaign.ts';
import { runCampaign } from './runner.ts';

/** Lists of numbers, of which those with a 7 fail. */
function sevens(numbers: readonly number[]): Attempt {
  return {
    id: numbers.join(),
    run() {
      if (numbers.includes(8)) throw new Error('an eight');
      return Promise.resolve(numbers.includes(7) ? ['a seven'] : []);
    },
    *smaller() {
      for (const left of numbers) if (numbers.length > 1) yield sevens(numbers.filter((one) => one !== left));
    },
  };
}

const campaign: Campaign = {
  name: 'sevens',
  tries: 'numbers',
  slice: 1,
  *attempts(seed) {
    for (const numbers of [[seed], [1, 7, 3], [8], [7]]) yield sevens(numbers);
  },
  attempt: (id) => Promise.resolve(sevens(id.split(',').map(Number))),
};

describe('a campaign', () => {
  it('tells every failure by its shortest attempt, and a throw as one', async () => {
    const { attempts, failures } = await runCampaign(campaign, 1, {
      lastsMs: 60_000,
      attempts: 9,
      failures: 9,
    });
    expect(attempts).toBe(4);
    expect(failures.map(({ met, shortest }) => [met, shortest])).toEqual([
      ['1,7,3', '7'],
      ['8', '8'],
      ['7', '7'],
    ]);
    expect(failures[1]?.violations[0]).toContain('an eight');
  });

  it('ends with as many attempts or failures as it may have', async () => {
    const box = { lastsMs: 60_000, attempts: 1, failures: 9 };
    expect(await runCampaign(campaign, 1, box)).toMatchObject({ attempts: 1, failures: [] });
    expect((await runCampaign(campaign, 1, { ...box, attempts: 9, failures: 1 })).failures).toHaveLength(1);
    expect((await runCampaign(campaign, 1, { ...box, lastsMs: 0 })).attempts).toBe(0);
  });
});

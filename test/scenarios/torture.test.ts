import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { walk, type Milestone } from '../torture/real/chain.ts';
import { shortest } from '../torture/real/lives.ts';
import { Place } from '../torture/real/place.ts';
import { stale } from '../torture/real/troubles.ts';

/** A slice of the campaigns that need the bundle as a process and a real API server (test/torture/campaigns/real-*.ts). */

let place: Place;
let wanted: ReadonlyMap<string, Milestone>;
beforeAll(async () => {
  place = await Place.open();
  wanted = (await walk(place, { course: shortest })).milestones;
}, 120_000);
afterAll(() => place.close());

it('ends as without kills, with nothing made twice, whichever call it is killed at or asked to end at', async () => {
  const { problems, strikes } = await walk(place, {
    course: shortest,
    wanted,
    kills: {
      create: [
        { at: 14, when: 'after' },
        { at: 22, when: 'before' },
        { at: 30, when: 'asked' },
      ],
      deletion: [{ at: 20, when: 'after' }],
    },
  });
  expect(problems).toEqual([]);
  expect(strikes).toHaveLength(4);
}, 90_000);

it('ends as ever although its API server shows what was before, for a while', async () => {
  const { problems } = await walk(place, { course: shortest, wanted, trouble: stale });
  expect(problems).toEqual([]);
}, 90_000);

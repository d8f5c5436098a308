import { expect, test } from '@jest/globals';
import { estate, scopeId, servers, standing } from './estate.ts';
import { withTable } from './page.ts';
import type { Figures } from './row.ts';

const other = scopeId.replace(/net$/, 'other').toLowerCase();
const mine = scopeId.toLowerCase();

test('the stranger is not one of those that were to be associated', () => {
  expect(standing({ [mine]: servers, [other]: 1 })).toEqual({ associated: servers, moved: false });
  expect(standing({ [mine]: servers + 1 })).toEqual({ associated: servers, moved: true });
  expect(standing({ '': servers, [other]: 1 })).toEqual({ associated: 0, moved: false });
});

test('the stranger is planted beside the others, under a name like theirs', () => {
  const planted = (estate.seed.servers ?? []).reduce((sum, { count = 1 }) => sum + count, 0);
  expect(planted).toBe(servers + 1);
  expect(estate.seed.servers?.at(-1)).toMatchObject({ name: 'plant-1001' });
});

const figures: Figures = {
  associated: 1_000,
  seconds: 82,
  ratio: 1.03,
  gets: 11,
  writes: 1_000,
  throttled: 0,
  peakMiB: 70,
  cpuSeconds: 9,
  settledRequests: 11,
  settledWrites: 0,
  settledCpuSeconds: 1,
  resumed: 1_000,
  resumedWrites: 1_001,
  strangers: 'moved silently',
};

test('a tool that could not be had is listed with what stood in the way, without a column', () => {
  const page = '<!-- peers: generated from bench -->\n<!-- end of peers -->';
  const text = withTable(page, [
    { peer: 'script', what: 'a script', figures },
    { peer: 'tool', what: 'a tool', notHad: 'no network' },
  ]);
  expect(text).toContain('|  | a script |');
  expect(text).toContain('- a tool could not be had: no network');
});

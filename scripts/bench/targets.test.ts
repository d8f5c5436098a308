import { expect, test } from '@jest/globals';
import { between } from './between.ts';
import type { Row } from './row.ts';
import { missed, targetOf } from './targets.ts';
import { floorOf, worlds } from './worlds.ts';

const good: Row = {
  world: 'one-1000',
  commit: 'abc1234',
  load: 0,
  servers: 1_000,
  subscriptions: 1,
  operators: 1,
  objects: 2,
  regime: 'bucket',
  seconds: 82,
  floorSeconds: 80,
  ratio: 1.03,
  throttled: 0,
  patchesPerServer: 1,
  getsPerServer: 0,
  gets: 35,
  listingGets: 30,
  settledArmWrites: 0,
  settledKubernetesWrites: 0,
  settledReadsPerMinute: 2,
  settledCpuPercent: 0.1,
  peakRssMiB: 96,
  startToReadyMs: 800,
  longestTurnMs: 100,
  longestQueueWaitSeconds: 60,
  firstCallMs: null,
  bundleMB: 4,
};

test('what is exactly at its target is good, and what does not apply is not missed', () => {
  expect(missed(good)).toEqual([]);
});

test('each column above its target is missed', () => {
  const bad: Row = { ...good, ratio: 1.06, gets: 36, peakRssMiB: 97, firstCallMs: 251 };
  expect(missed(bad)).toEqual(['ratio', 'gets', 'peakRssMiB', 'firstCallMs']);
});

test('more servers may need more memory; 429s count where the limit tells what is left', () => {
  expect(targetOf({ ...good, servers: 60_000 }, 'peakRssMiB')).toBe(256);
  expect(targetOf({ ...good, regime: 'window' }, 'throttled')).toBeUndefined();
});

test('the floor is what the limit leaves after its burst, or the windows that have to be waited for', () => {
  expect(floorOf(1_000, 'bucket')).toBe(80);
  expect(floorOf(200, 'bucket')).toBe(0);
  expect(floorOf(1_000, 'window')).toBe(900);
});

test('every world has the servers that its title says, a floor, and a name of its own', () => {
  const all = worlds();
  for (const { seed, sizes, floorSeconds } of all) {
    const planted = (seed.servers ?? []).reduce((sum, { count = 1 }) => sum + count, 0);
    expect(planted).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(floorSeconds).toBeGreaterThan(0);
  }
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test('a generated part replaces what stood between its markers and nothing else', () => {
  const page = 'before\n<!-- x: generated from bench -->\nold\n<!-- end of x -->\nafter\n';
  const renewed = between(page, 'x', 'new');
  expect(renewed).toBe('before\n<!-- x: generated from bench -->\n\nnew\n\n<!-- end of x -->\nafter\n');
  expect(between(renewed, 'x', 'new')).toBe(renewed);
  expect(() => between(page, 'y', 'new')).toThrow('has no part');
});

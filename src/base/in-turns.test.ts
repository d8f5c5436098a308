import { expect, it } from '@jest/globals';
import { inTurns } from './in-turns.ts';

it('going through thousands of things lets others have their turn every 20 ms, and keeps the order', async () => {
  let now = 0;
  const turns: number[] = [];
  const clock = {
    monotonic: () => now,
    turn: () => {
      turns.push(now);
      return Promise.resolve();
    },
  };
  const seen: number[] = [];
  await inTurns(clock, Array.from({ length: 1_000 }).keys(), (item) => {
    seen.push(item);
    now += 0.1;
  });
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
  expect(seen).toHaveLength(1_000);
  const pauses = turns.map((turn, index) => turn - (turns[index - 1] ?? 0));
  expect(Math.max(...pauses)).toBeLessThan(26);
  expect(turns.length).toBeGreaterThanOrEqual(3);
});

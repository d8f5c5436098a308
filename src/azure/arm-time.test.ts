import { describe, expect, it } from '@jest/globals';
import { ArmTime } from './arm-time.ts';
import { retryAfterMs } from './retry-after.ts';
import { connect } from '../../test/world/azure/connect.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import { otherScopeId, smallSeed } from '../../test/world/small-seed.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const http = (ms: number): string => new Date(ms).toUTCString();

describe("Azure's time", () => {
  const begin = () => {
    let monotonic = 0;
    let wall = noon;
    const time = new ArmTime({ now: () => wall, monotonic: () => monotonic });
    return {
      time,
      pass: (ms: number) => (monotonic += ms),
      jump: (ms: number) => (wall += ms),
      answer: (ms: number, tookMs = 0) => time.answered(http(ms), monotonic - tookMs),
    };
  };

  it('is this machine’s own before the first answer', () => {
    expect(begin().time.now()).toBe(noon);
  });

  it('does not follow this machine’s clock when somebody puts that one back by an hour', () => {
    const { time, pass, jump, answer } = begin();
    answer(noon);
    pass(60_000);
    jump(-3_600_000);
    expect(time.now()).toBe(noon + 60_000);
  });

  it('is not held back by answers that were long under way', () => {
    const { time, pass, answer } = begin();
    answer(noon);
    pass(30_000);
    answer(noon + 5_000, 25_000);
    expect(time.now()).toBe(noon + 30_000);
  });

  it('comes nearer to the truth with every answer, which never says less than a whole second', () => {
    const { time, pass, answer } = begin();
    answer(noon); // 900 ms late
    pass(100);
    answer(noon + 1_000);
    expect(time.now()).toBe(noon + 1_000);
  });

  it('never goes back by more than a second at once', () => {
    const { time, pass, answer } = begin();
    answer(noon + 600_000); // a front end whose clock is ten minutes ahead
    let before = time.now();
    for (let second = 1; second <= 700; second += 1) {
      pass(1_000);
      answer(noon + second * 1_000);
      expect(time.now()).toBeGreaterThanOrEqual(before);
      before = time.now();
    }
    expect(time.now()).toBeLessThan(noon + 700_000 + 2_000);
  });

  it('leaps forward only when a second answer says so as well', () => {
    const { time, pass, answer } = begin();
    answer(noon);
    pass(1_000);
    answer(noon + 7_200_000);
    expect(time.now()).toBe(noon + 1_000);
    pass(1_000);
    answer(noon + 2_000);
    pass(1_000);
    answer(noon + 7_200_000);
    expect(time.now()).toBe(noon + 3_000);
    // The machine slept for two hours.
    answer(noon + 7_201_000);
    expect(time.now()).toBe(noon + 7_201_000);
  });

  it('is what the operator goes by when its machine is fourteen minutes ahead', async () => {
    const world = new AzureWorld({ clock: new VirtualClock(), random: seededRandom() });
    plant(world, smallSeed);
    world.quirks.clockAheadMs = -840_000;
    const { azure } = connect(world);
    await azure.getScope(otherScopeId);
    expect(Math.abs(azure.now() - (world.clock.now() - 840_000))).toBeLessThanOrEqual(1_000);
  });

  it('is not a proxy’s, whose page carries no id of Azure’s', async () => {
    const world = new AzureWorld({ clock: new VirtualClock(), random: seededRandom() });
    const { azure } = connect(world);
    world.onRequest = () => ({ status: 503, headers: { date: http(0) }, body: '' });
    await expect(azure.getScope(otherScopeId)).rejects.toMatchObject({ status: 503 });
    expect(azure.now()).toBe(world.clock.now());
  });
});

describe('Retry-After', () => {
  const headers = (values: Record<string, string>) => ({ get: (name: string) => values[name] });

  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '17' }, 17_000],
    ['an hour', { 'retry-after': '3600' }, 3_600_000],
    ['a date, by the answer’s own', { 'retry-after': http(noon + 303_000), date: http(noon) }, 303_000],
    ['a date, by what time it is', { 'retry-after': http(noon + 90_000) }, 90_000],
    ['a date that has passed', { 'retry-after': http(noon - 5_000), date: http(noon) }, undefined],
    ['nothing', {}, undefined],
    ['zero', { 'retry-after': '0' }, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('is read to the second: %s', (_, values, expected) => {
    expect(retryAfterMs(headers(values), noon)).toBe(expected);
  });
});

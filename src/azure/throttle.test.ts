import { describe, expect, it } from '@jest/globals';
import { Throttles } from './throttle.ts';
import { RateLimits, type Regime } from '../../test/world/azure/rate-limits.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const machines = 'microsoft.hybridcompute/machines';

interface Run {
  seconds: number;
  refused: number;
}

/** Sends as an association does: a batch as large as the budget, then the wait that it names. `rival` takes from the same limit. */
async function send(count: number, regime: Regime, factor: number, rival = 0): Promise<Run> {
  const clock = new VirtualClock();
  const limits = new RateLimits(clock, regime, factor);
  const throttles = new Throttles(clock);
  const begun = clock.now();
  let sent = 0;
  let refused = 0;
  for (let round = 0; sent < count && round < 20_000; round += 1) {
    const { available, nextInMs } = throttles.budget('c');
    const batch = Math.min(available, 100, count - sent);
    for (let index = 0; index < batch; index += 1) {
      throttles.sent('c');
      const admission = limits.admit('PATCH', machines, 's');
      if ('remaining' in admission) {
        sent += 1;
        throttles.answered('c', 's', [[admission.header, String(admission.remaining)]]);
      } else {
        refused += 1;
        throttles.answered('c', 's', []);
        throttles.refused('c', admission.retryAfterSeconds * 1000);
        break;
      }
    }
    const waitMs = batch === 0 ? Math.max(nextInMs, 1) : 20;
    for (let index = 0; index < (rival * waitMs * factor) / 1000; index += 1)
      limits.admit('PATCH', machines, 's');
    await clock.advance(waitMs);
  }
  return { seconds: ((clock.now() - begun) / 1000) * factor, refused };
}

describe('a throttle that knows no numbers', () => {
  it.each<[Regime, number, number]>([
    ['bucket', 1, (1000 - 200) / 10],
    ['bucket', 20, (1000 - 200) / 10],
    ['window', 1, 3 * 300],
    ['window', 20, 3 * 300],
  ])(
    'sends 1,000 writes in the %s regime at factor %d within a fifth over the floor, almost without a 429',
    async (regime, factor, floor) => {
      const { seconds, refused } = await send(1000, regime, factor);
      expect(seconds / floor).toBeLessThanOrEqual(1.2);
      expect(refused).toBeLessThanOrEqual(5);
    },
    30_000,
  );

  it.each([1, 10])(
    'goes by no answer that was overtaken: none of 1,000 is refused at factor %d',
    async (factor) => {
      const clock = new VirtualClock();
      const limits = new RateLimits(clock, 'bucket', factor);
      const throttles = new Throttles(clock);
      let [sent, refused] = [0, 0];
      while (sent < 1_000) {
        const { available, nextInMs } = throttles.budget('c');
        const batch = Math.min(available, 100, 1_000 - sent);
        const answers = Array.from({ length: batch }, () => {
          throttles.sent('c');
          return limits.admit('PATCH', machines, 's');
        });
        await clock.advance(batch === 0 ? Math.max(nextInMs, 1) : 100);
        // They are read in one late turn, and the last to be sent may be the first to be read.
        for (let answer = answers.pop(); answer !== undefined; answer = answers.pop()) {
          if ('remaining' in answer) {
            sent += 1;
            throttles.answered('c', 's', [[answer.header, String(answer.remaining)]]);
          } else {
            refused += 1;
            throttles.answered('c', 's', []);
            throttles.refused('c', answer.retryAfterSeconds * 1000);
          }
        }
      }
      expect(refused).toBe(0);
      expect((clock.monotonic() / 1000) * factor).toBeLessThanOrEqual(((1_000 - 200) / 10) * 1.1);
    },
  );

  it('finds its pace when another tool takes half of the limit', async () => {
    const { seconds, refused } = await send(600, 'bucket', 1, 5);
    expect(seconds).toBeLessThan(((600 - 200) / 5) * 1.6);
    expect(refused).toBeLessThan(60);
  }, 30_000);

  it('sends nothing while a Retry-After runs', async () => {
    const clock = new VirtualClock();
    const throttles = new Throttles(clock);
    throttles.sent('c');
    throttles.answered('c', 's', []);
    throttles.refused('c', 30_000);
    expect(throttles.budget('c')).toEqual({ available: 0, nextInMs: 30_000 });
    expect(throttles.pauseMs('c')).toBe(30_000);
    await clock.advance(30_000);
    expect(throttles.budget('c').available).toBeGreaterThan(0);
  });

  it('holds back what Azure would only refuse, of every kind of call that it counts together', async () => {
    const clock = new VirtualClock();
    const throttles = new Throttles(clock);
    const reads = 'x-ms-ratelimit-remaining-subscription-reads';
    throttles.sent('s GET machines');
    throttles.answered('s GET machines', 's', [[reads, '1']]);
    expect(throttles.holdMs('s GET privateEndpoints')).toBe(0);
    throttles.sent('s GET privateEndpoints');
    expect(throttles.holdMs('s GET virtualNetworks')).toBeGreaterThan(0);
    expect(throttles.holdMs('s PUT privateEndpoints')).toBe(0);
    expect(throttles.holdMs('t GET virtualNetworks')).toBe(0);
    throttles.answered('s GET privateEndpoints', 's', [[reads, '0']]);
    // How fast they come back is found out by one call at a time, and none is there at once.
    expect(throttles.holdMs('s GET virtualNetworks')).toBeGreaterThan(0);
    await clock.advance(500);
    expect(throttles.holdMs('s GET virtualNetworks')).toBe(0);
    throttles.sent('s GET virtualNetworks');
    expect(throttles.holdMs('s GET virtualNetworks')).toBeGreaterThan(0);
    await clock.advance(1_000);
    throttles.answered('s GET virtualNetworks', 's', [[reads, '24']]);
    expect(throttles.holdMs('s GET virtualNetworks')).toBe(0);
  });

  it('counts answers that do not tell how many are left, as those of what is not there', () => {
    const throttles = new Throttles(new VirtualClock());
    const reads = 'x-ms-ratelimit-remaining-subscription-reads';
    throttles.sent('s GET privateDnsZones');
    throttles.answered('s GET privateDnsZones', 's', []);
    throttles.sent('s GET machines');
    throttles.answered('s GET machines', 's', [[reads, '3']]);
    for (let left = 3; left > 0; left -= 1) {
      expect(throttles.holdMs('s GET privateDnsZones')).toBe(0);
      throttles.sent('s GET privateDnsZones');
      throttles.answered('s GET privateDnsZones', 's', []);
    }
    expect(throttles.holdMs('s GET privateDnsZones')).toBeGreaterThan(0);
    expect(throttles.holdMs('s GET machines')).toBeGreaterThan(0);
  });

  it('does not go by its own count for ever where answers no longer tell any', async () => {
    const clock = new VirtualClock();
    const throttles = new Throttles(clock);
    const ask = (counts: [string, string][]): void => {
      throttles.sent('s GET machines');
      throttles.answered('s GET machines', 's', counts);
    };
    ask([['x-ms-ratelimit-remaining-subscription-reads', '3']]);
    for (let times = 0; times < 4; times += 1) ask([]);
    expect(throttles.holdMs('s GET machines')).toBeGreaterThan(0);
    await clock.advance(301_000);
    ask([]);
    expect(throttles.holdMs('s GET machines')).toBe(0);
    expect(throttles.holdMs('s GET machines')).toBe(0);
  });

  it('counts no poll that does not say that it is counted', () => {
    const throttles = new Throttles(new VirtualClock());
    throttles.sent('s GET machines');
    throttles.answered('s GET machines', 's', [['x-ms-ratelimit-remaining-subscription-reads', '1']]);
    for (let polls = 0; polls < 5; polls += 1) {
      throttles.sent('s GET operations');
      throttles.answered('s GET operations', 's', []);
    }
    expect(throttles.holdMs('s GET machines')).toBe(0);
  });

  it('holds up nothing else of the subscription, though both count as its reads', () => {
    const throttles = new Throttles(new VirtualClock());
    for (const operationClass of ['s GET machines', 's GET privateEndpoints']) {
      throttles.sent(operationClass);
      throttles.answered(operationClass, 's', [['x-ms-ratelimit-remaining-subscription-reads', '200']]);
    }
    throttles.refused('s GET machines', 600_000);
    expect(throttles.pauseMs('s GET machines')).toBe(600_000);
    expect(throttles.pauseMs('s GET privateEndpoints')).toBe(0);
  });

  // Recorded in one subscription: 319 of a server's PATCHes, 11,999 of writes and 499 of reads of private DNS.
  it('keeps apart what resource providers count under one header', () => {
    const throttles = new Throttles(new VirtualClock());
    const answered = (operationClass: string, remaining: number): void => {
      throttles.sent(operationClass);
      const header = 'x-ms-ratelimit-remaining-subscription-resource-requests';
      throttles.answered(operationClass, 's', [[header, String(remaining)]]);
    };
    answered('s PATCH machines', 20);
    answered('s PUT privateDnsZones', 11_999);
    expect(throttles.budget('s PATCH machines').available).toBe(20);
    throttles.refused('s PATCH machines', 300_000);
    expect(throttles.pauseMs('s PUT privateDnsZones')).toBe(0);
  });
});

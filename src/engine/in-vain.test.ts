import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../test/world/clock.ts';
import { OperatorError } from '../base/errors.ts';
import { Attempts } from './attempts.ts';

const put = { verb: 'PUT', id: '/a', tags: { a: '1' } } as const;
const other = { verb: 'PUT', id: '/a', tags: { a: '2' } } as const;

describe('a call that Azure took', () => {
  it('and that is due again unchanged is repeated less and less, and told', async () => {
    const clock = new VirtualClock();
    const attempts = new Attempts(clock);
    let calls = 0;
    for (let second = 0; second < 3 * 3_600; second += 1) {
      attempts.keepOnly([put]);
      if (!attempts.isHeld(put)) {
        calls += 1;
        attempts.accepted(put, false);
      }
      await clock.advance(1_000);
    }
    expect(calls).toBeLessThan(14);
    expect(attempts.of(put)?.fault.reason).toBe('OverriddenByPolicy');
  });

  it('is not in vain when something else is due on the same resource', () => {
    const attempts = new Attempts(new VirtualClock());
    attempts.accepted(put, false);
    attempts.keepOnly([other]);
    expect(attempts.isHeld(other)).toBe(false);
  });

  it('is forgotten when it lasted, so that later drift is put right at once', () => {
    const attempts = new Attempts(new VirtualClock());
    attempts.accepted(put, false);
    attempts.keepOnly([]);
    attempts.keepOnly([put]);
    expect(attempts.isHeld(put)).toBe(false);
  });

  it('and failed at afterwards grows its pauses, though it was accepted each time', () => {
    const clock = new VirtualClock();
    const attempts = new Attempts(clock);
    const fault = new OperatorError('stalled', 'X', 'no');
    const waits = [1, 2, 3].map(() => {
      attempts.accepted(put, true);
      attempts.keepOnly([]);
      attempts.refused('PUT', '/a', fault);
      return attempts.waitMs(put);
    });
    expect(waits).toEqual([600_000, 1_200_000, 2_400_000]);
    attempts.accepted(put, true);
    expect(attempts.of(put)?.fault).toBe(fault);
    attempts.settled('PUT', '/a');
    attempts.keepOnly([]);
    expect(attempts.of(put)).toBeUndefined();
  });
});

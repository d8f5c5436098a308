import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../test/world/clock.ts';
import { OperatorError, type ErrorKind } from '../base/errors.ts';
import { Attempts } from './attempts.ts';

const put = { verb: 'PUT', id: '/a' } as const;

/** How often a call that is always refused is made within an hour. */
async function triesInAnHour(fault: OperatorError): Promise<number> {
  const clock = new VirtualClock();
  const attempts = new Attempts(clock);
  let tries = 0;
  for (let second = 0; second < 3_600; second += 1) {
    if (!attempts.isHeld(put)) {
      tries += 1;
      attempts.refused('PUT', '/A', fault);
    }
    await clock.advance(1_000);
  }
  return tries;
}

describe('calls that Azure refuses', () => {
  it.each<[string, ErrorKind, boolean, number]>([
    ['what a person has to mend', 'stalled', false, 3],
    ['a missing right', 'waiting', true, 14],
    ['a busy resource', 'waiting', false, 66],
    ['a fault of the service', 'transient', false, 18],
  ])('are tried less and less: %s', async (_, kind, stalls, most) => {
    const tries = await triesInAnHour(new OperatorError(kind, 'X', 'm', { stalls }));
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThanOrEqual(most);
  });

  it('are tried again when Azure said, however long that is, and never in a hot loop', async () => {
    expect(await triesInAnHour(new OperatorError('waiting', 'X', 'm', { retryAfterMs: 303_000 }))).toBe(12);
    expect(await triesInAnHour(new OperatorError('transient', 'X', 'm', { retryAfterMs: 0 }))).toBe(3_600);
  });

  it('hold up no other call', () => {
    const attempts = new Attempts(new VirtualClock());
    attempts.refused('PUT', '/a', new OperatorError('stalled', 'X', 'm'));
    expect(attempts.isHeld({ verb: 'DELETE', id: '/a' })).toBe(false);
    expect(attempts.isHeld({ verb: 'PUT', id: '/b' })).toBe(false);
  });

  it('may be tried at once when a person changes the spec, and are forgotten when nobody wants them', () => {
    const attempts = new Attempts(new VirtualClock());
    attempts.refused('PUT', '/a', new OperatorError('stalled', 'X', 'm'));
    attempts.allowAll();
    expect(attempts.isHeld(put)).toBe(false);
    expect(attempts.of(put)?.times).toBe(1);
    attempts.keepOnly([]);
    expect(attempts.of(put)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../test/world/clock.ts';
import { OperatorError } from '../base/errors.ts';
import { Picture, type Known } from './picture.ts';

/** A thing in Azure that can be read, changed behind our back, and made unreadable. */
class Thing {
  reads = 0;
  value: string | undefined = 'one';
  fault: OperatorError | undefined;
  readonly read = async (): Promise<string | undefined> => {
    this.reads += 1;
    if (this.fault !== undefined) throw this.fault;
    return await Promise.resolve(this.value);
  };
}

const throttled = new OperatorError('waiting', 'Throttled', 'slow down', { retryAfterMs: 90_000 });
const forbidden = new OperatorError('waiting', 'AuthorizationFailed', 'no', { stalls: true });

describe('the picture of an object', () => {
  const clock = new VirtualClock();
  const setUp = () => {
    const picture = new Picture(clock);
    const thing = new Thing();
    const pass = async (full: boolean, anew = false): Promise<Known<string>> => {
      picture.begin(full, anew);
      const known = await picture.look('/thing', thing.read);
      picture.end();
      return known;
    };
    return { picture, thing, pass };
  };

  it('reads everything in a whole look and nothing in a pass that waits for something else', async () => {
    const { thing, pass } = setUp();
    await pass(true);
    thing.value = 'two';
    expect(await pass(false)).toMatchObject({ is: 'there', value: 'one' });
    expect(await pass(true)).toMatchObject({ is: 'there', value: 'two' });
    expect(thing.reads).toBe(2);
  });

  it('takes over looks that others took lately, with their age, and after a change none from before it', async () => {
    const { picture } = setUp();
    await clock.advance(60_000);
    const asked: number[] = [];
    const look = async (): Promise<number> => {
      picture.begin(true, false);
      await picture.shared('/thing', async (maxAgeMs) => {
        asked.push(maxAgeMs);
        return await Promise.resolve({ value: 'one', begunMs: clock.monotonic() - maxAgeMs });
      });
      picture.end();
      return picture.ageMs('/thing');
    };
    expect(await look()).toBe(10_000);
    picture.expire('/thing');
    await clock.advance(3_000);
    expect(await look()).toBe(3_000);
    picture.expire('/thing', 5_000);
    await clock.advance(1_000);
    expect(await look()).toBe(6_000);
    expect(asked).toEqual([10_000, 3_000, 6_000]);
  });

  it('reads once in a pass, however often it is asked', async () => {
    const { picture, thing } = setUp();
    picture.begin(true, false);
    await picture.look('/thing', thing.read);
    await picture.look('/THING/', thing.read);
    expect(thing.reads).toBe(1);
  });

  it('reads what is watched when it is due, and not each time the object is woken', async () => {
    const { picture, thing, pass } = setUp();
    await pass(true);
    picture.watch('/thing', 60_000);
    for (let second = 0; second < 59; second += 1) {
      await clock.advance(1_000);
      await pass(false);
    }
    expect(thing.reads).toBe(1);
    await clock.advance(1_000);
    await pass(false);
    expect(thing.reads).toBe(2);
  });

  it('keeps what it knew of a thing that cannot be read now, with its age and what is wrong', async () => {
    const { thing, pass } = setUp();
    await pass(true);
    thing.fault = throttled;
    await clock.advance(10_000);
    expect(await pass(true)).toMatchObject({
      is: 'there',
      value: 'one',
      ageMs: 10_000,
      trouble: { reason: 'Throttled' },
    });
  });

  it('asks a throttled thing again after the pause that Azure named, to the second', async () => {
    const { picture, thing, pass } = setUp();
    thing.fault = throttled;
    expect(await pass(true)).toMatchObject({ is: 'unknown', fault: { reason: 'Throttled' } });
    expect(picture.nextMs()).toBe(90_000);
    await clock.advance(89_000);
    await pass(true, true);
    expect(thing.reads).toBe(1);
    await clock.advance(1_000);
    await pass(false);
    expect(thing.reads).toBe(2);
  });

  it('asks a forbidden thing again at growing intervals, and at once when a person asks for it', async () => {
    const { thing, pass } = setUp();
    thing.fault = forbidden;
    await pass(true);
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000);
      await pass(false);
    }
    expect(thing.reads).toBeLessThan(40);
    const before = thing.reads;
    thing.fault = undefined;
    expect(await pass(true, true)).toMatchObject({ is: 'there', value: 'one' });
    expect(thing.reads).toBe(before + 1);
  });

  it('tells an absence from not knowing', async () => {
    const { thing, pass } = setUp();
    thing.value = undefined;
    expect((await pass(true)).is).toBe('absent');
    thing.fault = forbidden;
    expect(await pass(true)).toMatchObject({ is: 'absent', trouble: { reason: 'AuthorizationFailed' } });
  });

  it('does not read a thing while an operation of ours runs on it, and says that it is busy', async () => {
    const { picture, thing } = setUp();
    let runsMs: number | undefined = 5_000;
    const look = async (): Promise<Known<string>> => {
      picture.begin(false, false);
      const known = await picture.resource('/thing', thing.read, async () => await Promise.resolve(runsMs));
      picture.end();
      return known;
    };
    expect(await look()).toMatchObject({ is: 'absent', busy: true });
    expect(picture.nextMs()).toBe(5_000);
    runsMs = undefined;
    await clock.advance(5_000);
    expect(await look()).toMatchObject({ is: 'there', value: 'one', busy: false });
    expect(thing.reads).toBe(1);
  });

  it('forgets what nobody asks for any more', async () => {
    const { picture, pass } = setUp();
    await pass(true);
    picture.begin(false, false);
    picture.end();
    expect(picture.isKnown('/thing')).toBe(false);
  });
});

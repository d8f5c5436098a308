import { describe, expect, it } from '@jest/globals';
import { SharedReads } from './shared-reads.ts';
import { VirtualClock } from '../../test/world/clock.ts';

/** Looks that end when the test says so. */
function begin() {
  const clock = new VirtualClock();
  const reads = new SharedReads(clock);
  const pending: { end: (value: string) => void; fail: (error: Error) => void }[] = [];
  const read = (): Promise<string> =>
    new Promise((end, fail) => {
      pending.push({ end, fail });
    });
  return { clock, reads, pending, look: (maxAgeMs: number) => reads.get('Zone', maxAgeMs, read) };
}

describe('what objects of one identity have in common', () => {
  it('is read once for all who ask at the same time, and not again while it is fresh', async () => {
    const { clock, pending, look } = begin();
    const both = [look(10_000), look(10_000)];
    await clock.advance(4_000);
    pending[0]?.end('seen');
    const seen = { value: 'seen', begunMs: 0 };
    expect(await Promise.all(both)).toEqual([seen, seen]);
    await clock.advance(6_000);
    expect((await look(10_000)).value).toBe('seen');
    expect(pending).toHaveLength(1);
    // As old as its beginning, not its end.
    await clock.advance(1);
    void look(10_000);
    expect(pending).toHaveLength(2);
  });

  it('is read anew by who wants the state from now on, were one under way', async () => {
    const { pending, look } = begin();
    const earlier = look(10_000);
    const now = look(0);
    pending[1]?.end('after');
    pending[0]?.end('before');
    expect([(await earlier).value, (await now).value]).toEqual(['before', 'after']);
    expect((await look(10_000)).value).toBe('after');
  });

  it('is outdated by a change of ours, also where it was being read', async () => {
    const { reads, pending, look } = begin();
    const before = look(10_000);
    reads.changed('ZONE');
    const after = look(10_000);
    expect(pending).toHaveLength(2);
    pending[0]?.end('before');
    await before;
    pending[1]?.end('after');
    await after;
    expect((await look(10_000)).value).toBe('after');
    reads.changedAll('zo');
    void look(10_000);
    expect(pending).toHaveLength(3);
  });

  it('is asked for again by the next one when it could not be read', async () => {
    const { pending, look } = begin();
    const failing = look(10_000);
    pending[0]?.fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    void look(10_000);
    expect(pending).toHaveLength(2);
  });
});

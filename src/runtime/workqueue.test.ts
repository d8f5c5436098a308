import { describe, expect, it } from '@jest/globals';
import { Workqueue } from './workqueue.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const create = (): { queue: Workqueue; clock: VirtualClock } => {
  const clock = new VirtualClock();
  return {
    clock,
    queue: new Workqueue({ clock, random: () => 0.5, backoff: { firstMs: 100, longestMs: 1_000 } }),
  };
};

describe('the workqueue', () => {
  it('holds a key once, however often it is added', async () => {
    const { queue } = create();
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(1);
    expect(await queue.take()).toBe('a');
    expect(queue.depth).toBe(0);
  });

  it('never hands out a key that is being worked on, and hands it out again afterwards', async () => {
    const { queue } = create();
    queue.add('a');
    await queue.take();
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('lets no nudge cut the pause after a failure short, nor one that came while it failed', async () => {
    const { queue, clock } = create();
    queue.add('a');
    await queue.take();
    queue.nudge('a');
    queue.addRateLimited('a');
    queue.done('a');
    queue.nudge('a');
    expect(queue.depth).toBe(0);
    await clock.advance(100);
    expect(queue.depth).toBe(1);
  });

  it('takes a nudge as news where nothing failed, while it was worked on too', async () => {
    const { queue } = create();
    queue.nudge('a');
    expect(await queue.take()).toBe('a');
    queue.nudge('a');
    queue.forget('a');
    queue.addAfter('a', 60_000);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('lets what people changed go before the pause after a failure', async () => {
    const { queue } = create();
    queue.add('a');
    await queue.take();
    queue.addRateLimited('a');
    queue.done('a');
    queue.add('a');
    expect(await queue.take()).toBe('a');
  });

  it('gives new work before resyncs, and lifts a resync that becomes news', async () => {
    const { queue } = create();
    queue.add('old', 'low');
    queue.add('older', 'low');
    queue.add('new');
    queue.add('older');
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['new', 'older', 'old']);
  });

  it('gives a resync that has waited for half a minute every second turn, and no more', async () => {
    const { queue, clock } = create();
    for (const key of ['resync-1', 'resync-2', 'resync-3']) queue.add(key, 'low');
    await clock.advance(29_999);
    queue.add('new-1');
    expect(await queue.take()).toBe('new-1');
    await clock.advance(1);
    for (const key of ['new-2', 'new-3', 'new-4', 'new-5']) queue.add(key);
    queue.add('young', 'low');
    const order: (string | undefined)[] = [];
    for (let turn = 0; turn < 8; turn += 1) order.push(await queue.take());
    expect(order).toEqual(['resync-1', 'new-2', 'resync-2', 'new-3', 'resync-3', 'new-4', 'new-5', 'young']);
  });

  it('lets resyncs come to their turn although new work never ends', async () => {
    const { queue, clock } = create();
    const resyncs = Array.from({ length: 20 }, (_, index) => `resync-${index}`);
    for (const key of resyncs) queue.add(key, 'low');
    const taken = new Set<string | undefined>();
    for (let second = 0; second < 80; second += 1) {
      queue.add(`new-${second}`);
      queue.add(`newer-${second}`);
      const key = await queue.take();
      taken.add(key);
      queue.done(key ?? '');
      await clock.advance(1_000);
    }
    expect([...taken]).toEqual(expect.arrayContaining(resyncs));
  });

  it('waits at least as long as whoever refused asked for', async () => {
    const { queue, clock } = create();
    queue.addRateLimited('a', 303_000);
    await clock.advance(302_999);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  it('keeps the earliest of several delays', async () => {
    const { queue, clock } = create();
    queue.addAfter('a', 5_000);
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 9_000);
    await clock.advance(999);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(queue.depth).toBe(1);
    await queue.take();
    queue.done('a');
    await clock.advance(10_000);
    expect(queue.depth).toBe(0);
  });

  it('waits longer after each failure, up to a limit, until it is told to forget', async () => {
    const { queue, clock } = create();
    const delays: number[] = [];
    for (let failure = 0; failure < 6; failure += 1) {
      const begun = clock.now();
      queue.addRateLimited('a');
      await clock.until(() => queue.depth === 1, 5_000, 50);
      delays.push(clock.now() - begun);
      await queue.take();
      queue.done('a');
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(100);
    expect(queue.depth).toBe(1);
  });

  it('lets waiting workers go when it is shut down', async () => {
    const { queue } = create();
    const waiting = queue.take();
    queue.shutDown();
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
  });

  /** What the longest wait for a worker was, of objects that come back a second after each pass of `passMs`. */
  async function longestWait(keys: readonly string[], passMs: number, alone: string): Promise<number> {
    const { queue, clock } = create();
    let waitingSinceMs = 0;
    let longestMs = 0;
    const worker = async (): Promise<void> => {
      for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
        if (key === alone) longestMs = Math.max(longestMs, clock.monotonic() - waitingSinceMs);
        await clock.sleep(passMs);
        if (key !== alone) queue.addAfter(key, 1_000);
        queue.done(key);
      }
    };
    for (const key of keys) queue.add(key);
    const workers = Array.from({ length: 4 }, worker);
    for (let round = 0; round < 3; round += 1) {
      await clock.advance(30_000);
      waitingSinceMs = clock.monotonic();
      queue.add(alone, 'low');
      await clock.advance(120_000);
    }
    queue.shutDown();
    await clock.advance(10_000);
    await Promise.all(workers);
    return longestMs;
  }

  const thousand = Array.from({ length: 1_000 }, (_, index) => `busy/object-${index}`);

  it('lets no resync wait for more than a minute while a thousand objects come back all the time', async () => {
    const wait = await longestWait(thousand, 500, 'busy/quiet');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  it('lets the new object of one namespace wait for a turn, not for a thousand of another', async () => {
    const { queue } = create();
    for (const key of thousand) queue.add(key);
    queue.add('other/new');
    expect(await queue.take()).toBe('busy/object-0');
    expect(await queue.take()).toBe('other/new');
    expect(await queue.take()).toBe('busy/object-1');
  });
});

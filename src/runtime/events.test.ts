import { describe, expect, it } from '@jest/globals';
import { createRecorder, eventResource, type KubeEvent } from './events.ts';
import type { KubeObject } from './object.ts';
import { silentLogger } from '../base/log.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { FakeKubernetes } from '../../test/world/kubernetes/fake.ts';

/** A machine whose clock is set while the process runs, as NTP does it. */
class SetClock extends VirtualClock {
  offsetMs = 0;
  override now(): number {
    return super.now() + this.offsetMs;
  }
}

const object: KubeObject = {
  apiVersion: 'test/v1',
  kind: 'Thing',
  metadata: { namespace: 'n', name: 'a', uid: 'u' },
};

function start() {
  const clock = new SetClock();
  const client = new FakeKubernetes({ clock });
  const options = { client, clock, log: silentLogger, controller: 'operator', instance: 'one' };
  const recorder = createRecorder(options);
  const recorded = async (): Promise<KubeEvent[]> => (await client.list(eventResource)).items;
  const tell = async (): Promise<void> => {
    recorder.event(object, 'Warning', 'Broken', 'It is broken.');
    await recorder.flush();
  };
  return { clock, client, recorder, recorded, tell };
}

describe('events', () => {
  it('count a repeat within ten minutes on the first one, and begin anew after that', async () => {
    const { clock, recorded, tell } = start();
    await tell();
    await clock.advance(599_000);
    await tell();
    expect(await recorded()).toMatchObject([{ reason: 'Broken', series: { count: 2 } }]);
    await clock.advance(601_000);
    await tell();
    expect(await recorded()).toHaveLength(2);
  });

  it.each([
    ['back', 'a minute', -3_600_000, 60_000, 1],
    ['back', 'eleven minutes', -3_600_000, 660_000, 2],
    ['on', 'a minute', 3_600_000, 60_000, 1],
    ['on', 'eleven minutes', 3_600_000, 660_000, 2],
  ])('are not misled by a clock that is set an hour %s: a repeat after %s', async (...args) => {
    const [, , offsetMs, afterMs, expected] = args;
    const { clock, recorded, tell } = start();
    await tell();
    clock.offsetMs = offsetMs;
    await clock.advance(afterMs);
    await tell();
    expect(await recorded()).toHaveLength(expected);
  });

  it('never hold up the end of the process for more than two seconds', async () => {
    const { clock, client, recorder } = start();
    client.create = async () => await new Promise(() => {});
    recorder.event(object, 'Normal', 'One', 'It hangs.');
    let flushed = false;
    void recorder.flush().then(() => (flushed = true));
    await clock.advance(1_999);
    expect(flushed).toBe(false);
    await clock.advance(1);
    expect(flushed).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../test/world/clock.ts';
import { machineId, machineNamed, ownScope } from '../../test/world/machines.ts';
import { compose } from './look/servers.ts';
import { keepOnly, newMemory, takenBackLately } from './memory.ts';

const hour = 3_600_000;

describe('what is remembered of servers', () => {
  it('ends with them', () => {
    const memory = newMemory();
    for (const key of ['kept', 'gone']) {
      memory.outside.set(key, { generation: 1, begunMs: 0 });
      memory.lacking.set(key, 0);
      memory.asked.set(key, { atMs: 0, sight: { is: 'gone' } });
    }
    keepOnly(memory, new Set(['kept']));
    for (const map of [memory.outside, memory.lacking, memory.asked])
      expect([...map.keys()]).toEqual(['kept']);
  });

  it('is for an hour that they were taken back', () => {
    const memory = newMemory();
    memory.takenBack.set('often', [0, hour / 2, hour]);
    memory.takenBack.set('once', [0]);
    expect(takenBackLately(memory, hour + 1)).toEqual(new Map([['often', 2]]));
    expect([...memory.takenBack.keys()]).toEqual(['often']);
  });

  it('is what Azure answered to a call, until a listing that began later shows the server', async () => {
    const memory = newMemory();
    const key = machineId('one').toLowerCase();
    memory.answers.set(key, { machine: machineNamed('one', { scopeId: ownScope }), atMs: 500 });
    const listing = (begunMs: number) => ({
      subscriptionId: 's',
      key: 'machines s',
      begunMs,
      ageMs: 0,
      machines: new Map([[key, machineNamed('one')]]),
      trouble: undefined,
    });
    const scopeSeen = async (begunMs: number): Promise<string | undefined> => {
      const { servers } = await compose([listing(begunMs)], new Map(), () => true, {
        memory,
        clock: new VirtualClock(),
        waitsFor: () => undefined,
      });
      return servers[0]?.sight.is === 'there' ? servers[0].sight.machine.scopeId : undefined;
    };
    expect(await scopeSeen(100)).toBe(ownScope);
    expect(await scopeSeen(900)).toBeUndefined();
  });
});

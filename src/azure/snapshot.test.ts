import { describe, expect, it } from '@jest/globals';
import { MachineSnapshots } from './snapshot.ts';
import type { Machine } from './types.ts';
import { VirtualClock } from '../../test/world/clock.ts';

const machine = (subscriptionId: string, name: string, scopeId?: string): Machine => ({
  id: `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/${name}`,
  name,
  subscriptionId,
  resourceGroup: 'rg',
  location: 'westeurope',
  tags: {},
  vmId: name,
  status: 'Connected',
  provisioningState: 'Succeeded',
  ...(scopeId === undefined ? {} : { scopeId }),
});

/** Listings that end when the test says so, with what it says. */
function begin() {
  const clock = new VirtualClock();
  const pending: {
    subscription: string;
    end: (machines: Machine[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const list = (subscription: string): Promise<Machine[]> =>
    new Promise((end, fail) => {
      pending.push({ subscription, end, fail });
    });
  return { clock, snapshots: new MachineSnapshots(list, clock), pending };
}

const scopeOf = (snapshot: { machines: ReadonlyMap<string, Machine> }): (string | undefined)[] =>
  [...snapshot.machines.values()].map(({ scopeId }) => scopeId);

describe('the servers of a subscription', () => {
  it('are listed once for all who ask at the same time, and not again while the listing is fresh', async () => {
    const { clock, snapshots, pending } = begin();
    const both = [snapshots.get('a', 60_000), snapshots.get('A', 60_000)];
    await clock.advance(10_000);
    pending[0]?.end([machine('a', 'web')]);
    const [one, other] = await Promise.all(both);
    expect(one).toBe(other);
    await clock.advance(49_000);
    expect(await snapshots.get('a', 60_000)).toBe(one);
    expect(pending).toHaveLength(1);
  });

  it('are as old as the beginning of their listing, not its end', async () => {
    const { clock, snapshots, pending } = begin();
    const first = snapshots.get('a', 60_000);
    await clock.advance(50_000);
    pending[0]?.end([]);
    expect((await first).begunMs).toBe(0);
    await clock.advance(11_000);
    void snapshots.get('a', 60_000);
    expect(pending).toHaveLength(2);
  });

  it('are asked for anew rather than taken from a listing that began too long ago and is not done', async () => {
    const { clock, snapshots, pending } = begin();
    void snapshots.get('a', 60_000);
    await clock.advance(61_000);
    void snapshots.get('a', 60_000);
    expect(pending).toHaveLength(2);
  });

  it('stay known when a later listing fails, for whom their age will do', async () => {
    const { clock, snapshots, pending } = begin();
    const first = snapshots.get('a', 60_000);
    pending[0]?.end([machine('a', 'web')]);
    const known = await first;
    await clock.advance(30_000);
    const fresh = snapshots.get('a', 0);
    pending[1]?.fail(new Error('503'));
    await expect(fresh).rejects.toThrow('503');
    expect(await snapshots.get('a', 60_000)).toBe(known);
    await clock.advance(31_000);
    const later = snapshots.get('a', 60_000);
    pending[2]?.fail(new Error('503'));
    await expect(later).rejects.toThrow('503');
  });

  it('show a change although the listing began before it', async () => {
    const { clock, snapshots, pending } = begin();
    const listing = snapshots.get('a', 60_000);
    await clock.advance(1_000);
    snapshots.changed(machine('a', 'web', '/scope'));
    pending[0]?.end([machine('a', 'web')]);
    expect(scopeOf(await listing)).toEqual(['/scope']);
  });

  // It was forgotten, so a server just taken looked taken out by somebody, and was PATCHed again.
  it('show it also when another subscription was listed meanwhile', async () => {
    const { clock, snapshots, pending } = begin();
    const slow = snapshots.get('a', 60_000);
    await clock.advance(1_000);
    snapshots.changed(machine('a', 'web', '/scope'));
    await clock.advance(1_000);
    const other = snapshots.get('b', 60_000);
    pending[1]?.end([machine('b', 'db')]);
    await other;
    pending[0]?.end([machine('a', 'web')]);
    expect(scopeOf(await slow)).toEqual(['/scope']);
  });

  it('are those of the listing that began last, whichever ends last', async () => {
    const { clock, snapshots, pending } = begin();
    const slow = snapshots.get('a', 0);
    await clock.advance(1_000);
    snapshots.changed(machine('a', 'web', '/scope'));
    await clock.advance(1_000);
    const quick = snapshots.get('a', 0);
    pending[1]?.end([machine('a', 'web', '/scope'), machine('a', 'new')]);
    const newest = await quick;
    pending[0]?.end([machine('a', 'web')]);
    expect(await slow).toBe(newest);
    expect(await snapshots.get('a', 60_000)).toBe(newest);
  });
});

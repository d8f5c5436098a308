import { describe, expect, it } from '@jest/globals';
import { ServersLab } from '../../test/world/servers.ts';
import { smallSeed, subscription } from '../../test/world/small-seed.ts';

const minute = 60_000;
const other = '00000000-0000-0000-0000-00000000000b';
const names = (lab: ServersLab): string[] => lab.patches();

describe("Azure's limits", () => {
  it('are kept without a look for nothing: while they let no call through, nothing is listed for calls', async () => {
    // 320 writes in every 300 seconds (assumed from recorded counts): 700 servers take two whole pauses.
    const lab = new ServersLab(smallSeed, { regime: 'window' });
    lab.plant('many', { count: 696 });
    await lab.prepare();
    await lab.associate();
    const startMs = lab.clock.now();
    lab.start(undefined, ['--machine-poll-interval=30m']);
    await lab.until(() => new Set(names(lab)).size >= 700);
    const minutes = (lab.clock.now() - startMs) / minute;
    expect(minutes).toBeGreaterThan(9);
    // One listing for each of the three batches, on which their calls rest, and none between.
    const pages = Math.ceil(703 / 100);
    expect(lab.listings()).toBe(3 * pages);
    const last = Math.max(...lab.machineCalls('PATCH').map(({ atMs }) => atMs));
    const floorMs = 600_000;
    expect(last - (lab.machineCalls('PATCH')[0]?.atMs ?? 0)).toBeLessThanOrEqual(floorMs * 1.05);
    await lab.stop();
  }, 120_000);

  it('of one subscription hold up no other', async () => {
    const lab = new ServersLab(
      { ...smallSeed, resourceGroups: [...smallSeed.resourceGroups, { subscriptionId: other, name: 'rg' }] },
      { regime: 'window' },
    );
    lab.plant('many', { count: 600 });
    lab.plant('more', { count: 300, subscriptionId: other });
    await lab.prepare();
    const machines = {
      subscriptionIds: [subscription, other],
      tagSelector: { matchTags: { site: 'plant' } },
    };
    await lab.associate({ machines });
    lab.start();
    await lab.until(() => names(lab).filter((name) => name.startsWith('more')).length >= 300, 4 * minute);
    expect(names(lab).filter((name) => name.startsWith('many')).length).toBeLessThan(400);
    await lab.stop();
  }, 120_000);
});

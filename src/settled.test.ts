import { afterEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from './api/resources.ts';
import { plantServers } from '../test/world/azure/seed.ts';
import { Laboratory } from '../test/world/laboratory.ts';
import { associationObject, scopeObject } from '../test/world/objects.ts';
import { endpointId, hub, otherScopeId, smallSeed, spoke, subscription } from '../test/world/small-seed.ts';

/** A world in which something is refused and nothing changes costs nothing but a look now and then. */

const minute = 60_000;
let lab: Laboratory;
afterEach(() => lab.stop());

describe('an estate with fifty refused servers and a rejected endpoint', () => {
  it('is settled: nothing is written, to Azure or to Kubernetes, and little is read', async () => {
    lab = new Laboratory(smallSeed);
    plantServers(lab.world, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'theirs',
      count: 50,
      location: 'westeurope',
      tags: { site: 'plant' },
      scope: otherScopeId,
    });
    await lab.createSecret();
    const endpoint = (name: string, network: string, group: string) => ({
      name,
      subnetId: `${network}/subnets/pe`,
      dns: { resourceGroup: group },
    });
    const privateEndpoints = [endpoint('hub', hub, 'rg-dns'), endpoint('spoke', spoke, 'rg')];
    await lab.kubernetes.create(scopes, scopeObject({ privateEndpoints }));
    await lab.kubernetes.create(associations, associationObject());
    lab.start();
    await lab.until(
      async () => (await lab.condition(lab.association('servers'))) === 'True Ready',
      3_600_000,
    );
    lab.portal.decide(endpointId, 'Rejected');
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'False ConnectionRejected');
    await lab.clock.advance(30 * minute);
    expect((await lab.association('servers'))?.status?.refused).toBe(52);
    const before = [lab.world.writes().length, lab.kubernetes.writes().length];
    const mark = lab.world.exchanges.length;
    await lab.clock.advance(60 * minute);
    expect([lab.world.writes().length, lab.kubernetes.writes().length]).toEqual(before);
    const reads = lab.world.exchanges.slice(mark);
    expect(reads.length).toBeGreaterThan(0);
    for (let from = reads[0]?.atMs ?? 0; from < lab.clock.now(); from += minute)
      expect(reads.filter(({ atMs }) => atMs >= from && atMs < from + minute).length).toBeLessThanOrEqual(60);
  });
});

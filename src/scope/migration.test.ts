import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../api/resources.ts';
import { Agents } from '../../test/world/agents.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { associationObject, scopeObject } from '../../test/world/objects.ts';
import { ScopeLab } from '../../test/world/scope-lab.ts';
import { hub, scopeId, serverId } from '../../test/world/small-seed.ts';

const minute = 60_000;
const privateEndpoints = [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } }];
/** All servers of the network, as the article asks: whoever resolves private names has to be associated. */
const everybody = { machines: { tagSelector: null, selectionMode: 'All' } };

let lab: ScopeLab;
let agents: Agents;
beforeEach(async () => {
  lab = await ScopeLab.open();
  // Those that are elsewhere, or in another region, are in other networks.
  for (const name of ['taken', 'abroad']) lab.portal.delete(serverId(name));
  agents = new Agents(lab, hub);
  lab.start();
});
afterEach(() => lab.stop());

const serversAre = async (wanted: string): Promise<boolean> =>
  (await lab.condition(lab.association('servers'))) === wanted;
const access = (): unknown => lab.portal.need(scopeId).properties['publicNetworkAccess'];

async function firstCommit(): Promise<void> {
  const spec = { publicNetworkAccess: 'Enabled', dnsActivation: 'Hold', privateEndpoints };
  await lab.kubernetes.create(scopes, scopeObject(spec));
  await lab.kubernetes.create(associations, associationObject(everybody));
  await agents.liveUntil(
    async () => (await serversAre('True Ready')) && (await lab.state()) === 'True Ready',
    90 * minute,
  );
}

describe('the migration', () => {
  it('in three commits cuts off no server for a second, nor does the way back', async () => {
    await firstCommit();
    expect(lab.portal.need(serverId('web-1')).properties['privateLinkScopeResourceId']).toBe(scopeId);
    expect(await lab.state('DNSReady')).toBe('False HeldBack');
    await lab.spec({ dnsActivation: 'Automatic' });
    await agents.liveUntil(async () => (await lab.state('DNSReady')) === 'True Ready', 30 * minute);
    await lab.spec({ publicNetworkAccess: 'Disabled' });
    await agents.liveUntil(
      async () => access() === 'Disabled' && (await lab.state()) === 'True Ready',
      30 * minute,
    );
    await agents.live(60 * minute);

    await lab.spec({ publicNetworkAccess: 'Enabled' });
    await agents.liveUntil(
      async () => access() === 'Enabled' && (await lab.state()) === 'True Ready',
      30 * minute,
    );
    await lab.spec({ privateEndpoints: [] });
    await agents.live(30 * minute);
    await lab.kubernetes.delete(associations, { namespace, name: 'servers' });
    await agents.liveUntil(async () => (await lab.association('servers')) === undefined, 30 * minute);
    await agents.live(30 * minute);
    expect(lab.portal.need(serverId('web-1')).properties['privateLinkScopeResourceId']).toBe('');
    expect(agents.cutOffSeconds).toBe(0);
  }, 60_000);

  it('that is Automatic from the beginning cuts servers off until the scope accepts them', async () => {
    await lab.kubernetes.create(scopes, scopeObject({ publicNetworkAccess: 'Enabled', privateEndpoints }));
    await lab.kubernetes.create(associations, associationObject(everybody));
    await agents.liveUntil(() => serversAre('True Ready'), 90 * minute);
    const waited = agents.cutOffSeconds;
    // Each of them for the quarter of an hour that the scope needs, at the least.
    expect(waited).toBeGreaterThan(3 * 14 * 60);
    await agents.live(30 * minute);
    expect(agents.cutOffSeconds).toBe(waited);
  }, 60_000);

  it('does not come to an end too early: with names held back public access stays on', async () => {
    await firstCommit();
    await lab.spec({ publicNetworkAccess: 'Disabled' });
    await agents.live(60 * minute);
    expect(access()).toBe('Enabled');
    expect(await lab.state()).toBe('False WaitingForEndpoints');
    expect(agents.cutOffSeconds).toBe(0);
  }, 60_000);
});

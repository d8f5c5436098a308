import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { owner, ownerTag, ScopeLab } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, scopeId, spoke } from '../../test/world/small-seed.ts';

const hour = 60 * 60_000;

describe("others' settings", () => {
  let lab: ScopeLab;
  beforeEach(async () => {
    lab = await ScopeLab.open();
  });
  afterEach(() => lab.stop());

  it('survive when the tags of an endpoint are put right', async () => {
    await lab.make({ tags: { team: 'plant' } });
    await lab.becomes('True Ready');
    const groups = [
      { id: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/applicationSecurityGroups/z' },
    ];
    lab.portal.set(endpointId, { applicationSecurityGroups: groups });
    lab.portal.tag(endpointId, { [ownerTag]: owner, theirs: 'kept' });
    await lab.until(() => lab.portal.need(endpointId).tags?.['team'] === 'plant');
    expect(lab.portal.need(endpointId).properties['applicationSecurityGroups']).toEqual(groups);
    expect(lab.portal.need(endpointId).tags).toEqual({ [ownerTag]: owner, theirs: 'kept', team: 'plant' });
  });

  it('survive at a link: registration and a resolution policy that the spec does not name', async () => {
    await lab.make({ tags: { team: 'plant' } });
    await lab.becomes('True Ready');
    const [link] = lab.world.resources.below(
      hisZone,
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    );
    const id = link?.id ?? '';
    lab.portal.set(id, { registrationEnabled: true, resolutionPolicy: 'NxDomainRedirect' });
    lab.portal.tag(id, { [ownerTag]: owner });
    await lab.until(() => lab.portal.need(id).tags?.['team'] === 'plant');
    await lab.clock.advance(hour);
    expect(lab.portal.need(id).properties).toMatchObject({
      registrationEnabled: true,
      resolutionPolicy: 'NxDomainRedirect',
    });
  });

  it('survive when a request message is changed, which the approver then reads', async () => {
    const endpoint = {
      name: 'hub',
      subnetId: `${hub}/subnets/pe`,
      approval: 'Manual',
      dns: { resourceGroup: 'rg-dns' },
    };
    await lab.make({ privateEndpoints: [{ ...endpoint, requestMessage: 'please' }] });
    await lab.becomes('False AwaitingApproval');
    lab.portal.set(endpointId, { applicationSecurityGroups: [{ id: '/x' }] });
    await lab.spec({ privateEndpoints: [{ ...endpoint, requestMessage: 'for plant 7' }] });
    const message = (): unknown =>
      (
        lab.portal.need(endpointId).properties['manualPrivateLinkServiceConnections'] as {
          properties: { requestMessage: string };
        }[]
      )[0]?.properties.requestMessage;
    await lab.until(() => message() === 'for plant 7');
    expect(lab.portal.need(endpointId).properties['applicationSecurityGroups']).toEqual([{ id: '/x' }]);
    await lab.clock.advance(5_000);
    const { writes } = await lab.callsWithin(hour);
    expect(writes).toBe(0);
  });

  it('are never overwritten with what Azure set itself: SecuredByPerimeter stays', async () => {
    await lab.make({ publicNetworkAccess: 'Disabled', tags: { team: 'plant' } });
    await lab.becomes('True Ready');
    lab.portal.set(scopeId, { publicNetworkAccess: 'SecuredByPerimeter' });
    lab.portal.tag(scopeId, { [ownerTag]: owner });
    await lab.until(() => lab.portal.need(scopeId).tags?.['team'] === 'plant');
    await lab.clock.advance(hour);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('SecuredByPerimeter');
    expect(await lab.state()).toBe('True Ready');
  });
});

describe('tags that Azure does not keep', () => {
  let lab: ScopeLab;
  beforeEach(async () => {
    lab = await ScopeLab.open();
  });
  afterEach(() => lab.stop());

  it('of private DNS are left out, told, and never written again: names with a colon or space, and the sixteenth', async () => {
    const many = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`t${index + 10}`, 'x']));
    await lab.make({ tags: { 'cost:center': '1', 'my tag': '2', ...many } });
    await lab.becomes('True Ready');
    await lab.clock.advance(60_000);
    expect(Object.keys(lab.portal.need(endpointId).tags ?? {})).toHaveLength(16);
    expect(Object.keys(lab.portal.need(hisZone).tags ?? {})).toHaveLength(14);
    expect(await lab.message('DNSReady')).toContain('cost:center, my tag');
    expect((await lab.callsWithin(3 * hour)).writes).toBe(0);
    await lab.spec({ tags: Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`t${i + 10}`, 'x'])) });
    await lab.clock.advance(hour);
    expect(await lab.state()).toBe('True Ready');
    expect((await lab.callsWithin(3 * hour)).writes).toBe(0);
  });

  it('because a policy rewrites them are told while the scope stays Ready, and written when the policy has gone', async () => {
    lab.world.overrides.tags = (_, tags) => ('team' in tags ? { ...tags, team: 'central' } : tags);
    await lab.make({ tags: { team: 'plant' } });
    await lab.becomes('True Ready');
    for (const type of ['ScopeReady', 'PrivateEndpointsReady', 'DNSReady'])
      expect(await lab.state(type)).toBe('True OverriddenByPolicy');
    expect(await lab.message('ScopeReady')).toContain('team');
    await lab.clock.advance(10_000);
    const kubernetes = lab.kubernetes.writes('ArcPrivateLinkScope').length;
    // Eleven resources, each tried after 10, 20 and 40 minutes at most.
    expect((await lab.callsWithin(hour)).writes).toBeLessThanOrEqual(33);
    expect(lab.kubernetes.writes('ArcPrivateLinkScope')).toHaveLength(kubernetes);
    expect(await lab.state()).toBe('True Ready');
    delete lab.world.overrides.tags;
    await lab.clock.advance(1.1 * hour);
    expect(lab.portal.need(endpointId).tags?.['team']).toBe('plant');
    expect(lab.portal.need(hisZone).tags?.['team']).toBe('plant');
    expect(await lab.state('PrivateEndpointsReady')).toBe('True Ready');
  });

  it('are not tried more often because Azure was out of order for a while', async () => {
    lab.world.overrides.publicNetworkAccess = 'Disabled';
    await lab.make({ publicNetworkAccess: 'Enabled' });
    await lab.becomes('True Ready');
    expect(await lab.state('ScopeReady')).toBe('True OverriddenByPolicy');
    const puts = (): number => lab.world.writes().filter(({ path }) => path === scopeId).length;
    await lab.clock.advance(14 * 60_000);
    const before = puts();
    const broken = {
      status: 503,
      headers: { 'content-type': 'application/json' },
      body: '{"error":{"code":"ServiceUnavailable","message":"x"}}',
    };
    lab.world.onRequest = () => broken;
    await lab.clock.advance(3 * 60_000);
    lab.world.onRequest = undefined;
    await lab.clock.advance(10 * 60_000);
    expect(puts() - before).toBeLessThanOrEqual(1);
    expect(await lab.state('ScopeReady')).toBe('True OverriddenByPolicy');
    expect(await lab.state()).toBe('True Ready');
  });
});

describe('what is seen of DNS', () => {
  it('lists records whatever the case of their names, where they are to be made elsewhere', async () => {
    const lab = await ScopeLab.open();
    await lab.make({
      privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } }],
    });
    await lab.becomes('True Ready');
    const configs = lab.portal.need(endpointId).properties['customDnsConfigs'] as { fqdn: string }[];
    lab.portal.set(endpointId, {
      customDnsConfigs: configs.map((one) => ({ ...one, fqdn: one.fqdn.toUpperCase() })),
    });
    await lab.clock.advance(20 * 60_000);
    const records = (await lab.status()).endpoints?.[0]?.records;
    expect(records).toHaveLength(7);
    expect(records).toContainEqual({
      zone: 'privatelink.his.arc.azure.com',
      name: 'gbl',
      fqdn: 'gbl.his.arc.azure.com',
      addresses: ['10.0.0.4'],
    });
    await lab.stop();
  });

  it('takes a link that someone else made for what it does, and makes no second one', async () => {
    const lab = await ScopeLab.open();
    await lab.make();
    await lab.becomes('True Ready');
    const mine = lab.linksOf(hisZone).find(({ network }) => network === spoke);
    lab.portal.delete(`${hisZone}/virtualNetworkLinks/${mine?.name}`);
    await lab.byHand('PUT', `${hisZone}/virtualNetworkLinks/theirs`, {
      location: 'global',
      properties: { virtualNetwork: { id: spoke } },
    });
    await lab.clock.advance(hour);
    expect(lab.linksOf(hisZone).filter(({ network }) => network === spoke)).toEqual([
      { name: 'theirs', network: spoke, tags: {} },
    ]);
    expect(await lab.state()).toBe('True Ready');
    await lab.stop();
  });
});

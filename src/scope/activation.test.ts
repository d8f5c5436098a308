import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations } from '../api/resources.ts';
import { configMaps } from './exporting/config-map.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { associationObject } from '../../test/world/objects.ts';
import { endpointElsewhere, ScopeLab, zoneNames } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, scopeId, serverId, spoke, zoneOf } from '../../test/world/small-seed.ts';

const minute = 60_000;

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

const linksOf = (zone: string): unknown[] =>
  lab.world.resources.below(zoneOf(zone), 'Microsoft.Network/privateDnsZones/virtualNetworkLinks');
const links = (): number => zoneNames.flatMap(linksOf).length;
const scopeOf = (name: string): unknown =>
  lab.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];

describe('dnsActivation: Hold', () => {
  it('builds everything but the links, is Ready, and lists them', async () => {
    await lab.make({ dnsActivation: 'Hold' });
    await lab.becomes('True Ready');
    expect(await lab.state('DNSReady')).toBe('False HeldBack');
    expect(await lab.message('DNSReady')).toBe(
      'Names of private endpoint hub do not resolve yet: 6 VNet links and zone groups are held back (dnsActivation: Hold; see status.heldBack). Set dnsActivation: Automatic to have them made.',
    );
    expect(links()).toBe(0);
    expect((await lab.status()).endpoints?.[0]?.records).toHaveLength(7);
    const { heldBack = [] } = await lab.status();
    expect(heldBack.map(({ privateEndpoint }) => privateEndpoint)).toEqual(Array(6).fill('hub'));
    expect([...new Set(heldBack.map(({ id }) => id.split('/')[8]))].sort()).toEqual([...zoneNames].sort());
    const writes = lab.world.writes().length;
    await lab.clock.advance(60 * minute);
    expect(lab.world.writes()).toHaveLength(writes);
    await lab.spec({ dnsActivation: 'Automatic' });
    await lab.becomes('True Ready', 'DNSReady');
    expect(links()).toBe(6);
    expect((await lab.status()).heldBack).toBeUndefined();
  });

  it('takes nothing down that resolves already', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const picture = lab.portal.picture();
    await lab.spec({ dnsActivation: 'Hold' });
    await lab.clock.advance(60 * minute);
    expect(await lab.state()).toBe('True Ready');
    expect(await lab.state('DNSReady')).toBe('True Ready');
    expect(lab.portal.picture()).toEqual(picture);
  });

  it('leaves names where they resolve when the zones are to move, until it is Automatic', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const dns = { resourceGroup: 'rg', linkVirtualNetworkIds: [spoke] };
    const moved = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns };
    await lab.spec({ dnsActivation: 'Hold', privateEndpoints: [moved] });
    await lab.clock.advance(60 * minute);
    expect(links()).toBe(6);
    expect(lab.world.resources.below(hisZone, 'Microsoft.Network/privateDnsZones/A')).not.toEqual([]);
    expect(await lab.state('DNSReady')).toBe('False HeldBack');
    await lab.spec({ dnsActivation: 'Automatic' });
    await lab.until(() => links() === 0, 20 * minute);
    await lab.becomes('True Ready', 'DNSReady');
  });

  it('exports no records before it is Automatic', async () => {
    const endpoint = { ...endpointElsewhere(lab, 'spoke2'), dns: { mode: 'None' } };
    await lab.make({ dnsActivation: 'Hold', privateEndpoints: [endpoint], exports: { dns: {} } });
    await lab.becomes('True Ready');
    await lab.clock.advance(10 * minute);
    expect((await lab.kubernetes.list(configMaps, { namespace })).items).toEqual([]);
    expect((await lab.status()).heldBack).toEqual([
      { privateEndpoint: 'spoke2', id: `/api/v1/namespaces/${namespace}/configmaps/net-dns` },
    ]);
    expect(await lab.message('ExportsReady')).toContain('held back (dnsActivation: Hold)');
    await lab.spec({ dnsActivation: 'Automatic' });
    await lab.becomes('True Ready', 'ExportsReady');
    expect((await lab.status()).heldBack).toBeUndefined();
  });

  it('lets no association take servers that nothing would serve, and turns no public access off', async () => {
    await lab.make({ dnsActivation: 'Hold', publicNetworkAccess: 'Disabled' });
    await lab.kubernetes.create(associations, associationObject());
    await lab.becomes('True Ready');
    await lab.clock.advance(30 * minute);
    expect(scopeOf('web-1')).not.toBe(scopeId);
    await lab.spec({ publicNetworkAccess: 'Enabled' });
    await lab.until(() => scopeOf('web-1') === scopeId, 30 * minute);
    await lab.spec({ publicNetworkAccess: 'Disabled' });
    await lab.clock.advance(60 * minute);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    expect(await lab.state()).toBe('False WaitingForEndpoints');
    await lab.spec({ dnsActivation: 'Automatic' });
    await lab.becomes('True Ready');
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Disabled');
    expect(lab.portal.get(endpointId)).toBeDefined();
  });
});

describe('public access', () => {
  it('is not turned off while the only endpoint is rejected: the servers would be cut off', async () => {
    await lab.make({ publicNetworkAccess: 'Enabled' });
    await lab.kubernetes.create(associations, associationObject());
    await lab.becomes('True Ready');
    await lab.until(() => scopeOf('web-1') === scopeId, 30 * minute);
    await lab.clock.advance(30 * minute);
    lab.portal.decide(endpointId, 'Rejected');
    await lab.spec({ publicNetworkAccess: 'Disabled' });
    await lab.clock.advance(60 * minute);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    expect(await lab.message('ScopeReady')).toMatch(
      /^Public access is turned off when a private endpoint serves/,
    );
    lab.portal.decide(endpointId, 'Approved');
    await lab.becomes('True Ready');
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Disabled');
  });
});

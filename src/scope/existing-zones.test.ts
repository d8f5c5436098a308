import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { json } from '../../test/world/azure/http.ts';
import { ScopeLab, zoneGroupTo, zoneNames, zonesOfHub } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, idOf, scopeId, zoneOf } from '../../test/world/small-seed.ts';

const minute = 60_000;
const zones = zoneNames.map(zoneOf);
const existing = { mode: 'Existing', resourceGroup: 'rg-dns' };
const endpoint = (dns: object): object => ({ name: 'hub', subnetId: `${hub}/subnets/pe`, dns });

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

const below = (zone: string, type: string): string[] =>
  lab.world.resources.below(zone, `Microsoft.Network/privateDnsZones/${type}`).map(({ name }) => name);
const writesTo = (part: RegExp): string[] =>
  lab.world
    .writes()
    .filter(({ path }) => part.test(path))
    .map(({ method, path }) => `${method} ${path}`);

/** Another endpoint of the service, of whoever. */
function registerOther(): void {
  lab.world.resources.put({
    id: `${hisZone}/A/gbl`,
    name: 'gbl',
    type: 'Microsoft.Network/privateDnsZones/A',
    properties: {
      fqdn: 'gbl.privatelink.his.arc.azure.com.',
      ttl: 10,
      aRecords: [{ ipv4Address: '10.9.9.9' }],
    },
  });
}

describe('zones that a central team has (dns.mode: Existing)', () => {
  it('get the records of the endpoint by its zone group, and are otherwise left as they are', async () => {
    await zonesOfHub(lab);
    const before = zones.map((zone) => structuredClone(lab.portal.need(zone).tags));
    const from = lab.world.writes().length;
    await lab.make({ privateEndpoints: [endpoint(existing)], tags: { cost: '1' } });
    await lab.becomes('True Ready');
    for (const zone of zones) expect(below(zone, 'A')).not.toEqual([]);
    expect(zones.map((zone) => below(zone, 'virtualNetworkLinks'))).toEqual(zones.map(() => ['central']));
    expect(zones.map((zone) => lab.portal.need(zone).tags)).toEqual(before);
    expect((await lab.status()).endpoints?.[0]?.records).toHaveLength(7);
    expect((await lab.status()).inventory?.filter(({ id }) => /privateDnsZones/i.test(id))).toEqual([]);
    const written = lab.world
      .writes()
      .slice(from)
      .filter(({ path }) => /privateDnsZones\//i.test(path));
    expect(written).toEqual([]);
    await lab.remove();
    expect(lab.portal.get(scopeId)).toBeUndefined();
    expect(zones.map((zone) => lab.portal.need(zone).tags)).toEqual(before);
    expect(below(hisZone, 'A')).toEqual([]);
  });

  it('are linked to the VNets that the spec lists alone, and let go of them again', async () => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [endpoint({ ...existing, linkVirtualNetworkIds: [hub] })] });
    await lab.becomes('True Ready');
    expect(below(hisZone, 'virtualNetworkLinks')).toHaveLength(2);
    await lab.spec({ privateEndpoints: [endpoint(existing)] });
    await lab.until(() => below(hisZone, 'virtualNetworkLinks').length === 1);
    await lab.becomes('True Ready');
    expect(below(hisZone, 'virtualNetworkLinks')).toEqual(['central']);
  });

  it('are waited for while they are not there, and named; none is made', async () => {
    await lab.make({ privateEndpoints: [endpoint(existing)] });
    await lab.becomes('False DNSZoneNotFound');
    expect(await lab.message('DNSReady')).toContain(zones[0]?.split('/').pop());
    expect(writesTo(/privateDnsZones\//i)).toEqual([]);
    await zonesOfHub(lab);
    await lab.becomes('True Ready');
  });

  it('are refused when another endpoint of the service registers in them already', async () => {
    await zonesOfHub(lab);
    registerOther();
    await lab.make({ privateEndpoints: [endpoint(existing)] });
    await lab.becomes('False ZoneSetInUse');
    await lab.clock.advance(30 * minute);
    expect(writesTo(/privateDnsZoneGroups/i)).toEqual([]);
    expect(lab.portal.need(`${hisZone}/A/gbl`).properties['aRecords']).toEqual([{ ipv4Address: '10.9.9.9' }]);
  });

  it('wait for dnsActivation: Automatic before they get records', async () => {
    await zonesOfHub(lab);
    await lab.make({ dnsActivation: 'Hold', privateEndpoints: [endpoint(existing)] });
    await lab.becomes('True Ready');
    expect(below(hisZone, 'A')).toEqual([]);
    expect((await lab.status()).heldBack).toEqual([
      { privateEndpoint: 'hub', id: `${endpointId}/privateDnsZoneGroups/arc-private-link` },
    ]);
    expect(await lab.state('DNSReady')).toBe('False HeldBack');
    await lab.spec({ dnsActivation: 'Automatic' });
    await lab.becomes('True Ready', 'DNSReady');
    expect(below(hisZone, 'A')).not.toEqual([]);
  });

  it('are planned in the same way under Observe', async () => {
    await zonesOfHub(lab);
    await lab.make({ managementPolicy: 'Observe', privateEndpoints: [endpoint(existing)] });
    await lab.becomes('False ChangesPlanned');
    const ids = ((await lab.status()).plannedActions ?? []).map(({ id }) => id);
    expect(ids.some((id) => id.endsWith('/privateDnsZoneGroups/arc-private-link'))).toBe(true);
    expect(ids.filter((id) => /privateDnsZones\//i.test(id))).toEqual([]);
  });
});

describe('links in zones of a central team', () => {
  const linked = endpoint({ ...existing, linkVirtualNetworkIds: [hub] });
  const ours = (): string[] =>
    zones.flatMap((zone) => below(zone, 'virtualNetworkLinks')).filter((name) => name !== 'central');

  it.each([
    ['the endpoint leaves the spec', { privateEndpoints: [] }],
    ['names are made elsewhere', { privateEndpoints: [endpoint({ mode: 'None' })] }],
    ['the object is deleted', undefined],
  ])('go when %s', async (_, spec) => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [linked] });
    await lab.becomes('True Ready');
    expect(ours()).toHaveLength(3);
    if (spec === undefined) await lab.remove();
    else await lab.spec(spec);
    await lab.until(() => ours().length === 0, 20 * minute);
    if (spec !== undefined) await lab.becomes('True Ready');
    const { inventory = [] } = await lab.status();
    expect(inventory.filter(({ id }) => /virtualNetworkLinks/i.test(id))).toEqual([]);
    expect(ours()).toEqual([]);
    expect(zones.map((zone) => below(zone, 'virtualNetworkLinks'))).toEqual(zones.map(() => ['central']));
  });
});

describe('a change of dns.mode', () => {
  it.each([
    ['zones of a central team', existing],
    ['zones of a central team that the VNet is linked to', { ...existing, linkVirtualNetworkIds: [hub] }],
  ])('from %s to Managed moves the records, and links before no records', async (_, dns) => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [endpoint(dns)] });
    await lab.becomes('True Ready');
    const made = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
    let empty = 0;
    lab.world.onRequest = ({ method, url }) => {
      const isLink =
        method === 'PUT' && url.pathname.toLowerCase().startsWith(`${made.toLowerCase()}/virtual`);
      if (isLink && below(made, 'A').length === 0) empty += 1;
      return undefined;
    };
    await lab.spec({ privateEndpoints: [endpoint({ resourceGroup: 'rg' })] });
    await lab.until(() => below(made, 'virtualNetworkLinks').length === 1, 30 * minute);
    await lab.becomes('True Ready');
    expect(below(made, 'A')).not.toEqual([]);
    expect(below(hisZone, 'virtualNetworkLinks')).toEqual(['central']);
    expect(empty).toBe(0);
  });

  it('from the zone group of a policy to Managed leaves names as they were while that is in the way', async () => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [endpoint({ mode: 'External' })] });
    await lab.becomes('False WaitingForZoneGroup');
    await lab.byHand('PUT', `${endpointId}/privateDnsZoneGroups/deployedByPolicy`, zoneGroupTo(zoneNames));
    await lab.becomes('True Ready');
    await lab.spec({ privateEndpoints: [endpoint({ resourceGroup: 'rg' })] });
    await lab.becomes('False AlreadyExists');
    await lab.clock.advance(30 * minute);
    const made = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
    expect(below(made, 'virtualNetworkLinks')).toEqual([]);
    expect(below(hisZone, 'A')).not.toEqual([]);
  });

  it.each([
    ['another endpoint registers in the new zones', 'registered'],
    ['the records of the new zones may not be read', 'forbidden'],
    ['nobody can tell after a restart where the records stand', 'restarted'],
  ])('leaves names where they are while %s', async (_, how) => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [endpoint({ resourceGroup: 'rg' })] });
    await lab.becomes('True Ready');
    const old = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
    const records = below(old, 'A');
    const unreadable = how === 'restarted' ? /privateDnsZoneGroups$/i : /\/rg-dns\/.*\/A$/i;
    if (how === 'registered') registerOther();
    else
      lab.world.onRequest = ({ method, url }) =>
        method === 'GET' && unreadable.test(url.pathname)
          ? json(403, { error: { code: 'AuthorizationFailed', message: 'may not read' } })
          : undefined;
    if (how === 'restarted') await lab.stop();
    await lab.spec({ privateEndpoints: [endpoint(existing)] });
    if (how === 'restarted') lab.start();
    await lab.clock.advance(30 * minute);
    expect(below(old, 'A')).toEqual(records);
    expect(below(old, 'virtualNetworkLinks')).toHaveLength(1);
    expect(await lab.state()).toMatch(/^False (ZoneSetInUse|AuthorizationFailed)/);
  });

  it('from Managed to Existing zones elsewhere moves the records and removes what was made', async () => {
    await zonesOfHub(lab);
    const managed = { resourceGroup: 'rg' };
    await lab.make({ privateEndpoints: [endpoint(managed)] });
    await lab.becomes('True Ready');
    const [old = ''] = zoneNames.map((name) => idOf('rg', 'Microsoft.Network/privateDnsZones', name));
    expect(lab.portal.get(old)).toBeDefined();
    await lab.spec({ privateEndpoints: [endpoint(existing)] });
    await lab.until(() => lab.portal.get(old) === undefined, 20 * minute);
    await lab.becomes('True Ready');
    expect(below(hisZone, 'A')).not.toEqual([]);
  });

  it('from Managed to Existing of the same zones gives them away: they outlive the object', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const records = below(hisZone, 'A');
    await lab.spec({ privateEndpoints: [endpoint({ ...existing, linkVirtualNetworkIds: [hub] })] });
    await lab.until(() => zones.every((zone) => Object.keys(lab.portal.need(zone).tags ?? {}).length === 0));
    await lab.becomes('True Ready');
    expect(below(hisZone, 'A')).toEqual(records);
    expect((await lab.status()).inventory?.filter(({ id }) => /privateDnsZones\/[^/]+$/i.test(id))).toEqual(
      [],
    );
    await lab.remove();
    expect(lab.portal.get(hisZone)).toBeDefined();
  });
});

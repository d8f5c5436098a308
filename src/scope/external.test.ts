import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configMaps } from './exporting/config-map.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { ScopeLab, zoneGroupTo, zoneNames, zonesOfHub } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, scopeId } from '../../test/world/small-seed.ts';

const minute = 60_000;
const endpoint = (dns: object): object => ({ name: 'hub', subnetId: `${hub}/subnets/pe`, dns });
const external = endpoint({ mode: 'External' });
const group = `${endpointId}/privateDnsZoneGroups/deployedByPolicy`;

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

/** As a policy with `deployIfNotExists` does, in its own time. */
async function deployByPolicy(names: readonly string[] = zoneNames): Promise<void> {
  await lab.byHand('PUT', group, zoneGroupTo(names));
}
const dnsWrites = (from: number): string[] =>
  lab.world
    .writes()
    .slice(from)
    .filter(({ path }) => /privateDns/i.test(path))
    .map(({ method, path }) => `${method} ${path}`);

describe('a zone group that a policy makes (dns.mode: External)', () => {
  it('is waited for, told with its records, and never written', async () => {
    await zonesOfHub(lab);
    const from = lab.world.writes().length;
    await lab.make({ privateEndpoints: [external] });
    await lab.becomes('False WaitingForZoneGroup');
    await lab.clock.advance(20 * minute);
    expect(await lab.state('Reconciling')).toBe('True WaitingForZoneGroup');
    expect((await lab.status()).endpoints?.[0]?.records).toHaveLength(7);
    expect(dnsWrites(from)).toEqual([]);
    await deployByPolicy();
    await lab.becomes('True Ready');
    const { records = [] } = (await lab.status()).endpoints?.[0] ?? {};
    expect(records.map(({ fqdn }) => fqdn)).toContain('gbl.his.arc.azure.com');
    expect(await lab.message('DNSReady')).toBe('The zone groups that others make are there.');
    expect(dnsWrites(from).filter((write) => !write.endsWith('/deployedByPolicy'))).toEqual([]);
    const tags = lab.portal.need(hisZone).tags;
    await lab.remove();
    expect(lab.portal.get(scopeId)).toBeUndefined();
    expect(lab.portal.need(hisZone).tags).toEqual(tags);
  });

  it('that does not come makes the object Stalled after an hour, with what to look at', async () => {
    await lab.make({ privateEndpoints: [external] });
    await lab.becomes('False WaitingForZoneGroup');
    await lab.clock.advance(55 * minute);
    expect(await lab.state('Stalled')).toBe('');
    await lab.clock.advance(15 * minute);
    expect(await lab.state('Stalled')).toBe('True WaitingForZoneGroup');
    expect(await lab.message('DNSReady')).toContain(`dns-zone-group list --ids ${endpointId}`);
  });

  it('that lacks a zone is named with it', async () => {
    await zonesOfHub(lab);
    await lab.make({ privateEndpoints: [external] });
    await lab.becomes('False WaitingForZoneGroup');
    await deployByPolicy(zoneNames.slice(1));
    const lacks = `lacks the zones ${zoneNames[0]}.`;
    await lab.until(async () => (await lab.message('DNSReady')).includes(lacks));
    expect(await lab.state()).toBe('False WaitingForZoneGroup');
  });

  it('cannot be held back, which is said', async () => {
    await zonesOfHub(lab);
    await lab.make({ dnsActivation: 'Hold', privateEndpoints: [external] });
    await lab.becomes('False WaitingForZoneGroup');
    await deployByPolicy();
    await lab.becomes('True Ready');
    expect(await lab.message('DNSReady')).toContain('cannot be held back');
    expect((await lab.status()).heldBack).toBeUndefined();
  });
});

describe('dns.mode: None beside the zone group of a policy', () => {
  it.each([
    ['from the beginning', undefined],
    ['after External', external],
  ])('is Ready with the records of that group, %s', async (_, first) => {
    await zonesOfHub(lab);
    const none = endpoint({ mode: 'None' });
    await lab.make({ privateEndpoints: [first ?? none] });
    await lab.until(() => lab.portal.get(endpointId)?.properties['provisioningState'] === 'Succeeded');
    await deployByPolicy();
    await lab.becomes('True Ready');
    await lab.spec({ privateEndpoints: [none] });
    await lab.clock.advance(20 * minute);
    expect(await lab.state()).toBe('True Ready');
    const { records = [] } = (await lab.status()).endpoints?.[0] ?? {};
    expect(records.map(({ fqdn }) => fqdn)).toContain('gbl.his.arc.azure.com');
    expect(lab.portal.get(group)).toBeDefined();
  });
});

describe('a change of dns.mode to External', () => {
  it('leaves exported records where they were loaded from, before the group is there and after', async () => {
    await zonesOfHub(lab);
    const exports = { dns: { formats: ['Hosts'] } };
    await lab.make({ privateEndpoints: [endpoint({ mode: 'None' })], exports });
    await lab.becomes('True Ready', 'ExportsReady');
    const exported = async (): Promise<unknown> =>
      (await lab.kubernetes.get(configMaps, { namespace, name: 'net-dns' }))?.data;
    const before = await exported();
    await lab.spec({ privateEndpoints: [external] });
    await lab.becomes('False WaitingForZoneGroup');
    await lab.clock.advance(20 * minute);
    expect(await exported()).toEqual(before);
    await deployByPolicy();
    await lab.becomes('True Ready');
    await lab.clock.advance(20 * minute);
    expect(Object.keys((await exported()) as object)).toEqual(Object.keys(before as object));
  });

  it('leaves names as they are until another group can take the place of ours, and then removes what was made', async () => {
    await lab.make({ privateEndpoints: [endpoint({ resourceGroup: 'rg' })] });
    await lab.becomes('True Ready');
    const picture = lab.portal.picture();
    await zonesOfHub(lab);
    await lab.spec({ privateEndpoints: [external] });
    await lab.until(async () =>
      (await lab.message('DNSReady')).includes('stays until another takes its place'),
    );
    await lab.clock.advance(60 * minute);
    for (const id of Object.keys(picture)) expect(lab.portal.get(id)).toBeDefined();
    expect(await lab.state()).toBe('True Ready');
    const own = `${endpointId}/privateDnsZoneGroups/arc-private-link`;
    await lab.byHand('DELETE', own);
    await deployByPolicy();
    await lab.until(() => lab.portal.get(hisZone.replace('rg-dns', 'rg')) === undefined, 60 * minute);
    await lab.becomes('True Ready');
    expect(lab.portal.get(group)).toBeDefined();
  });
});

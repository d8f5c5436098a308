import { describe, expect, it } from '@jest/globals';
import { Laboratory } from '../../../test/world/laboratory.ts';
import { namespace, scopeObject } from '../../../test/world/objects.ts';
import { compare, sorted } from '../../../test/world/planned.ts';
import { endpointElsewhere, ScopeLab } from '../../../test/world/scope-lab.ts';
import { endpointId, hub, smallSeed, spoke } from '../../../test/world/small-seed.ts';
import { scopes } from '../../api/resources.ts';
import { KubernetesError, type Client } from '../../runtime/client.ts';
import { configMaps, type ConfigMap } from '../exporting/config-map.ts';

const without = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } };
const elsewhere = (more: object = {}): Record<string, unknown> => ({
  privateEndpoints: [without],
  exports: { dns: { formats: ['Hosts'] } },
  ...more,
});
const map = async (lab: Laboratory, name = 'net-dns'): Promise<ConfigMap | undefined> =>
  await lab.kubernetes.get(configMaps, { namespace, name });
const written = (lab: Laboratory): number => lab.kubernetes.writes('ConfigMap').length;
const hosts = async (lab: Laboratory, endpoint = 'hub'): Promise<string> =>
  (await map(lab))?.data?.[`${endpoint}.hosts-linux.txt`] ?? '';
const resyncMs = 16 * 60_000;

async function exported(spec: Record<string, unknown> = elsewhere()): Promise<ScopeLab> {
  const lab = await ScopeLab.open();
  await lab.make(spec);
  await lab.becomes('True Ready', 'ExportsReady');
  return lab;
}

/** Somebody else's ConfigMap of the name. */
const theirs = { metadata: { namespace, name: 'net-dns' }, data: { mine: 'x' } };

describe('exports.dns', () => {
  it('writes the records of an endpoint without zones into a ConfigMap of the object', async () => {
    const lab = await exported();
    const object = await lab.object();
    const { metadata } = (await map(lab)) as ConfigMap;
    const owner = { apiVersion: 'arcprivatelink.io/v1alpha1', kind: 'ArcPrivateLinkScope', name: 'net' };
    expect(metadata.labels).toEqual({ 'arcprivatelink.io/export': 'dns' });
    expect(metadata.ownerReferences).toEqual([{ ...owner, uid: object?.metadata.uid, controller: true }]);
    const records = object?.status?.endpoints?.[0]?.records ?? [];
    expect(records.length).toBeGreaterThan(5);
    for (const { fqdn, addresses } of records)
      expect(await hosts(lab)).toContain(`\n${addresses[0]} ${fqdn}\n`);
    expect(object?.status?.exports).toEqual([
      { name: 'dns', configMapNames: ['net-dns'], reason: 'Written' },
    ]);
    await lab.stop();
  });

  it('writes once, and nothing more when all is settled', async () => {
    const lab = await exported();
    await lab.clock.advance(60_000);
    const before = lab.kubernetes.writes().length;
    await lab.clock.advance(3 * resyncMs);
    expect(lab.kubernetes.writes().length).toBe(before);
    expect(written(lab)).toBe(1);
    await lab.stop();
  });

  it('has no record of an endpoint before it is approved, and says what it waits for', async () => {
    const lab = await ScopeLab.open();
    await lab.make(elsewhere({ privateEndpoints: [{ ...without, approval: 'Manual' }] }));
    await lab.becomes('False AwaitingApproval');
    expect(await lab.state('ExportsReady')).toBe('False WaitingForRecords');
    expect(await lab.message('ExportsReady')).toContain(
      'private endpoint hub, which is not approved (Pending)',
    );
    expect((await lab.status()).exports).toEqual([
      { name: 'dns', configMapNames: [], reason: 'WaitingForRecords' },
    ]);
    expect(written(lab)).toBe(0);
    lab.portal.decide(endpointId, 'Approved');
    await lab.becomes('True Ready', 'ExportsReady');
    expect(await hosts(lab)).toContain('gbl.his.arc.azure.com');
    await lab.stop();
  });

  it('exports an endpoint while another one waits', async () => {
    const lab = await ScopeLab.open();
    const late = { ...endpointElsewhere(lab, 'late'), approval: 'Manual', dns: { mode: 'None' } };
    await lab.make(elsewhere({ privateEndpoints: [without, late] }));
    await lab.until(async () => (await hosts(lab)) !== '');
    await lab.becomes('False WaitingForRecords', 'ExportsReady');
    expect(await hosts(lab, 'late')).toBe('');
    expect(await lab.message('ExportsReady')).toContain(
      'net-dns has hub. It waits for private endpoint late',
    );
    await lab.stop();
  });

  it('has the endpoints that the spec names, and no other', async () => {
    const lab = await ScopeLab.open();
    const other = { ...endpointElsewhere(lab, 'other'), dns: { mode: 'None' } };
    const dns = { formats: ['Hosts'], privateEndpoints: ['other'] };
    await lab.make(elsewhere({ privateEndpoints: [without, other], exports: { dns } }));
    await lab.becomes('True Ready', 'ExportsReady');
    expect(Object.keys((await map(lab))?.data ?? {}).filter((name) => !name.startsWith('other.'))).toEqual(
      [],
    );
    await lab.stop();
  });

  it('takes records back when the connection is rejected', async () => {
    const lab = await exported();
    lab.portal.decide(endpointId, 'Rejected');
    await lab.until(async () => (await map(lab)) === undefined, 2 * resyncMs);
    await lab.becomes('False WaitingForRecords', 'ExportsReady');
    expect(await lab.message('ExportsReady')).toContain('(Rejected)');
    await lab.stop();
  });

  it('keeps records while an endpoint is merely being changed', async () => {
    const lab = await exported();
    const before = await map(lab);
    lab.portal.set(endpointId, { provisioningState: 'Updating' });
    await lab.clock.advance(2 * resyncMs);
    expect(await map(lab)).toEqual(before);
    await lab.stop();
  });

  it('keeps records while the endpoint cannot be read, also after a restart', async () => {
    const lab = await exported();
    const before = await map(lab);
    lab.world.rules.forbid('Microsoft.Network/privateEndpoints/read');
    await lab.clock.advance(2 * resyncMs);
    await lab.stop();
    lab.start();
    await lab.clock.advance(2 * resyncMs);
    expect(await map(lab)).toEqual(before);
    lab.world.rules.permit('Microsoft.Network/privateEndpoints/read');
    await lab.becomes('True Ready', 'ExportsReady');
    expect(written(lab)).toBe(1);
    await lab.stop();
  });

  it('takes records back when the endpoint is gone, and has them again when it was made anew', async () => {
    const lab = await exported();
    const before = await hosts(lab);
    lab.portal.delete(endpointId);
    await lab.until(async () => (await map(lab)) === undefined, 2 * resyncMs);
    await lab.until(async () => (await hosts(lab)) !== '');
    expect(await hosts(lab)).toBe(before);
    await lab.stop();
  });

  it('never writes a ConfigMap of somebody else, says so, and goes on when it is gone', async () => {
    const lab = await ScopeLab.open();
    await lab.kubernetes.create(configMaps, theirs);
    await lab.make(elsewhere());
    await lab.becomes('False ExportNameTaken', 'ExportsReady');
    await lab.becomes('True Ready');
    await lab.clock.advance(2 * resyncMs);
    expect((await map(lab))?.data).toEqual({ mine: 'x' });
    expect(written(lab)).toBe(1);
    expect((await lab.status()).exports).toEqual([
      { name: 'dns', configMapNames: [], reason: 'ExportNameTaken' },
    ]);
    expect(await lab.message('ExportsReady')).toMatch(/kubectl -n lab get configmap net-dns -o yaml$/);
    await lab.kubernetes.delete(configMaps, { namespace, name: 'net-dns' });
    await lab.becomes('True Ready', 'ExportsReady', 120_000);
    await lab.stop();
  });

  it.each<[string, (lab: ScopeLab) => Promise<unknown>]>([
    ['changed', (lab) => edit(lab, { data: { 'hub.hosts-linux.txt': '203.0.113.1 gbl.his.arc.azure.com' } })],
    ['grown', (lab) => edit(lab, { data: { more: 'x' } })],
    [
      'robbed of its label',
      (lab) => edit(lab, { metadata: { labels: { 'arcprivatelink.io/export': null } } }),
    ],
    ['emptied', (lab) => edit(lab, { data: null })],
    ['made immutable and changed', (lab) => edit(lab, { immutable: true, data: { more: 'x' } })],
    ['deleted', (lab) => lab.kubernetes.delete(configMaps, { namespace, name: 'net-dns' })],
  ])('puts right what others did: %s', async (_, act) => {
    const lab = await exported();
    const before = await map(lab);
    await act(lab);
    await lab.clock.advance(2 * resyncMs);
    const after = await map(lab);
    expect(after?.data).toEqual(before?.data);
    expect(after?.metadata.labels).toEqual(before?.metadata.labels);
    await lab.stop();
  });

  it('leaves labels and annotations of others as they are', async () => {
    const lab = await exported();
    const metadata = { labels: { team: 'net' }, annotations: { note: 'kept' } };
    await edit(lab, { metadata, data: { more: 'x' } });
    await lab.clock.advance(2 * resyncMs);
    expect((await map(lab))?.data).not.toHaveProperty('more');
    expect((await map(lab))?.metadata.labels).toMatchObject({ team: 'net' });
    expect((await map(lab))?.metadata.annotations).toMatchObject({ note: 'kept' });
    await lab.stop();
  });

  it('moves to another name: the new one is there before the old one goes', async () => {
    const lab = await exported();
    await lab.spec({ exports: { dns: { configMapName: 'names', formats: ['Hosts'] } } });
    await lab.until(async () => (await map(lab)) === undefined);
    expect((await map(lab, 'names'))?.data).toHaveProperty(['hub.hosts-linux.txt']);
    const order = lab.kubernetes.writes('ConfigMap').map(({ verb, name }) => `${verb} ${name}`);
    expect(order).toEqual(['create net-dns', 'create names', 'delete net-dns']);
    await lab.until(async () => (await lab.status()).exports?.[0]?.configMapNames.join() === 'names');
    await lab.stop();
  });

  it('stays under its old name while the new one is refused', async () => {
    const lab = await exported();
    await lab.stop();
    await lab.spec({ exports: { dns: { configMapName: 'names', formats: ['Hosts'] } } });
    lab.start(undefined, [], { client: withoutCreation });
    await lab.becomes('False KubernetesForbidden', 'ExportsReady');
    await lab.clock.advance(2 * resyncMs);
    expect(await hosts(lab)).toContain('gbl.his.arc.azure.com');
    await lab.stop();
    lab.start();
    await lab.until(async () => (await map(lab)) === undefined);
    expect((await map(lab, 'names'))?.data).toHaveProperty(['hub.hosts-linux.txt']);
    await lab.stop();
  });

  it('is removed with the field, and its condition and status with it', async () => {
    const lab = await exported();
    await lab.spec({ exports: null });
    await lab.until(async () => (await map(lab)) === undefined);
    await lab.until(async () => (await lab.status()).exports === undefined);
    expect(await lab.state('ExportsReady')).toBe('');
    expect(await lab.state()).toBe('True Ready');
    await lab.stop();
  });

  it('is removed with the field also where the process died right after the write', async () => {
    const lab = await ScopeLab.open();
    await lab.kubernetes.create(scopes, scopeObject(elsewhere()));
    lab.start((call) => (call === 'create ConfigMap' ? 'crash after' : undefined));
    await lab.until(() => lab.crashed);
    await lab.stop();
    expect(await map(lab)).toBeDefined();
    await lab.spec({ exports: null });
    lab.start();
    await lab.until(async () => (await map(lab)) === undefined);
    await lab.stop();
  });

  it('goes with its object', async () => {
    const lab = await exported();
    await lab.remove();
    expect(await map(lab)).toBeUndefined();
    await lab.stop();
  });

  it('is left alone while the object is suspended', async () => {
    const lab = await exported();
    await lab.spec({ suspend: true });
    await edit(lab, { data: { more: 'x' } });
    await lab.clock.advance(3 * resyncMs);
    expect((await map(lab))?.data).toHaveProperty('more');
    await lab.stop();
  });

  it('is planned under Observe, as Manage then writes it', async () => {
    const lab = new Laboratory(smallSeed);
    await lab.createSecret();
    await lab.kubernetes.create(scopes, scopeObject(elsewhere({ exports: { dns: {}, firewall: {} } })));
    const compared = await compare(lab);
    expect(compared.planned).toContain('PUT /api/v1/namespaces/lab/configmaps/net-dns');
    expect(compared.planned).toContain('PUT /api/v1/namespaces/lab/configmaps/net-firewall');
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
  });

  it('says what right is missing in Kubernetes, and holds nothing else up', async () => {
    const lab = await ScopeLab.open();
    await lab.kubernetes.create(scopes, scopeObject(elsewhere()));
    lab.start(undefined, [], { client: withoutConfigMaps });
    await lab.becomes('True Ready');
    expect(await lab.state('ExportsReady')).toMatch(/^(False|Unknown) KubernetesForbidden$/);
    await lab.stop();
  });
});

describe('forwarders', () => {
  const managed = {
    name: 'hub',
    subnetId: `${hub}/subnets/pe`,
    dns: { resourceGroup: 'rg-dns', linkVirtualNetworkIds: [spoke] },
  };
  const forwarding = (address: string): Record<string, unknown> => ({
    privateEndpoints: [managed],
    exports: { dns: { formats: ['Bind'], forwarders: [{ privateEndpoint: 'hub', addresses: [address] }] } },
  });

  it.each(['10.0.0.20', '10.1.0.4'])(
    'are written on the public suffixes where %s lies in a VNet that is linked to the zones',
    async (address) => {
      const lab = await exported(forwarding(address));
      const text = (await map(lab))?.data?.['hub.bind-forwarders.conf'];
      expect(text).toContain(
        `zone "his.arc.azure.com" { type forward; forward only; forwarders { ${address}; }; };`,
      );
      expect(text).not.toContain('privatelink');
      await lab.stop();
    },
  );

  it('are left out where the address lies nowhere, which is said; records are written all the same', async () => {
    const lab = await ScopeLab.open();
    await lab.make(forwarding('10.9.9.9'));
    await lab.becomes('False ForwarderNotLinked', 'ExportsReady');
    expect(Object.keys((await map(lab))?.data ?? {})).toContain('hub.bind.conf');
    expect(Object.keys((await map(lab))?.data ?? {})).not.toContain('hub.bind-forwarders.conf');
    await lab.becomes('True Ready');
    await lab.stop();
  });
});

describe('exports.firewall', () => {
  const walled = (more: object = {}): Record<string, unknown> => ({ exports: { firewall: more } });
  const files = async (lab: Laboratory): Promise<Record<string, string>> =>
    (await map(lab, 'net-firewall'))?.data ?? {};

  it('writes the ranges of the usual tags, and the host names that no tag covers', async () => {
    const lab = await exported(walled());
    const all = await files(lab);
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining([
        'ipv4.txt',
        'ipv6.txt',
        'fqdns.txt',
        'service-tags.json',
        'Storage.txt',
        'AzureFrontDoor.Frontend.txt',
      ]),
    );
    expect(all['AzureArcInfrastructure.txt']?.trim().split('\n')).toHaveLength(223);
    expect((await lab.status()).exports).toEqual([
      { name: 'firewall', configMapNames: ['net-firewall'], changeNumber: '63', reason: 'Written' },
    ]);
    await lab.stop();
  });

  it('is written again when the change number moves, and not before', async () => {
    const lab = await exported(walled({ serviceTags: ['AzureResourceManager'] }));
    await lab.clock.advance(24 * 3_600_000);
    expect(written(lab)).toBe(1);
    lab.world.serviceTags.move('AzureResourceManager', ['20.0.0.0/8']);
    await lab.until(async () => (await files(lab))['ipv4.txt'] === '20.0.0.0/8\n', 7 * 3_600_000);
    await lab.until(async () => (await lab.status()).exports?.[0]?.changeNumber === '64');
    expect(written(lab)).toBe(2);
    await lab.stop();
  });

  it('asks Azure a few times a day, for all objects together', async () => {
    const lab = await exported(walled());
    await lab.kubernetes.create(
      scopes,
      scopeObject({ azureName: 'second', privateEndpoints: [], ...walled() }, 'second'),
    );
    await lab.until(async () => (await map(lab, 'second-firewall')) !== undefined);
    await lab.clock.advance(24 * 3_600_000);
    expect(lab.world.serviceTags.asked).toBeLessThanOrEqual(5);
    await lab.stop();
  });

  it('keeps what was written while Azure refuses or breaks, names the right, and holds nothing else up', async () => {
    const lab = await exported(walled());
    const before = await files(lab);
    lab.world.rules.forbid('Microsoft.Network/locations/serviceTags/read');
    await lab.stop();
    lab.start();
    await lab.becomes('False AuthorizationFailed', 'ExportsReady');
    expect(await lab.message('ExportsReady')).toContain('Microsoft.Network/locations/serviceTags/read');
    await lab.becomes('True Ready');
    expect(await files(lab)).toEqual(before);
    await lab.stop();
  });

  it('says which tags this cloud does not have', async () => {
    const lab = await exported(walled({ serviceTags: ['Storage', 'Nowhere'] }));
    expect(await lab.message('ExportsReady')).toContain('Not offered in this cloud: Nowhere.');
    expect(Object.keys(await files(lab))).not.toContain('Nowhere.txt');
    await lab.stop();
  });

  it('does not take the ConfigMap of the other part', async () => {
    const lab = await ScopeLab.open();
    const both = { dns: { configMapName: 'one', formats: ['Hosts'] }, firewall: { configMapName: 'one' } };
    await lab.make(elsewhere({ exports: both }));
    await lab.becomes('False ExportNameTaken', 'ExportsReady');
    await lab.until(async () => (await map(lab, 'one')) !== undefined);
    await lab.clock.advance(2 * resyncMs);
    expect(Object.keys((await map(lab, 'one'))?.data ?? {})).toContain('hub.hosts-linux.txt');
    await lab.stop();
  });
});

async function edit(lab: Laboratory, patch: Record<string, unknown>): Promise<void> {
  await lab.kubernetes.patch(configMaps, { namespace, name: 'net-dns' }, patch);
}

const withoutConfigMaps = (client: Client): Client => refusing(client, () => true);
const withoutCreation = (client: Client): Client => refusing(client, (verb) => verb === 'create');

/** The API server refuses these calls for ConfigMaps. */
function refusing(client: Client, which: (verb: string) => boolean): Client {
  const forbidden = (): never => {
    throw new KubernetesError(403, 'Forbidden', 'configmaps is forbidden');
  };
  return new Proxy(client, {
    get:
      (target, name) =>
      (resource: { kind?: string }, ...rest: unknown[]) =>
        resource.kind === 'ConfigMap' && which(String(name))
          ? Promise.resolve().then(forbidden)
          : (target[name as 'get'] as (...all: unknown[]) => unknown)(resource, ...rest),
  });
}

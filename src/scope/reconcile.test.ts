import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { Laboratory, namespace } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { endpointId, hisZone, hub, idOf, scopeId, smallSeed, spoke } from '../../test/world/small-seed.ts';

const key = { namespace, name: 'net' };

describe('an ArcPrivateLinkScope', () => {
  let lab: Laboratory;
  beforeEach(async () => {
    lab = new Laboratory(smallSeed);
    await lab.createSecret();
  });
  afterEach(() => lab.stop());

  const ready = (): Promise<string> => lab.condition(lab.scope('net'));
  const becomes = (state: string): Promise<void> => lab.until(async () => (await ready()) === state);
  const make = async (more: Record<string, unknown> = {}): Promise<void> => {
    await lab.kubernetes.create(scopes, scopeObject(more));
    lab.start();
  };

  it('builds scope, endpoint, zones, links and records, all of them tagged', async () => {
    await make({ tags: { team: 'plant' } });
    await becomes('True Ready');
    const owned = { team: 'plant', 'arc-private-link-operator': 'cluster/lab/net' };
    expect(lab.portal.need(scopeId)).toMatchObject({
      tags: owned,
      properties: { publicNetworkAccess: 'Disabled' },
    });
    expect(lab.portal.need(endpointId)).toMatchObject({ tags: owned, location: 'westeurope' });
    expect(lab.portal.need(hisZone).tags).toEqual(owned);
    const linked = lab.world.resources.below(
      hisZone,
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    );
    expect(
      linked.map(({ properties }) => (properties['virtualNetwork'] as { id: string }).id).sort(),
    ).toEqual([hub, spoke].sort());
    expect(lab.portal.get(`${hisZone}/A/gbl`)?.properties['aRecords']).toEqual([{ ipv4Address: '10.0.0.4' }]);
  });

  it('does as well with an Azure that goes on naming the addresses at the endpoint', async () => {
    lab.world.quirks.emptyDnsConfigs = false;
    await make();
    await becomes('True Ready');
    expect((await lab.scope('net'))?.status?.endpoints?.[0]?.records).toHaveLength(7);
  });

  it('says in its status where things are', async () => {
    await make();
    await becomes('True Ready');
    const status = (await lab.scope('net'))?.status;
    expect(status).toMatchObject({
      observedGeneration: 1,
      resourceId: scopeId,
      endpointsReady: '1/1',
      publicNetworkAccess: 'Disabled',
    });
    expect(status?.endpoints?.[0]).toMatchObject({ name: 'hub', connectionState: 'Approved' });
    expect(status?.endpoints?.[0]?.records).toHaveLength(7);
    expect(status?.endpoints?.[0]?.records).toContainEqual({
      zone: 'privatelink.his.arc.azure.com',
      name: 'gbl',
      fqdn: 'gbl.his.arc.azure.com',
      addresses: ['10.0.0.4'],
    });
  });

  it('writes nothing, to Azure or to Kubernetes, once it is settled', async () => {
    await make();
    await becomes('True Ready');
    await lab.clock.advance(60_000);
    const [azure, kubernetes] = [lab.world.writes().length, lab.kubernetes.writes().length];
    await lab.clock.advance(3 * 17 * 60_000);
    expect(lab.world.writes()).toHaveLength(azure);
    expect(lab.kubernetes.writes()).toHaveLength(kubernetes);
  });

  it('stores its finalizer and what it is about to make before the first call that changes Azure', async () => {
    await lab.kubernetes.create(scopes, scopeObject());
    lab.start((call) => (call.startsWith('PUT /') ? 'crash before' : undefined));
    await lab.clock.advance(1_000);
    const object = await lab.scope('net');
    expect(lab.crashed).toBe(true);
    expect(object?.metadata.finalizers).toEqual(['arcprivatelink.io/finalizer']);
    expect(object?.status?.resourceId).toBe(scopeId);
    expect(object?.status?.inventory).toEqual([{ id: scopeId, origin: 'Created' }]);
  });

  it.each<[string, (lab: Laboratory) => void, (lab: Laboratory) => boolean]>([
    [
      'an endpoint deleted in the portal',
      ({ portal }) => portal.delete(endpointId),
      ({ portal }) => portal.get(endpointId)?.properties['provisioningState'] === 'Succeeded',
    ],
    [
      'a disconnected endpoint',
      ({ portal }) => portal.decide(endpointId, 'Disconnected'),
      ({ world }) =>
        world.resources.below(scopeId, 'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections')
          .length === 1,
    ],
    [
      'a record removed',
      ({ portal }) => portal.delete(`${hisZone}/A/gbl`),
      ({ portal }) => portal.get(`${hisZone}/A/gbl`) !== undefined,
    ],
    [
      'a zone removed',
      ({ portal }) => portal.delete(hisZone),
      ({ portal }) => portal.get(`${hisZone}/A/gbl`) !== undefined,
    ],
    [
      'a zone group removed',
      ({ portal }) => portal.delete(`${endpointId}/privateDnsZoneGroups/arc-private-link`),
      ({ portal }) => portal.get(`${endpointId}/privateDnsZoneGroups/arc-private-link`) !== undefined,
    ],
    [
      'lost tags',
      ({ portal }) => portal.tag(scopeId, { 'arc-private-link-operator': 'cluster/lab/net', theirs: 'kept' }),
      ({ portal }) =>
        portal.need(scopeId).tags?.['team'] === 'plant' && portal.need(scopeId).tags?.['theirs'] === 'kept',
    ],
    [
      'public access switched on',
      ({ portal }) => portal.set(scopeId, { publicNetworkAccess: 'Enabled' }),
      ({ portal }) => portal.need(scopeId).properties['publicNetworkAccess'] === 'Disabled',
    ],
  ])('puts %s right', async (_, disturb, isRight) => {
    await make({ tags: { team: 'plant' }, publicNetworkAccess: 'Disabled' });
    await becomes('True Ready');
    disturb(lab);
    expect(isRight(lab)).toBe(false);
    await lab.until(async () => isRight(lab) && (await ready()) === 'True Ready');
  });

  it('leaves public access alone when the spec does not name it', async () => {
    await make();
    await becomes('True Ready');
    lab.portal.set(scopeId, { publicNetworkAccess: 'Enabled' });
    await lab.clock.advance(40 * 60_000);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    expect((await lab.scope('net'))?.status?.publicNetworkAccess).toBe('Enabled');
  });

  it('reports a policy that rewrites public access, asks again less and less, and wins when it has gone', async () => {
    lab.world.overrides.publicNetworkAccess = 'Disabled';
    await make({ publicNetworkAccess: 'Enabled' });
    await becomes('True Ready');
    expect(await lab.condition(lab.scope('net'), 'ScopeReady')).toBe('True OverriddenByPolicy');
    const puts = (): number => lab.world.writes().filter(({ path }) => path === scopeId).length;
    const before = puts();
    await lab.clock.advance(60 * 60_000);
    expect(puts() - before).toBeLessThanOrEqual(2);
    delete lab.world.overrides.publicNetworkAccess;
    await lab.clock.advance(61 * 60_000);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    expect(await lab.condition(lab.scope('net'), 'ScopeReady')).toBe('True Ready');
  });

  it.each<[string, (lab: Laboratory) => void, string]>([
    [
      'a scope that someone else made',
      ({ portal, world }) =>
        void world.resources.put({
          ...portal.need(scopeId.replace('/net', '/other')),
          id: scopeId,
          name: 'net',
        }),
      'AlreadyExists',
    ],
    [
      'a zone that someone else made',
      ({ world }) =>
        void world.resources.put({
          id: hisZone,
          name: 'privatelink.his.arc.azure.com',
          type: 'Microsoft.Network/privateDnsZones',
          location: 'global',
          properties: { provisioningState: 'Succeeded' },
        }),
      'AlreadyExists',
    ],
    [
      'a scope of another cluster',
      ({ portal, world }) =>
        void world.resources.put({
          ...portal.need(scopeId.replace('/net', '/other')),
          id: scopeId,
          name: 'net',
          tags: { 'arc-private-link-operator': 'elsewhere/a/b' },
        }),
      'ManagementConflict',
    ],
  ])('leaves %s untouched and says so', async (_, prepare, reason) => {
    prepare(lab);
    const theirs = JSON.stringify(lab.portal.get(scopeId) ?? lab.portal.get(hisZone));
    await make();
    await becomes(`False ${reason}`);
    expect(await lab.condition(lab.scope('net'), 'Stalled')).toBe(`True ${reason}`);
    await lab.clock.advance(30 * 60_000);
    expect(
      JSON.stringify(
        lab.portal.get(scopeId)?.tags?.['arc-private-link-operator'] === 'cluster/lab/net'
          ? lab.portal.get(hisZone)
          : lab.portal.get(scopeId),
      ),
    ).toBe(theirs);
  });

  it('waits for a manual approval and goes on when it comes', async () => {
    await make({
      privateEndpoints: [
        { name: 'hub', subnetId: `${hub}/subnets/pe`, approval: 'Manual', dns: { resourceGroup: 'rg-dns' } },
      ],
    });
    await becomes('False AwaitingApproval');
    expect(await lab.condition(lab.scope('net'), 'Reconciling')).toBe('True AwaitingApproval');
    lab.portal.decide(endpointId, 'Approved');
    await becomes('True Ready');
  });

  it('is stalled by a rejected connection', async () => {
    await make();
    await becomes('True Ready');
    lab.portal.decide(endpointId, 'Rejected');
    await becomes('False ConnectionRejected');
    expect(await lab.condition(lab.scope('net'), 'Stalled')).toBe('True ConnectionRejected');
  });

  it('makes no zones with dns.mode None, and lists the records to make elsewhere', async () => {
    await make({ privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } }] });
    await becomes('True Ready');
    expect(lab.world.resources.ofType('Microsoft.Network/privateDnsZones')).toEqual([]);
    expect((await lab.scope('net'))?.status?.endpoints?.[0]?.records).toHaveLength(7);
  });

  it('takes down an endpoint with its zones when it leaves the spec', async () => {
    await make();
    await becomes('True Ready');
    await lab.kubernetes.patch(scopes, key, { spec: { privateEndpoints: [] } });
    await lab.until(() => lab.portal.get(endpointId) === undefined && lab.portal.get(hisZone) === undefined);
    await becomes('True Ready');
    expect((await lab.scope('net'))?.status?.endpoints).toEqual([]);
  });

  describe('checks before it writes anything', () => {
    it.each<[string, Record<string, unknown>, string, string]>([
      [
        'a subnet without room',
        { privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/tiny` }] },
        'SubnetFull',
        'needs 7',
      ],
      [
        'a VNet that is linked twice',
        {
          privateEndpoints: [
            { name: 'a', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } },
            {
              name: 'b',
              subnetId: `${spoke}/subnets/pe`,
              dns: { resourceGroup: 'rg', linkVirtualNetworkIds: [hub.toUpperCase()] },
            },
          ],
        },
        'VirtualNetworkInUse',
        'more than one',
      ],
      [
        'zones that serve twice',
        {
          privateEndpoints: [
            { name: 'a', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } },
            { name: 'b', subnetId: `${spoke}/subnets/pe`, dns: { resourceGroup: 'RG-DNS' } },
          ],
        },
        'ZoneSetInUse',
        'more than one',
      ],
    ])('%s', async (_, spec, reason, text) => {
      await make(spec);
      await becomes(`False ${reason}`);
      const object = await lab.scope('net');
      expect(object?.status?.conditions?.find(({ type }) => type === 'Stalled')?.message).toContain(text);
      expect(lab.world.writes()).toEqual([]);
    });

    it('a VNet that another scope has already', async () => {
      await lab.kubernetes.create(scopes, scopeObject({}, 'first'));
      lab.start();
      await lab.until(async () => (await lab.condition(lab.scope('first'))) === 'True Ready');
      await lab.kubernetes.create(scopes, scopeObject({ resourceGroup: 'rg' }));
      await becomes('False VirtualNetworkInUse');
      expect(lab.portal.get(scopeId)).toBeUndefined();
    });

    it('a VNet that is linked to other zones of the same names', async () => {
      const zone = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
      lab.world.resources.put({
        id: zone,
        name: 'privatelink.his.arc.azure.com',
        type: 'Microsoft.Network/privateDnsZones',
        location: 'global',
        properties: {},
      });
      lab.world.resources.put({
        id: `${zone}/virtualNetworkLinks/x`,
        name: 'x',
        type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
        location: 'global',
        properties: { virtualNetwork: { id: spoke } },
      });
      await make();
      await becomes('False VirtualNetworkLinked');
      expect(lab.world.writes()).toEqual([]);
    });

    it('a subnet that comes later: it waits, then says Stalled, then goes on by itself', async () => {
      const subnet = `${hub}/subnets/pe`;
      const taken = lab.portal.need(subnet);
      lab.portal.delete(subnet);
      await make();
      await becomes('False SubnetNotFound');
      expect(await lab.condition(lab.scope('net'), 'Reconciling')).toBe('True SubnetNotFound');
      await lab.until(
        async () => (await lab.condition(lab.scope('net'), 'Stalled')) === 'True SubnetNotFound',
      );
      lab.world.resources.put(taken);
      await becomes('True Ready');
    });
  });

  it.each([
    [
      'a missing right',
      (lab: Laboratory) => lab.world.rules.forbid('Microsoft.Network/privateEndpoints/write'),
      (lab: Laboratory) => lab.world.rules.permit('Microsoft.Network/privateEndpoints/write'),
      'AuthorizationFailed',
      'Microsoft.Network/privateEndpoints/write',
    ],
    [
      'a policy',
      (lab: Laboratory) =>
        lab.world.rules.deny({
          type: 'Microsoft.Network/privateEndpoints',
          policyAssignmentId: '/policy/no-endpoints',
        }),
      (lab: Laboratory) => lab.world.rules.undeny('Microsoft.Network/privateEndpoints'),
      'RequestDisallowedByPolicy',
      '/policy/no-endpoints',
    ],
  ])(
    'names %s that stands in the way, and goes on when it is gone',
    async (_, hinder, relieve, reason, text) => {
      hinder(lab);
      await make();
      await becomes(`False ${reason}`);
      const conditions = (await lab.scope('net'))?.status?.conditions;
      expect(conditions?.find(({ type }) => type === 'PrivateEndpointsReady')?.message).toContain(text);
      relieve(lab);
      await becomes('True Ready');
    },
  );

  it('reads and writes nothing while it is suspended', async () => {
    await make({ suspend: true });
    await lab.until(async () => (await lab.condition(lab.scope('net'), 'Suspended')) === 'True Suspended');
    await lab.clock.advance(60 * 60_000);
    expect(lab.world.exchanges).toEqual([]);
    expect((await lab.scope('net'))?.status?.observedGeneration).toBe(1);
  });

  describe('when it is deleted', () => {
    it('leaves Azure as it found it', async () => {
      const before = lab.portal.picture();
      await make();
      await becomes('True Ready');
      await lab.kubernetes.delete(scopes, key);
      await lab.until(async () => (await lab.scope('net')) === undefined);
      expect(lab.portal.picture()).toEqual(before);
    });

    it('deletes name resolution before endpoints, endpoints before zones, and the scope last', async () => {
      await make();
      await becomes('True Ready');
      const mark = lab.world.exchanges.length;
      await lab.kubernetes.delete(scopes, key);
      await lab.until(async () => (await lab.scope('net')) === undefined);
      const kinds = lab.world.exchanges
        .slice(mark)
        .filter(({ method, status }) => method === 'DELETE' && status < 300)
        .map(({ type }) => type.split('/').pop());
      const order = [...new Set(kinds)];
      expect(order).toEqual([
        'privatednszonegroups',
        'virtualnetworklinks',
        'privateendpoints',
        'privatednszones',
        'privatelinkscopes',
      ]);
    });

    it('ends at once when it never had credentials, for nothing can have been made', async () => {
      await make({ credentialsSecretRef: { name: 'never' } });
      await becomes('False SecretNotFound');
      await lab.kubernetes.delete(scopes, key);
      await lab.until(async () => (await lab.scope('net')) === undefined, 10_000);
      expect(lab.world.exchanges).toEqual([]);
    });

    it('leaves everything with deletionPolicy Retain, even when the credentials are gone', async () => {
      await make();
      await becomes('True Ready');
      const before = lab.portal.picture();
      await lab.kubernetes.patch(scopes, key, { spec: { deletionPolicy: 'Retain' } });
      await lab.kubernetes.delete(scopes, key);
      await lab.until(async () => (await lab.scope('net')) === undefined);
      expect(lab.portal.picture()).toEqual(before);
    });

    it('waits for servers that still point to it, and names them', async () => {
      await make();
      await becomes('True Ready');
      lab.portal.moveServer(idOf('rg', 'Microsoft.HybridCompute/machines', 'office'), scopeId);
      await lab.kubernetes.delete(scopes, key);
      await lab.until(
        async () => (await lab.condition(lab.scope('net'), 'DeletionBlocked')) === 'True ServersAssociated',
      );
      const object = await lab.scope('net');
      expect(object?.status?.conditions?.find(({ type }) => type === 'DeletionBlocked')?.message).toContain(
        'office',
      );
      expect(lab.portal.get(endpointId)).toBeDefined();
      lab.portal.moveServer(idOf('rg', 'Microsoft.HybridCompute/machines', 'office'), '');
      await lab.until(async () => (await lab.scope('net')) === undefined);
    });
  });
});

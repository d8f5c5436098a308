import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../api/resources.ts';
import { connectionReset } from '../../test/world/azure/http-client.ts';
import { json } from '../../test/world/azure/http.ts';
import { associationObject } from '../../test/world/objects.ts';
import { ScopeLab, zoneNames } from '../../test/world/scope-lab.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { endpointId, hisZone, hub, idOf, scopeId, spoke, zoneOf } from '../../test/world/small-seed.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const spokeEndpointId = idOf('rg', 'Microsoft.Network/privateEndpoints', 'net-spoke');
const hubEndpoint = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } };
const spokeEndpoint = { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { resourceGroup: 'rg' } };
const manual = { ...hubEndpoint, approval: 'Manual' };

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

describe('a stranger', () => {
  it('whose connection nobody approves makes nothing red, and is not asked about', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const stranger = strangersEndpoint();
    const writes = lab.kubernetes.writes('ArcPrivateLinkScope').length;
    await lab.clock.advance(40 * minute);
    expect(await lab.state()).toBe('True Ready');
    expect(lab.kubernetes.writes('ArcPrivateLinkScope')).toHaveLength(writes);
    expect(lab.world.exchanges.filter(({ path }) => path === stranger)).toEqual([]);
  });

  it('loses the connection at deletion, which is told, and keeps the endpoint', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const stranger = strangersEndpoint();
    await lab.remove();
    expect(lab.portal.get(scopeId)).toBeUndefined();
    expect(lab.portal.get(stranger)).toBeDefined();
    const notes = (await lab.events()).filter(({ reason }) => reason === 'Removing').map(({ note }) => note);
    expect(notes.some((note) => note.includes(stranger))).toBe(true);
  });

  function strangersEndpoint(): string {
    const id = idOf('rg-theirs', 'Microsoft.Network/privateEndpoints', 'theirs');
    const like = lab.portal.need(endpointId);
    lab.world.resources.put({
      ...like,
      id,
      name: 'theirs',
      tags: {},
      properties: { ...like.properties, networkInterfaces: [] },
    });
    lab.world.resources.put({
      id: `${scopeId}/privateEndpointConnections/theirs.1`,
      name: 'theirs.1',
      type: 'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
      properties: {
        privateEndpoint: { id },
        privateLinkServiceConnectionState: { status: 'Pending', description: '', actionsRequired: 'None' },
        provisioningState: 'Succeeded',
      },
    });
    lab.world.rules.hide(id);
    return id;
  }
});

describe('throttling', () => {
  const throttled = (seconds = '17') =>
    json(
      429,
      { error: { code: 'SubscriptionRequestsThrottled', message: 'slow' } },
      { 'retry-after': seconds },
    );

  it('of every read of a settled scope leaves it Ready, and asks for little', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.clock.advance(10 * minute);
    lab.world.onRequest = ({ method }) => (method === 'GET' ? throttled() : undefined);
    const states = new Set<string>();
    for (let times = 0; times < 30; times += 1) {
      await lab.clock.advance(minute);
      states.add(await lab.state());
    }
    expect([...states]).toEqual(['True Ready']);
    lab.world.onRequest = undefined;
    await lab.clock.advance(minute);
    expect(await lab.message('ScopeReady')).toBe('The scope exists (net).');
  });

  it('of every read after a restart leaves it Ready as well, and its numbers as they were', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.stop();
    lab.world.onRequest = () => throttled();
    lab.start();
    await lab.clock.advance(10 * minute);
    expect(await lab.state()).toBe('True Ready');
    expect((await lab.status()).endpointsReady).toBe('1/1');
    expect((await lab.status()).endpoints?.[0]?.records).toHaveLength(7);
    expect(await lab.message('DNSReady')).toContain('(Not read anew: Throttled.)');
    lab.world.onRequest = undefined;
    await lab.until(async () => !(await lab.message('DNSReady')).includes('Not read anew'));
  });

  it('for a moment at every resync, as where many objects share the limits, writes no status', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.clock.advance(minute);
    const from = lab.kubernetes.writes().length;
    let reads = 0;
    lab.world.onRequest = ({ method }) =>
      method === 'GET' && ++reads % 2 === 0 ? throttled('5') : undefined;
    await lab.clock.advance(hour);
    expect(reads).toBeGreaterThan(30);
    expect(lab.kubernetes.writes().slice(from)).toEqual([]);
  });

  it('of forty seconds again and again is told in the end: a wait that has no end is no moment', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.onRequest = ({ method, url }) =>
      method === 'GET' && url.pathname.endsWith('/virtualNetworkLinks') ? throttled('40') : undefined;
    const isTold = async (): Promise<boolean> =>
      (await lab.message('DNSReady')).includes('(Not read anew: Throttled.)');
    await lab.until(isTold, 20 * minute);
    const writes = lab.kubernetes.writes().length;
    await lab.clock.advance(hour);
    expect(lab.kubernetes.writes()).toHaveLength(writes);
    lab.world.onRequest = undefined;
    await lab.until(async () => !(await isTold()));
  });

  it('once, and then no answer any more to what a change rests on, is no reason to ask without a pause', async () => {
    await lab.make({ tags: { team: 'plant' } });
    await lab.becomes('True Ready');
    const [zone = ''] = zoneNames.map(zoneOf);
    const path = zone.toLowerCase();
    let asked = 0;
    let isLost = false;
    lab.onAzure = (request, send) => {
      const called = request.url.pathname.toLowerCase();
      if (isLost && called === path && request.method === 'GET') {
        asked += 1;
        return asked === 1 ? throttled('0') : Promise.reject(connectionReset(request));
      }
      if (!called.startsWith(`${path}/providers/microsoft.resources/tags`) || isLost) return send();
      isLost = true;
      send();
      return Promise.reject(connectionReset(request));
    };
    lab.portal.tag(zone, { ...lab.portal.need(zone).tags, team: 'other' });
    await lab.until(() => isLost, 20 * minute);
    await lab.clock.advance(3 * minute);
    const before = asked;
    await lab.clock.advance(10 * minute);
    expect(asked - before).toBeLessThanOrEqual(30);
    lab.onAzure = (_request, send) => send();
    await lab.becomes('True Ready');
  });

  it('of writes changes nothing in Azure, and so costs no look at what they would have changed', async () => {
    lab.world.onRequest = ({ method, url }) =>
      method === 'PUT' && url.pathname.includes('/virtualNetworkLinks/') ? throttled('1') : undefined;
    await lab.make();
    await lab.clock.advance(50_000);
    const links = lab.world.exchanges.filter(
      ({ method, path }) => method === 'GET' && path.endsWith('/virtualNetworkLinks'),
    );
    expect(lab.world.exchanges.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
    expect(links.length).toBeLessThanOrEqual(3);
    lab.world.onRequest = undefined;
    await lab.becomes('True Ready');
  });

  it('of every third read delays a scope with twenty endpoints, and makes nothing begin anew', async () => {
    const networks = await Promise.all(Array.from({ length: 20 }, (_, index) => network(index)));
    let reads = 0;
    lab.world.onRequest = ({ method }) => (method === 'GET' && ++reads % 3 === 0 ? throttled() : undefined);
    await lab.make({ privateEndpoints: networks });
    await lab.becomes('True Ready', 'Ready', 2 * hour);
    expect((await lab.status()).endpointsReady).toBe('20/20');
  }, 60_000);

  async function network(index: number): Promise<Record<string, unknown>> {
    const id = idOf('rg', 'Microsoft.Network/virtualNetworks', `v${index}`);
    const like = lab.portal.need(spoke);
    lab.world.resources.put({ ...like, id, name: `v${index}` });
    const subnet = lab.portal.need(`${spoke}/subnets/pe`);
    lab.world.resources.put({
      ...subnet,
      id: `${id}/subnets/pe`,
      properties: structuredClone(subnet.properties),
    });
    return await Promise.resolve({ name: `e${index}`, subnetId: `${id}/subnets/pe`, dns: { mode: 'None' } });
  }
});

describe('an approval that takes days', () => {
  it('costs one look a minute, and the message has the whole command', async () => {
    await lab.make({ privateEndpoints: [manual] });
    await lab.becomes('False AwaitingApproval');
    await lab.clock.advance(2 * minute);
    expect((await lab.callsWithin(10 * minute)).reads).toBeLessThanOrEqual(25);
    const message = await lab.message();
    const [connection] = lab.world.resources.below(
      scopeId,
      'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
    );
    expect(message).toMatch(
      new RegExp(`: az network private-endpoint-connection approve --id ${connection?.id}$`),
    );
    expect(message.replaceAll(/\/subscriptions\S+/g, '').length).toBeLessThan(200);
    lab.portal.decide(endpointId, 'Approved');
    await lab.becomes('True Ready', 'Ready', 4 * minute);
  });

  it('does not make a right that is missing later Stalled at once', async () => {
    await lab.make({ privateEndpoints: [manual] });
    await lab.becomes('False AwaitingApproval');
    await lab.clock.advance(11 * minute);
    lab.world.rules.forbid('Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write');
    lab.portal.decide(endpointId, 'Approved');
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.state('Reconciling')).toBe('True AuthorizationFailed');
    await lab.clock.advance(5 * minute);
    expect(await lab.state('Stalled')).toBe('');
    await lab.clock.advance(10 * minute);
    expect(await lab.state('Stalled')).toBe('True AuthorizationFailed');
  });

  it('of several names all of them', async () => {
    await lab.make({ privateEndpoints: [manual, { ...spokeEndpoint, approval: 'Manual' }] });
    await lab.until(async () => (await lab.message()).includes('as do spoke'));
    expect(await lab.message()).toContain('Private endpoint hub waits');
  });
});

describe('what Azure refuses or fails to do', () => {
  it('from the very beginning is written down once, and costs neither calls nor writes while nothing changes', async () => {
    lab.world.rules.forbid('Microsoft.HybridCompute/privateLinkScopes/write');
    await lab.make();
    await lab.becomes('True AuthorizationFailed', 'Stalled');
    expect(await lab.status()).toMatchObject({
      resourceId: scopeId,
      inventory: [{ id: scopeId, origin: 'Created' }],
    });
    const writes = lab.kubernetes.writes('ArcPrivateLinkScope').length;
    expect((await lab.callsWithin(hour)).writes).toBeLessThanOrEqual(10);
    expect(lab.kubernetes.writes('ArcPrivateLinkScope')).toHaveLength(writes);
    lab.world.rules.permit('Microsoft.HybridCompute/privateLinkScopes/write');
    await lab.becomes('True Ready', 'Ready', 30 * minute);
  });

  it('a deletion that fails after it was accepted is told, and tried again with pauses', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const failure = {
      type: 'Microsoft.Network/privateEndpoints',
      method: 'DELETE',
      code: 'InternalFailure',
      message: 'the subnet is busy',
    } as const;
    lab.world.operations.failNext({ ...failure, times: 4 });
    await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
    await lab.until(async () => (await lab.message()).includes('the subnet is busy'));
    await lab.until(async () => (await lab.object()) === undefined);
    const tries = lab.world.writes().filter(({ method, path }) => method === 'DELETE' && path === endpointId);
    expect(tries).toHaveLength(5);
  });

  it("someone's link in a zone of ours is named with its owner's command, and is waited for", async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const plant = idOf('rg', 'Microsoft.Network/virtualNetworks', 'plant');
    lab.world.resources.put({ ...lab.portal.need(spoke), id: plant, name: 'plant' });
    const link = `${hisZone}/virtualNetworkLinks/theirs`;
    await lab.byHand('PUT', link, { location: 'global', properties: { virtualNetwork: { id: plant } } });
    await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
    await lab.becomes('False ZoneInUse');
    const message = await lab.message();
    expect(message).toContain('VNet plant');
    expect(message).toContain(`az network private-dns link vnet delete --ids ${link}`);
    await lab.clock.advance(minute);
    expect((await lab.callsWithin(hour)).writes).toBe(0);
    expect(await lab.state('Stalled')).toBe('True ZoneInUse');
    lab.portal.delete(link);
    await lab.until(async () => (await lab.object()) === undefined, 10 * minute);
  });

  it('a lock is named, and costs few calls until it is gone', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.rules.lock(endpointId);
    await lab.spec({ privateEndpoints: [] });
    await lab.becomes('False ScopeLocked');
    expect(await lab.message()).toContain('Remove the lock');
    const { writes } = await lab.callsWithin(2 * hour);
    expect(writes).toBeLessThanOrEqual(8);
    lab.world.rules.unlock(endpointId);
    await lab.until(() => lab.portal.get(endpointId) === undefined, 2 * hour);
    await lab.becomes('True Ready');
  });

  it('a link that was left Failed is written again', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const [link] = lab.world.resources.below(
      hisZone,
      'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    );
    lab.portal.set(link?.id ?? '', { provisioningState: 'Failed' });
    await lab.until(() => lab.portal.need(link?.id ?? '').properties['provisioningState'] === 'Succeeded');
    await lab.becomes('True Ready');
    expect(lab.changes().filter((one) => one === `PUT ${link?.id}`)).toHaveLength(2);
  });

  it('an endpoint that fails is repeated with pauses, becomes Stalled, and is told with Azure’s words', async () => {
    const failure = {
      type: 'Microsoft.Network/privateEndpoints',
      method: 'PUT',
      code: 'InternalFailure',
      message: 'no capacity here',
    } as const;
    lab.world.operations.failNext({ ...failure, times: 100 });
    await lab.make();
    await lab.until(async () => (await lab.message()).includes('no capacity here'));
    await lab.clock.advance(10 * minute);
    expect(await lab.state('Stalled')).toBe('True InternalFailure');
    const writes = lab.kubernetes.writes('ArcPrivateLinkScope').length;
    expect((await lab.callsWithin(hour)).writes).toBeLessThanOrEqual(60);
    // While it is tried again it stays what it is: nothing flickers.
    expect(lab.kubernetes.writes('ArcPrivateLinkScope').length - writes).toBeLessThanOrEqual(2);
  });

  it('a disabled subscription is asked seldom, not for ever at full speed', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.onRequest = ({ method }) =>
      method === 'GET'
        ? undefined
        : json(409, { error: { code: 'ReadOnlyDisabledSubscription', message: 'disabled' } });
    await lab.spec({ privateEndpoints: [] });
    await lab.becomes('False ReadOnlyDisabledSubscription');
    const { reads, writes } = await lab.callsWithin(hour);
    expect(writes).toBeLessThanOrEqual(70 * 7);
    expect(reads).toBeLessThanOrEqual(400);
  });
});

describe('trouble of one endpoint', () => {
  it('stops only that one: a VNet that may not be read is named, the rest is built', async () => {
    lab.world.rules.hide(spoke);
    await lab.make({ privateEndpoints: [hubEndpoint, spokeEndpoint] });
    await lab.until(async () => (await lab.status()).endpointsReady === '1/2');
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    expect(await lab.state('ScopeReady')).toBe('True Ready');
    expect(await lab.state()).toBe('False AuthorizationFailed');
    expect(await lab.message()).toContain('Private endpoint spoke');
    // What is built goes on being kept right.
    lab.portal.delete(`${hisZone}/A/gbl`);
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    lab.world.rules.show(spoke);
    await lab.becomes('True Ready');
  });

  it('and of another at once: the worst is told, and the other named', async () => {
    await lab.make({ privateEndpoints: [hubEndpoint, spokeEndpoint] });
    await lab.becomes('True Ready');
    lab.portal.decide(endpointId, 'Rejected');
    lab.portal.decide(spokeEndpointId, 'Rejected');
    await lab.until(async () => (await lab.message()).includes('Also in trouble'));
    expect(await lab.message()).toMatch(/hub was rejected.*Also in trouble: spoke\./);
  });

  it('does not hold up repairs while public access waits to be turned off', async () => {
    await lab.make({ publicNetworkAccess: 'Enabled' });
    await lab.becomes('True Ready');
    const wait = { propagating: 3, propagatedBy: new Date(lab.clock.now() + 12 * minute).toISOString() };
    await suspendedAssociation(wait);
    await lab.spec({ publicNetworkAccess: 'Disabled' });
    await lab.becomes('False WaitingForPropagation');
    lab.portal.delete(`${hisZone}/A/gbl`);
    lab.portal.tag(zoneOf(zoneNames[0] ?? ''), { 'arc-private-link-operator': 'cluster/lab/net' });
    await lab.kubernetes.patch(
      scopes,
      { namespace, name: 'net' },
      {
        metadata: { annotations: { 'arcprivatelink.io/reconcile-requested-at': 'now' } },
      },
    );
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined, 3 * minute);
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    await lab.becomes('False WaitingForPropagation');
    expect(lab.portal.need(scopeId).properties['publicNetworkAccess']).toBe('Enabled');
    // The association is suspended and never counts down; its wait ends all the same.
    await lab.until(
      () => lab.portal.need(scopeId).properties['publicNetworkAccess'] === 'Disabled',
      15 * minute,
    );
    await lab.becomes('True Ready');
  });

  async function suspendedAssociation(status: object): Promise<void> {
    await lab.kubernetes.create(associations, associationObject({ suspend: true }));
    await lab.kubernetes.patch(
      associations,
      { namespace, name: 'servers' },
      { status: { ...status } },
      { subresource: 'status' },
    );
  }
});

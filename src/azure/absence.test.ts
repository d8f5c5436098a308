import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Azure } from './types.ts';
import { connect } from '../../test/world/azure/connect.ts';
import { proxyPage, type ArmResponse } from '../../test/world/azure/http.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import {
  endpointId,
  hisZone,
  hub,
  idOf,
  otherScopeId,
  serverId,
  smallSeed,
  subscription,
} from '../../test/world/small-seed.ts';

let world: AzureWorld;
let azure: Azure;

beforeEach(() => {
  world = new AzureWorld({ clock: new VirtualClock(), random: seededRandom() });
  plant(world, smallSeed);
  ({ azure } = connect(world));
});

const securityGroup = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg');
const gateway = idOf('rg', 'Microsoft.Network/virtualNetworkGateways', 'gw');

const reads: [string, (azure: Azure) => Promise<unknown>][] = [
  ['a scope', (own) => own.getScope(otherScopeId)],
  ['a server', (own) => own.getMachine(serverId('office'))],
  ['a VNet', (own) => own.getVirtualNetwork(hub)],
  ['an endpoint', (own) => own.getEndpoint(endpointId)],
  ['a zone', (own) => own.getZone(hisZone)],
  ['connections', (own) => own.listConnections(otherScopeId)],
  ['zone groups', (own) => own.listZoneGroups(endpointId)],
  ['security rules', (own) => own.listSecurityRules(securityGroup, () => true)],
  ['connections of a gateway', (own) => own.listGatewayConnections(gateway)],
  ['links', (own) => own.listZoneLinks(hisZone)],
  ['records', (own) => own.listRecords(hisZone)],
];
const deletions: [string, (azure: Azure) => Promise<unknown>][] = [
  ['a scope', (own) => own.deleteScope(otherScopeId)],
  ['a connection', (own) => own.deleteConnection(`${otherScopeId}/privateEndpointConnections/a.b`)],
  ['an endpoint', (own) => own.deleteEndpoint(endpointId)],
  ['a zone group', (own) => own.deleteZoneGroup(`${endpointId}/privateDnsZoneGroups/default`)],
  ['a zone', (own) => own.deleteZone(hisZone)],
  ['a link', (own) => own.deleteZoneLink(`${hisZone}/virtualNetworkLinks/hub`)],
  ['a security rule', (own) => own.deleteSecurityRule(`${securityGroup}/securityRules/one`)],
];
const listings: [string, (azure: Azure) => Promise<unknown>][] = [
  ['servers', (own) => own.machines(subscription, 0)],
  ['zones', (own) => own.listZones(subscription)],
  ['subscriptions', (own) => own.listSubscriptions()],
  ['required zones', (own) => own.requiredZoneNames(otherScopeId)],
];
const nothing = (status: number): ArmResponse => ({ status, headers: {}, body: '' });

describe('what is not there', () => {
  it.each(reads.filter(([what]) => what !== 'a scope' && what !== 'connections'))(
    'counts as absent when Azure says so: %s',
    async (_, read) => {
      for (const group of ['rg', 'rg-dns'])
        world.resources.deleteTree(idOf(group, '', '').split('/providers')[0] ?? '');
      expect((await read(azure)) ?? []).toEqual([]);
    },
  );

  it.each(deletions)('needs no deletion, its resource group being gone: %s', async (_, remove) => {
    for (const group of ['rg', 'rg-dns'])
      world.resources.deleteTree(idOf(group, '', '').split('/providers')[0] ?? '');
    expect(await remove(azure)).toBeUndefined();
  });
});

describe('a subscription that is gone, or of another tenant', () => {
  beforeEach(() => world.rules.vanish(subscription));

  it.each([...reads, ...deletions])('says nothing of %s', async (_, call) => {
    await expect(call(azure)).rejects.toMatchObject({ reason: 'SubscriptionNotFound', stalls: true });
  });
});

describe('a proxy that answers in the stead of Azure', () => {
  it.each([...reads, ...deletions])('says nothing of %s with a page that is 404', async (_, call) => {
    world.onRequest = () => proxyPage(404);
    await expect(call(azure)).rejects.toMatchObject({ status: 404, kind: 'transient' });
  });

  it.each([...reads, ...deletions])('says nothing of %s with an empty 404', async (_, call) => {
    world.onRequest = () => nothing(404);
    await expect(call(azure)).rejects.toMatchObject({ status: 404, kind: 'transient' });
  });

  it.each([...reads, ...listings])('empties no listing with a page to log in: %s', async (_, read) => {
    world.onRequest = () => proxyPage(200);
    await expect(read(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer', kind: 'transient' });
  });

  it.each([...reads, ...listings])('empties no listing with an empty success: %s', async (_, read) => {
    world.onRequest = () => nothing(200);
    await expect(read(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
  });

  it.each([...reads, ...listings])('is not followed to where one logs in: %s', async (_, read) => {
    world.onRequest = () => ({
      ...nothing(302),
      headers: { location: 'https://management.azure.com/login' },
    });
    await expect(read(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
  });

  it.each(deletions)('has deleted nothing with a page to log in: %s', async (_, remove) => {
    world.onRequest = () => proxyPage(200);
    await expect(remove(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
  });

  it.each(listings)('empties no listing that was cut off: %s', async (_, read) => {
    world.onRequest = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"value":[{"id":"/a"},',
    });
    await expect(read(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
  });

  it.each<[string, (azure: Azure) => Promise<unknown>]>([
    ['a scope', (own) => own.putScope(otherScopeId, { location: 'a', tags: {}, publicNetworkAccess: 'b' })],
    ['a server', (own) => own.setMachineScope(serverId('office'), otherScopeId)],
    ['tags', (own) => own.mergeTags(otherScopeId, {})],
  ])('has changed nothing with an empty success: %s', async (_, change) => {
    world.onRequest = () => nothing(200);
    await expect(change(azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
  });
});

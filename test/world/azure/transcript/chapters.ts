import {
  endpointId,
  hisZone,
  hub,
  idOf,
  otherScopeId,
  scopeId,
  serverId,
  spoke,
  subscription,
} from '../../small-seed.ts';
import { Script } from './script.ts';

/** What resources go through from their creation to their end, every answer on the way written down. */

const zoneBody = { location: 'global', tags: { team: 'plant' } };
const linkId = `${hisZone}/virtualNetworkLinks/hub`;
const link = { location: 'global', properties: { virtualNetwork: { id: hub } } };
const groupId = `${endpointId}/privateDnsZoneGroups/default`;
const group = {
  properties: { privateDnsZoneConfigs: [{ name: 'his', properties: { privateDnsZoneId: hisZone } }] },
};

export const endpoint = (scope: string, manual = false, subnet = `${hub}/subnets/pe`): object => ({
  location: 'westeurope',
  tags: { team: 'plant' },
  properties: {
    subnet: { id: subnet },
    [manual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections']: [
      {
        name: 'arc',
        properties: { privateLinkServiceId: scope, groupIds: ['hybridcompute'], requestMessage: 'please' },
      },
    ],
  },
});

export function scopes(): string {
  const script = new Script('A scope');
  const { ask } = bound(script);
  ask('GET', scopeId);
  ask('PUT', scopeId, { tags: { a: '1' } });
  ask('PUT', scopeId, { location: 'westeurope', properties: { publicNetworkAccess: 'SecuredByPerimeter' } });
  ask('PUT', scopeId, { location: 'westeurope', tags: { a: '1' } });
  ask('PUT', scopeId, { location: 'westeurope', properties: { publicNetworkAccess: 'Enabled' } });
  ask('PATCH', scopeId, { tags: { b: '2' } });
  ask('GET', scopeId.toUpperCase());
  ask('GET', scopeId.slice(0, scopeId.lastIndexOf('/')));
  ask('GET', `/subscriptions/${subscription}/providers/Microsoft.HybridCompute/privateLinkScopes`);
  ask('GET', `${scopeId}/privateLinkResources`);
  ask('GET', `${scopeId}/privateLinkResources/hybridcompute`);
  ask('GET', `${scopeId}/privateLinkResources/odd`);
  ask('GET', `${scopeId}x/privateLinkResources`);
  ask('GET', `${scopeId}/privateEndpointConnections`);
  ask('GET', `${scopeId}/privateEndpointConnections/none`);
  ask('DELETE', otherScopeId);
  ask('POST', scopeId);
  ask('POST', scopeId.slice(0, scopeId.lastIndexOf('/')));
  ask('DELETE', scopeId);
  ask('DELETE', scopeId);
  ask('GET', scopeId);
  return script.text();
}

export async function endpoints(): Promise<string> {
  const script = new Script('An endpoint with its zone, link, zone group and records');
  const { ask, follow } = bound(script);
  ask('PUT', scopeId, { location: 'westeurope' });
  ask('PUT', endpointId, endpoint(scopeId));
  ask('PUT', endpointId, endpoint(scopeId));
  ask('GET', endpointId);
  ask('PUT', groupId, group);
  await script.wait(30);
  ask('GET', endpointId);
  await script.wait(2);
  ask('GET', endpointId);
  await follow('PUT', endpointId, endpoint(scopeId));
  await follow('PUT', hisZone, zoneBody, { 'if-none-match': '*' });
  await follow('PUT', hisZone, zoneBody, { 'if-none-match': '*' });
  await follow('PUT', hisZone, { location: 'global' }, { 'if-match': 'stale' });
  ask('PUT', `${hisZone}/A/own`, { properties: { ttl: 60, aRecords: [{ ipv4Address: '10.0.0.9' }] } });
  ask('DELETE', `${hisZone}/A/own`);
  await follow('PUT', linkId, link);
  ask('GET', linkId);
  await script.wait(5);
  ask('GET', linkId);
  await follow('PUT', linkId, { ...link, tags: { a: '1' } }, { 'if-match': 'stale' });
  await follow('PUT', linkId, { ...link, tags: { a: '1' } });
  ask('GET', `${hisZone}/virtualNetworkLinks`);
  ask('PUT', groupId, {
    properties: { privateDnsZoneConfigs: [{ name: 'x', properties: { privateDnsZoneId: `${hisZone}x` } }] },
  });
  await follow('PUT', groupId, group);
  ask('PUT', `${groupId}2`, group);
  await follow('PUT', groupId, group);
  for (const id of [endpointId, `${endpointId}/privateDnsZoneGroups`, groupId, hisZone, `${hisZone}/A`, hub])
    ask('GET', id);
  for (const id of [`${hub}/subnets`, `${hub}/subnets/pe`, scopeId, `${scopeId}/privateEndpointConnections`])
    ask('GET', id);
  ask('GET', idOf('rg', 'Microsoft.Network/networkInterfaces', ''));
  ask('GET', idOf('rg', 'Microsoft.Network/privateEndpoints', ''));
  ask('GET', hisZone.slice(0, hisZone.lastIndexOf('/')));
  for (const id of [scopeId, hisZone]) ask('DELETE', id);
  await follow('DELETE', linkId);
  await follow('DELETE', groupId);
  ask('GET', `${hisZone}/A`);
  await follow('PUT', groupId, group);
  ask('DELETE', endpointId);
  ask('GET', endpointId);
  await script.wait(20);
  for (const id of [endpointId, groupId, `${hisZone}/A`, `${hub}/subnets/pe`, scopeId]) ask('GET', id);
  ask('GET', idOf('rg', 'Microsoft.Network/networkInterfaces', ''));
  for (const id of [endpointId, groupId, linkId]) ask('DELETE', id);
  await follow('DELETE', hisZone);
  for (const id of [hisZone, linkId]) ask('DELETE', id);
  return script.text();
}

export async function connections(): Promise<string> {
  const script = new Script('A connection that its owner decides on');
  const { ask, follow } = bound(script);
  ask('PUT', endpointId, endpoint(otherScopeId, true));
  await script.wait(40);
  ask('GET', endpointId);
  const [one] = script.world.resources.ofType(
    'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
  );
  const id = one?.id ?? '';
  const state = (status: string): object => ({
    properties: { privateLinkServiceConnectionState: { status, description: 'by me' } },
  });
  ask('PUT', id, {});
  ask('PUT', `${id}x`, state('Approved'));
  for (const status of ['Approved', 'Rejected', 'Approved']) {
    await follow('PUT', id, state(status));
    for (const shown of [id, endpointId]) ask('GET', shown);
  }
  await follow('DELETE', id);
  for (const shown of [id, endpointId, `${otherScopeId}/privateEndpointConnections`]) ask('GET', shown);
  ask('DELETE', id);
  return script.text();
}

export async function machines(): Promise<string> {
  const script = new Script('Servers, three to a page', { pageSize: 3 });
  const { ask } = bound(script);
  ask('PUT', scopeId, { location: 'westeurope' });
  let next: string | undefined = `/subscriptions/${subscription}/providers/Microsoft.HybridCompute/machines`;
  while (next !== undefined) next = (JSON.parse(ask('GET', next).body) as { nextLink?: string }).nextLink;
  const put = (name: string, scope: string): unknown =>
    ask('PATCH', serverId(name), { properties: { privateLinkScopeResourceId: scope } });
  put('office', scopeId);
  ask('GET', serverId('office'));
  await script.wait(4);
  ask('GET', serverId('office'));
  await script.wait(2);
  ask('GET', serverId('office'));
  put('office', `${scopeId}x`);
  put('abroad', scopeId);
  put('none', scopeId);
  ask('DELETE', scopeId);
  put('office', '');
  for (const given of [{ site: 'plant', kept: 'no' }, { site: 'moved' }])
    ask('PATCH', serverId('office'), { tags: given });
  ask('GET', serverId('office'));
  ask('DELETE', serverId('office'));
  ask('DELETE', serverId('office'));
  ask('DELETE', scopeId);
  return script.text();
}

export function pages(): string {
  const servers = `/subscriptions/${subscription}/providers/Microsoft.HybridCompute/machines`;
  const { resources } = new Script('').world;
  const all = resources.ofType('Microsoft.HybridCompute/machines').length;
  const dialogues = [all, all - 1, 1].map((pageSize) => {
    const script = new Script(`Servers, ${pageSize} to a page of ${all}`, { pageSize });
    let next: string | undefined = servers;
    while (next !== undefined) {
      const { value, nextLink } = JSON.parse(script.quietly('GET', next).body) as Page;
      script.note(`${value.map(({ name }) => name).join()} ${nextLink ?? 'and no more'}`);
      next = nextLink;
    }
    return script.text();
  });
  return dialogues.join('\n\n');
}

interface Page {
  value: { name: string }[];
  nextLink?: string;
}

export function refusals(): string {
  const script = new Script('What is refused');
  const { ask } = bound(script);
  ask('GET', '/nowhere');
  ask('GET', '/subscriptions');
  ask('GET', idOf('rg', 'Microsoft.Odd/things', 'one'));
  ask('PUT', scopeId, '{broken');
  for (const method of ['GET', 'PUT', 'DELETE'])
    ask(method, idOf('none', 'Microsoft.Network/privateEndpoints', 'x'), {});
  ask('PUT', endpointId, endpoint(`${scopeId}x`));
  ask('PUT', endpointId, endpoint(otherScopeId, false, `${hub}/subnets/none`));
  ask('PUT', endpointId, endpoint(otherScopeId, false, `${hub}/subnets/tiny`));
  ask('PUT', endpointId, { ...endpoint(otherScopeId), location: 'japaneast' });
  ask('PUT', endpointId, { location: 'westeurope', properties: { subnet: { id: `${hub}/subnets/pe` } } });
  ask('PUT', groupId, group);
  ask('GET', groupId);
  ask('PUT', linkId, link);
  ask('DELETE', linkId);
  ask('PUT', `${hisZone}/A/x`, {});
  script.quietly('PUT', endpointId, endpoint(otherScopeId));
  ask('PUT', serverId('web-1'), { location: 'westeurope', properties: {} });
  ask('PUT', `${spoke}/subnets/more`, { properties: { addressPrefix: '10.1.1.0/28' } });
  return script.text();
}

type Ask = Script['ask'];

export function bound(script: Script): { ask: Ask; follow: Script['follow'] } {
  return {
    ask: (...call: Parameters<Ask>) => script.ask(...call),
    follow: (...call: Parameters<Script['follow']>) => script.follow(...call),
  };
}

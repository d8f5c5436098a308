import { beforeEach, describe, expect, it } from '@jest/globals';
import { requestFor } from './ask.ts';
import { proxyPage, type ArmResponse } from './http.ts';
import { Portal } from './portal.ts';
import { plant, plantServers } from './seed.ts';
import { AzureWorld } from './world.ts';
import { VirtualClock } from '../clock.ts';
import { seededRandom } from '../laboratory.ts';
import { endpointId, hisZone, hub, otherScopeId, serverId, smallSeed, subscription } from '../small-seed.ts';

/** What tests may ask of the simulated Azure beside what it does by itself. */

let clock: VirtualClock;
let world: AzureWorld;
let portal: Portal;

beforeEach(() => {
  clock = new VirtualClock();
  world = new AzureWorld({ clock, random: seededRandom() });
  portal = new Portal(world);
  plant(world, smallSeed);
});

function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): ArmResponse {
  return world.handle(requestFor(method, path, body, headers));
}

function bodyOf(response: ArmResponse): Record<string, unknown> {
  return JSON.parse(response.body) as Record<string, unknown>;
}

function codeOf(response: ArmResponse): string {
  return (bodyOf(response)['error'] as { code: string }).code;
}

function namesIn(response: ArmResponse): string[] {
  return (bodyOf(response)['value'] as { name: string }[]).map(({ name }) => name);
}

const servers = `/subscriptions/${subscription}/providers/Microsoft.HybridCompute/machines`;
const linkId = `${hisZone}/virtualNetworkLinks/hub`;
const endpoint = {
  location: 'westeurope',
  properties: {
    subnet: { id: `${hub}/subnets/pe` },
    privateLinkServiceConnections: [
      { name: 'arc', properties: { privateLinkServiceId: otherScopeId, groupIds: ['hybridcompute'] } },
    ],
  },
};
const link = { location: 'global', properties: { virtualNetwork: { id: hub } } };
const tagsOf = (id: string): string => `${id}/providers/Microsoft.Resources/tags/default`;

async function done(response: ArmResponse): Promise<Record<string, unknown>> {
  await clock.advance(600_000);
  return bodyOf(send('GET', response.headers['azure-asyncoperation'] ?? ''));
}

describe('rights', () => {
  it('that are missing on a single server leave it out of listings and refuse it by itself', () => {
    world.rules.hide(serverId('office'));
    expect(namesIn(send('GET', servers))).not.toContain('office');
    expect(send('GET', serverId('office')).status).toBe(403);
    expect(send('GET', serverId('taken')).status).toBe(200);
    world.rules.show(serverId('office'));
    expect(namesIn(send('GET', servers))).toContain('office');
  });

  it('that are missing on a resource group or subscription refuse what is asked of it', () => {
    world.rules.hide(`/subscriptions/${subscription}`);
    expect(codeOf(send('GET', servers))).toBe('AuthorizationFailed');
    expect(bodyOf(send('GET', '/subscriptions'))['value']).toEqual([]);
  });

  it('end at a name, not within one', () => {
    world.rules.forbid('Microsoft.HybridCompute/machines/read', serverId('web'));
    expect(send('GET', serverId('web-1')).status).toBe(200);
  });
});

describe('a subscription that vanished', () => {
  it('is not found, whatever is asked of it', () => {
    world.rules.vanish(subscription);
    for (const method of ['GET', 'DELETE'])
      expect(codeOf(send(method, otherScopeId))).toBe('SubscriptionNotFound');
    expect(bodyOf(send('GET', '/subscriptions'))['value']).toEqual([]);
  });
});

describe('an answer in the stead of Azure', () => {
  it('is given to the requests that a test picks', () => {
    world.onRequest = ({ url }) => (url.pathname.endsWith('/other') ? proxyPage(404) : undefined);
    const page = send('GET', otherScopeId);
    expect(page).toMatchObject({ status: 404, headers: { 'content-type': 'text/html' } });
    expect(Object.keys(page.headers)).not.toContain('x-ms-request-id');
    expect(send('GET', serverId('office')).headers['date']).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
  });
});

describe('policies', () => {
  it('refuse by type and by id, tags and PATCHes as well', () => {
    world.rules.deny({ policyAssignmentId: '/assignment', below: serverId('office') });
    expect(codeOf(send('PATCH', serverId('office'), { properties: {} }))).toBe('RequestDisallowedByPolicy');
    const merge = { operation: 'Merge', properties: { tags: { a: 'b' } } };
    expect(codeOf(send('PATCH', tagsOf(serverId('office')), merge))).toBe('RequestDisallowedByPolicy');
    expect(send('PATCH', tagsOf(serverId('taken')), merge).status).toBe(200);
  });

  it('add, rewrite and remove tags on every write', () => {
    world.overrides.tags = (type, { secret: _removed, ...tags }) => ({ ...tags, type, site: 'rewritten' });
    const body = { location: 'westeurope', tags: { site: 'plant', secret: 'x', kept: 'yes' } };
    send('PUT', otherScopeId, body);
    const expected = { site: 'rewritten', kept: 'yes', type: 'Microsoft.HybridCompute/privateLinkScopes' };
    expect(portal.need(otherScopeId).tags).toEqual(expected);
  });
});

describe('locks', () => {
  it('refuse deletions, and every write when they are ReadOnly', () => {
    world.rules.lock(serverId('office'));
    expect(send('PATCH', serverId('office'), { properties: {} }).status).toBe(200);
    expect(codeOf(send('DELETE', serverId('office')))).toBe('ScopeLocked');
    world.rules.lock(serverId('office'), 'ReadOnly');
    expect(codeOf(send('PATCH', serverId('office'), { properties: {} }))).toBe('ScopeLocked');
    world.rules.unlock(serverId('office'));
    expect(send('DELETE', serverId('office')).status).toBe(200);
  });
});

describe('tags', () => {
  it('are merged, and deleted where name and value fit', () => {
    const patch = (operation: string, tags: object): unknown =>
      bodyOf(send('PATCH', tagsOf(otherScopeId), { operation, properties: { tags } }))['properties'];
    expect(patch('Merge', { a: '1', b: '2' })).toEqual({ tags: { a: '1', b: '2' } });
    expect(patch('Merge', { A: '3' })).toEqual({ tags: { b: '2', A: '3' } });
    expect(patch('Delete', { b: 'other', A: '3' })).toEqual({ tags: { b: '2' } });
  });

  it('of private DNS lose names with colons or spaces, and those beyond fifteen', async () => {
    const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`t${index}`, '1']));
    send('PUT', hisZone, { location: 'global', tags: { 'a:b': '1', 'a b': '1', ...many } });
    await clock.advance(60_000);
    expect(Object.keys(portal.need(hisZone).tags ?? {})).toEqual(Object.keys(many).slice(0, 15));
  });
});

describe('operations', () => {
  it.each([
    ['PUT', 'Failed', 'Failed'],
    ['PUT', 'Canceled', 'Failed'],
    ['DELETE', 'Failed', 'Failed'],
  ] as const)('that are to fail do so: %s %s', async (method, state, left) => {
    if (method === 'DELETE') await done(send('PUT', endpointId, endpoint));
    world.operations.failNext({
      type: 'Microsoft.Network/privateEndpoints',
      method,
      code: 'Odd',
      message: 'It went wrong.',
      state,
    });
    const status = await done(send(method, endpointId, method === 'PUT' ? endpoint : undefined));
    expect(status).toEqual({ status: state, error: { code: 'Odd', message: 'It went wrong.' } });
    expect(portal.need(endpointId).properties['provisioningState']).toBe(left);
  });

  it('that failed can be repeated', async () => {
    world.operations.failNext({ type: 'Microsoft.Network/privateEndpoints', code: 'Odd', message: 'No.' });
    await done(send('PUT', endpointId, endpoint));
    expect(await done(send('PUT', endpointId, endpoint))).toEqual({ status: 'Succeeded' });
    expect(portal.need(endpointId).properties['provisioningState']).toBe('Succeeded');
  });

  it('on links fail by precondition when somebody was quicker', async () => {
    await done(send('PUT', hisZone, { location: 'global' }));
    await done(send('PUT', linkId, link));
    const stale = portal.need(linkId).etag ?? '';
    await done(send('PUT', linkId, link, { 'if-match': stale }));
    expect(await done(send('PUT', linkId, link, { 'if-match': stale }))).toMatchObject({
      status: 'Failed',
      error: { code: 'PreconditionFailed' },
    });
  });

  it('are not begun for a zone that others have linked: the link is named', async () => {
    await done(send('PUT', hisZone, { location: 'global' }));
    await done(send('PUT', linkId, link));
    const refused = send('DELETE', hisZone);
    expect(codeOf(refused)).toBe('CannotDeleteResource');
    expect(refused.body).toContain('virtualNetworkLinks/hub');
  });
});

describe('a PUT replaces the whole', () => {
  it('of an endpoint: what is not sent is lost', async () => {
    const groups = [{ id: '/groups/plant' }];
    const sent = { ...endpoint, properties: { ...endpoint.properties, applicationSecurityGroups: groups } };
    await done(send('PUT', endpointId, sent));
    await done(send('PUT', endpointId, sent));
    expect(portal.need(endpointId).properties['applicationSecurityGroups']).toEqual(groups);
    await done(send('PUT', endpointId, endpoint));
    expect(portal.need(endpointId).properties['applicationSecurityGroups']).toBeUndefined();
  });

  it('of a link: what is not sent is lost', async () => {
    await done(send('PUT', hisZone, { location: 'global' }));
    const properties = {
      ...link.properties,
      registrationEnabled: true,
      resolutionPolicy: 'NxDomainRedirect',
    };
    await done(send('PUT', linkId, { ...link, properties }));
    expect(portal.need(linkId).properties).toMatchObject(properties);
    await done(send('PUT', linkId, link));
    expect(portal.need(linkId).properties).toMatchObject({ registrationEnabled: false });
    expect(portal.need(linkId).properties['resolutionPolicy']).toBeUndefined();
  });
});

describe('what Azure shows', () => {
  it('can be cut short, or lag', () => {
    world.quirks.listed = (_, found) => found.slice(0, 2);
    expect(namesIn(send('GET', servers))).toHaveLength(2);
  });

  it('of the zones that a scope needs can be short', () => {
    world.quirks.requiredZoneNames = (names) => names.slice(0, 1);
    const { properties } = (
      bodyOf(send('GET', `${otherScopeId}/privateLinkResources`))['value'] as {
        properties: { requiredZoneNames: string[] };
      }[]
    )[0] ?? { properties: { requiredZoneNames: [] } };
    expect(properties.requiredZoneNames).toHaveLength(1);
  });

  it('of a server is as large as it was recorded, when asked for', () => {
    const server = { subscriptionId: subscription, resourceGroup: 'rg', location: 'westeurope' };
    plantServers(world, { ...server, name: 'large', recordedSize: true });
    expect(send('GET', serverId('large')).body.length).toBeGreaterThanOrEqual(2_048);
  });
});

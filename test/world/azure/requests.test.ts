import { beforeEach, describe, expect, it } from '@jest/globals';
import { requestFor } from './ask.ts';
import type { ArmResponse } from './http.ts';
import { plant } from './seed.ts';
import { AzureWorld } from './world.ts';
import { VirtualClock } from '../clock.ts';
import { seededRandom } from '../laboratory.ts';
import { hisZone, hub, idOf, otherScopeId, serverId, smallSeed } from '../small-seed.ts';

let clock: VirtualClock;
let world: AzureWorld;

beforeEach(() => {
  clock = new VirtualClock();
  world = new AzureWorld({ clock, random: seededRandom() });
  plant(world, smallSeed);
});

function send(method: string, path: string, body?: unknown): ArmResponse {
  return world.handle(requestFor(method, path, body));
}

const codeOf = ({ body }: ArmResponse): string =>
  (JSON.parse(body) as { error: { code: string } }).error.code;

const [endpoints, zones, scopes] = [
  'Microsoft.Network/privateEndpoints',
  'Microsoft.Network/privateDnsZones',
  'Microsoft.HybridCompute/privateLinkScopes',
].map((type) => idOf('rg', type, '').replace(/\/$/, '')) as [string, string, string];
const connection = { privateLinkServiceId: otherScopeId, groupIds: ['hybridcompute'] };
const endpoint = {
  properties: {
    subnet: { id: `${hub}/subnets/pe` },
    privateLinkServiceConnections: [{ name: 'arc', properties: connection }],
  },
};

const putZone = (): ArmResponse => send('PUT', hisZone, { location: 'global' });

describe('a request', () => {
  it('for a version that is none is refused', () => {
    expect(codeOf(send('GET', `${otherScopeId}?api-version=latest`))).toBe('InvalidApiVersionParameter');
    expect(send('GET', `${otherScopeId}?api-version=2025-01-13`).status).toBe(200);
    expect(send('GET', `${otherScopeId}?api-version=2025-02-19-preview`).status).toBe(200);
  });

  it('for no version is refused', () => {
    const url = new URL(otherScopeId, 'https://management.azure.com');
    expect(codeOf(world.handle({ method: 'GET', url, headers: {}, body: '' }))).toBe(
      'MissingApiVersionParameter',
    );
  });

  it.each([
    [otherScopeId, '2024-06-01'],
    [hisZone, '2024-07-10'],
    [hub, '2025-01-13'],
    ['/subscriptions', '2024-06-01'],
  ])('of %s for a version of another type, %s, is refused', (id, version) => {
    expect(codeOf(send('GET', `${id}?api-version=${version}`))).toBe('NoRegisteredProviderFound');
  });

  it('for a version that this cloud lacks is refused, and those it has are named', () => {
    world.quirks.versions = (type, known) =>
      type.startsWith('Microsoft.HybridCompute') ? ['2022-12-27'] : known;
    const refused = send('GET', `${otherScopeId}?api-version=2021-05-20`);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain("The supported api-versions are '2022-12-27'");
    expect(send('GET', `${hub}?api-version=2026-01-01`).status).toBe(200);
  });

  it.each([
    ['nothing', {}],
    ['text', { 'content-type': 'text/plain' }],
  ])('that says %s of what it sends is refused', (_, headers) => {
    const { url } = requestFor('PATCH', serverId('office'));
    const refused = world.handle({ method: 'PATCH', url, headers, body: '{}' });
    expect([refused.status, codeOf(refused)]).toEqual([415, 'UnsupportedMediaType']);
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(world.handle({ method: 'PATCH', url, headers: json, body: '{}' }).status).toBe(200);
  });

  it.each([
    [`${endpoints}/a`],
    [`${endpoints}/${'a'.repeat(65)}`],
    [`${endpoints}/-ab`],
    [`${endpoints}/ab-`],
    [`${zones}/single`],
    [`${zones}/${'a'.repeat(64)}.com`],
    [`${scopes}/a%20b`],
    [`${scopes}/${'a'.repeat(256)}`],
    [serverId('a'.repeat(55))],
  ])('for a new resource of a name that it may not have is refused: %s', (id) => {
    expect(codeOf(send('PUT', id, { location: 'westeurope', ...endpoint }))).toBe('InvalidResourceName');
  });

  it.each([
    [`${endpoints}/ab_`],
    [`${endpoints}/${'a'.repeat(64)}`],
    [`${zones}/a-b.c`],
    [`${scopes}/${'a'.repeat(255)}`],
    [serverId('a'.repeat(54))],
  ])('for a new resource of a name at the bounds is not: %s', (id) => {
    expect(send('PUT', id, { location: 'westeurope', ...endpoint }).status).toBeLessThan(300);
  });

  it.each([
    ['reserved characters', { 'a/b': '1' }, 'InvalidTagNameCharacters'],
    ['a long value', { a: 'x'.repeat(257) }, 'InvalidTag'],
    ['a long name', { ['x'.repeat(513)]: '' }, 'InvalidTag'],
    ['too many', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])), 'TooManyTags'],
  ])('with tags of %s is refused, and nothing is changed', (_, tags, code) => {
    const before = { ...world.resources.get(otherScopeId)?.tags };
    expect(codeOf(send('PUT', otherScopeId, { location: 'westeurope', tags }))).toBe(code);
    const merge = { operation: 'Merge', properties: { tags } };
    expect(codeOf(send('PATCH', `${otherScopeId}/providers/Microsoft.Resources/tags/default`, merge))).toBe(
      code,
    );
    expect({ ...world.resources.get(otherScopeId)?.tags }).toEqual(before);
  });
});

describe('a limit', () => {
  it('may be told as a date, of the clock of Azure', () => {
    world.quirks.datedRetryAfter = true;
    world.quirks.clockAheadMs = 60_000;
    for (let count = 0; count < 200; count += 1) send('PATCH', serverId('office'), {});
    const { status, headers } = send('PATCH', serverId('office'), {});
    expect(status).toBe(429);
    expect(Date.parse(headers['retry-after'] ?? '') - Date.parse(headers['date'] ?? '')).toBe(1_000);
  });
});

describe('an operation', () => {
  it.each([
    ['lost', 404],
    ['expired', 410],
  ] as const)('that is %s does its work, and its address answers %d', async (fate, status) => {
    world.operations.silenceNext({ type: 'Microsoft.Network/privateDnsZones', fate });
    const address = putZone().headers['azure-asyncoperation'] ?? '';
    expect(send('GET', address).status).toBe(status);
    await clock.advance(60_000);
    expect(send('GET', address).status).toBe(status);
    expect(send('GET', hisZone).status).toBe(200);
  });

  it('that is endless goes on and does nothing', async () => {
    world.operations.silenceNext({ type: 'Microsoft.Network/privateDnsZones', fate: 'endless' });
    const address = putZone().headers['azure-asyncoperation'] ?? '';
    await clock.advance(24 * 3_600_000);
    expect(JSON.parse(send('GET', address).body)).toEqual({ status: 'InProgress' });
    expect(send('GET', hisZone).status).toBe(404);
  });

  it('that fails leaves a zone that was there Failed', async () => {
    putZone();
    await clock.advance(60_000);
    const failure = { type: 'Microsoft.Network/privateDnsZones', code: 'Odd', message: 'No.' };
    world.operations.failNext({ ...failure, method: 'DELETE' });
    send('DELETE', hisZone);
    await clock.advance(60_000);
    expect(world.resources.get(hisZone)?.properties['provisioningState']).toBe('Failed');
  });
});

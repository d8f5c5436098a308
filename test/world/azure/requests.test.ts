import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ArmResponse } from './http.ts';
import { plant } from './seed.ts';
import { AzureWorld } from './world.ts';
import { VirtualClock } from '../clock.ts';
import { seededRandom } from '../laboratory.ts';
import { hisZone, otherScopeId, serverId, smallSeed } from '../small-seed.ts';

let clock: VirtualClock;
let world: AzureWorld;

beforeEach(() => {
  clock = new VirtualClock();
  world = new AzureWorld({ clock, random: seededRandom() });
  plant(world, smallSeed);
});

function send(method: string, path: string, body?: unknown): ArmResponse {
  const url = new URL(path, 'https://management.azure.com');
  return world.handle({ method, url, headers: {}, body: body === undefined ? '' : JSON.stringify(body) });
}

const codeOf = ({ body }: ArmResponse): string =>
  (JSON.parse(body) as { error: { code: string } }).error.code;

const putZone = (): ArmResponse => send('PUT', hisZone, { location: 'global' });

describe('a request', () => {
  it('for a version that is none is refused', () => {
    expect(codeOf(send('GET', `${otherScopeId}?api-version=latest`))).toBe('InvalidApiVersionParameter');
    expect(send('GET', `${otherScopeId}?api-version=2025-01-13`).status).toBe(200);
    expect(send('GET', `${otherScopeId}?api-version=2025-02-19-preview`).status).toBe(200);
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

import { beforeEach, describe, expect, it } from '@jest/globals';
import { AzureError } from './errors.ts';
import type { Azure } from './types.ts';
import type { Logger } from '../base/log.ts';
import { connect } from '../../test/world/azure/connect.ts';
import { json } from '../../test/world/azure/http.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import { hisZone, otherScopeId, serverId, smallSeed, subscription } from '../../test/world/small-seed.ts';

let clock: VirtualClock;
let world: AzureWorld;
let azure: Azure;
let logged: Record<string, unknown>[];

beforeEach(() => {
  clock = new VirtualClock();
  world = new AzureWorld({ clock, random: seededRandom() });
  plant(world, smallSeed);
  logged = [];
  const log = (fields: unknown): void => {
    logged.push(fields as Record<string, unknown>);
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  ({ azure } = connect(world, { log: logger }));
});

async function failure(call: Promise<unknown>): Promise<AzureError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AzureError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}

const busy = (status: number, headers: Record<string, string>) => () =>
  json(status, { error: { code: 'SubscriptionRequestsThrottled', message: 'try again later' } }, headers);

describe('a refusal for the number of calls', () => {
  it('is heeded to the second, however long it is, and told with the same words all the while', async () => {
    world.onRequest = busy(429, { 'retry-after': '3600' });
    const told = [await failure(azure.getScope(otherScopeId))];
    world.onRequest = undefined;
    for (let minute = 0; minute < 59; minute += 1) {
      await clock.advance(60_000);
      told.push(await failure(azure.getScope(otherScopeId)));
    }
    expect(world.exchanges).toHaveLength(1);
    expect(new Set(told.map(({ reason, message }) => `${reason}: ${message}`)).size).toBe(1);
    expect(told[0]).toMatchObject({ reason: 'Throttled', status: 429, retryAfterMs: 3_600_000 });
    expect(told.at(-1)).toMatchObject({ retryAfterMs: 60_000 });
    await clock.advance(60_000);
    expect(await azure.getScope(otherScopeId)).toBeDefined();
  });

  it('is heeded until the date that it names', async () => {
    const until = new Date(clock.now() + 303_000).toUTCString();
    world.onRequest = busy(429, { 'retry-after': until, date: new Date(clock.now()).toUTCString() });
    expect(await failure(azure.getScope(otherScopeId))).toMatchObject({ retryAfterMs: 303_000 });
  });

  it('holds up calls of its kind in its subscription, and no others', async () => {
    world.onRequest = ({ url }) =>
      url.pathname.includes('privateLinkScopes') ? busy(429, { 'retry-after': '600' })() : undefined;
    await failure(azure.getScope(otherScopeId));
    world.onRequest = undefined;
    expect((await azure.machines(subscription, 0)).machines.size).toBe(7);
    expect(await azure.getMachine(serverId('office'))).toBeDefined();
    const elsewhere = otherScopeId.replace(subscription, '00000000-0000-0000-0000-00000000000b');
    expect(await azure.getScope(elsewhere)).toBeUndefined();
    expect(await azure.mergeTags(otherScopeId, { a: 'b' })).toEqual({ a: 'b' });
    expect(await failure(azure.getScope(otherScopeId))).toMatchObject({ reason: 'Throttled' });
  });

  it('of one busy resource holds up nothing else, and says when it is worth trying again', async () => {
    world.onRequest = () =>
      json(429, { error: { code: 'RetryableError', message: 'busy' } }, { 'retry-after': '12' });
    expect(await failure(azure.putZone(hisZone, {}))).toMatchObject({
      reason: 'RetryableError',
      retryAfterMs: 12_000,
    });
    world.onRequest = undefined;
    await azure.putZone(hisZone, {});
  });
});

describe('a fault of the service', () => {
  it.each([
    ['seconds', '303'],
    ['a date', new Date(Date.UTC(2026, 0, 1, 0, 5, 3)).toUTCString()],
  ])('is waited out for as long as it says, in %s', async (_, wait) => {
    world.onRequest = () =>
      json(503, { error: { code: 'ServerTimeout', message: 'x' } }, { 'retry-after': wait });
    expect(await failure(azure.getScope(otherScopeId))).toMatchObject({
      kind: 'transient',
      retryAfterMs: 303_000,
    });
  });
});

describe('the log', () => {
  const calls = () => logged.filter((line) => line['call'] !== undefined);

  it('has by what support finds a request: of every call, and with every refusal', async () => {
    await azure.getScope(otherScopeId);
    world.rules.forbid('Microsoft.HybridCompute/privateLinkScopes/read');
    const refused = await failure(azure.getScope(otherScopeId));
    expect(calls()).toHaveLength(2);
    for (const { requestId, correlationId } of calls()) {
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(refused.requestId).toBe(calls()[1]?.['requestId']);
    expect(refused.correlationId).toBe(calls()[1]?.['correlationId']);
    expect(refused.message).not.toContain(refused.requestId);
  });

  it('tells changes of tags by the resource that they are on', async () => {
    await azure.mergeTags(otherScopeId, { a: 'b' });
    expect(calls()[0]).toMatchObject({ call: 'PATCH tags of privateLinkScopes other', status: 200 });
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, type CloudOptions } from './clouds.ts';
import type { Azure } from './types.ts';
import { connect, type Connection } from '../../test/world/azure/connect.ts';
import { json, type ArmResponse } from '../../test/world/azure/http.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { AzureWorld } from '../../test/world/azure/world.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import { seededRandom } from '../../test/world/laboratory.ts';
import { endpointId, hisZone, otherScopeId, smallSeed, subscription } from '../../test/world/small-seed.ts';

let world: AzureWorld;
let connection: Connection;

beforeEach(() => {
  world = new AzureWorld({ clock: new VirtualClock(), random: seededRandom(), pageSize: 2 });
  plant(world, smallSeed);
  connection = connect(world);
});

const listings: [string, (azure: Azure) => Promise<unknown>][] = [
  ['servers', (azure) => azure.machines(subscription, 0)],
  ['subscriptions', (azure) => azure.listSubscriptions()],
  ['zones', (azure) => azure.listZones(subscription)],
  ['links', (azure) => azure.listZoneLinks(hisZone)],
  ['records', (azure) => azure.listRecords(hisZone)],
  ['zone groups', (azure) => azure.listZoneGroups(endpointId)],
  ['connections', (azure) => azure.listConnections(otherScopeId)],
  ['required zones', (azure) => azure.requiredZoneNames(otherScopeId)],
];

describe('the next page of a listing', () => {
  it('is followed to the last one', async () => {
    const { machines } = await connection.azure.machines(subscription, 0);
    expect(machines.size).toBe(7);
    expect(world.exchanges.filter(({ path }) => path.endsWith('/machines'))).toHaveLength(4);
  });

  it.each(listings)('is never asked for at another host, where a token would go: %s', async (_, list) => {
    const hosts: string[] = [];
    world.onRequest = ({ url }): ArmResponse => {
      hosts.push(url.host);
      return json(200, { value: [], nextLink: 'https://management.azure.com.evil.example/next' });
    };
    await expect(list(connection.azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
    expect(hosts).toEqual(['management.azure.com']);
    expect(connection.tokens()).toBe(1);
  });

  it.each(['http://management.azure.com/next', '/relative', 'nonsense'])(
    'is never asked for at %s',
    async (nextLink) => {
      world.onRequest = () => json(200, { value: [], nextLink });
      await expect(connection.azure.machines(subscription, 0)).rejects.toMatchObject({
        reason: 'UnexpectedAnswer',
      });
      expect(world.exchanges).toHaveLength(1);
    },
  );

  it('may name the port of its scheme', async () => {
    world.onRequest = ({ url }) =>
      url.searchParams.has('more')
        ? json(200, { value: [] })
        : json(200, { value: [], nextLink: 'https://management.azure.com:443/next?more=1' });
    expect((await connection.azure.machines(subscription, 0)).machines.size).toBe(0);
    expect(world.exchanges).toHaveLength(2);
  });

  it.each(listings)(
    'is not asked for again and again when the pages lead in a circle: %s',
    async (_, list) => {
      const page = (number: number): string => `https://management.azure.com/page?number=${number}`;
      world.onRequest = ({ url }) =>
        json(200, { value: [], nextLink: page((Number(url.searchParams.get('number') ?? 0) + 1) % 5) });
      await expect(list(connection.azure)).rejects.toMatchObject({ reason: 'UnexpectedAnswer' });
      expect(world.exchanges.length).toBeLessThanOrEqual(7);
    },
  );

  it('is not asked for without end', async () => {
    let number = 0;
    world.onRequest = () =>
      json(200, { value: [], nextLink: `https://management.azure.com/page?${number++}` });
    await expect(connection.azure.machines(subscription, 0)).rejects.toMatchObject({
      reason: 'UnexpectedAnswer',
    });
    expect(world.exchanges).toHaveLength(10_000);
  }, 30_000);
});

describe('the address of a resource', () => {
  it('is found whatever letters its group has', async () => {
    world.onRequest = ({ url }) => json(404, { error: { code: 'NotFound', message: url.href } });
    const id = otherScopeId.replace('/rg/', '/Größe (Werk #2?)/');
    expect(await connection.azure.getScope(id)).toBeUndefined();
    expect(world.exchanges[0]?.path).toBe(id);
  });

  it.each(['..', '.'])('never leads to another resource by the name %s', async (name) => {
    const id = otherScopeId.replace(/other$/, name);
    const body = { location: 'westeurope', tags: {}, publicNetworkAccess: 'Disabled' };
    await expect(connection.azure.putScope(id, body)).rejects.toMatchObject({ reason: 'InvalidResourceId' });
    await expect(connection.azure.deleteZone(hisZone.replace(/[^/]+$/, name))).rejects.toMatchObject({
      reason: 'InvalidResourceId',
    });
    expect(world.exchanges).toEqual([]);
  });
});

describe('what is known of Azure without a resource', () => {
  it('are the zones that a scope names later', async () => {
    expect(connection.azure.usualZoneNames()).toEqual(await connection.azure.requiredZoneNames(otherScopeId));
  });

  it('differs by cloud', () => {
    const names = (cloud: CloudOptions['cloud']): readonly string[] =>
      cloudOf({
        cloud,
        authorityHost: undefined,
        resourceManagerEndpoint: undefined,
        resourceManagerAudience: undefined,
      }).usualZoneNames;
    expect(names('AzureUSGovernment')).toContain('privatelink.his.arc.azure.us');
    expect(names('AzureChina')).toEqual([]);
  });

  it('are the subscriptions that the identity sees, deleted ones left out', async () => {
    expect(await connection.azure.listSubscriptions()).toEqual([subscription]);
    const value = ['Enabled', 'Deleted', 'PastDue'].map((state) => ({
      subscriptionId: `OF-${state}`,
      state,
    }));
    world.onRequest = () => json(200, { value });
    expect(await connection.azure.listSubscriptions()).toEqual(['of-enabled', 'of-pastdue']);
  });
});

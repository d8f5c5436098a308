import { apiVersion, associations, scopes } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../src/api/types.ts';
import type { Regime } from '../../test/world/azure/rate-limits.ts';
import type { Seed, ServerSeed } from '../../test/world/azure/seed.ts';

/** The worlds that `make bench` measures. All servers have bodies of recorded size. */
export interface World {
  name: string;
  /** Completes "measured with …". */
  title: string;
  regime: Regime;
  /** The simulated Azure's delays are divided and its limits multiplied by so much. */
  factor: number;
  /** `--machine-poll-interval`; three of them are a resync, as in the defaults. */
  pollSeconds: number;
  seed: Seed;
  scopes: ArcPrivateLinkScope[];
  associations: ArcServerAssociation[];
  /** Servers of each subscription. */
  sizes: number[];
  floorSeconds: number;
  /** An operator for each, which works on the objects that its selector matches; one for all when absent. */
  shards?: readonly string[];
  /** Another object is made while all these are idle. */
  another?: true;
  /** How long it may take until all is done, in seconds of this machine. */
  limitSeconds: number;
}

export const namespace = 'bench';
export const tenantId = '11111111-1111-1111-1111-111111111111';
export const group = 'rg';
export const location = 'westeurope';

export const subscriptionId = (index: number): string =>
  `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;

/**
 * Seconds of Azure's time that so many writes in one subscription take at the least: 200 at once and 10 a second
 * (documented), or 320 in each window of 300 seconds (the number recorded, the window assumed).
 */
export function floorOf(writes: number, regime: Regime): number {
  return regime === 'bucket' ? Math.max(0, (writes - 200) / 10) : (Math.ceil(writes / 320) - 1) * 300;
}

export function seedOf(sizes: readonly number[], extra: Partial<Seed> = {}, servers?: ServerSeed[]): Seed {
  const subscriptions = sizes.map((_, index) => subscriptionId(index + 1));
  return {
    tenantId,
    applications: [{ clientId: '22222222-2222-2222-2222-222222222222', clientSecret: 'bench' }],
    servers: servers ?? sizes.map((count, index) => serversOf(subscriptionId(index + 1), count, 'plant')),
    ...extra,
    resourceGroups: [
      ...subscriptions.map((id) => ({ subscriptionId: id, name: group })),
      ...(extra.resourceGroups ?? []),
    ],
  };
}

export function serversOf(subscription: string, count: number, site: string): ServerSeed {
  return {
    subscriptionId: subscription,
    resourceGroup: group,
    name: site,
    count,
    location,
    tags: { site },
    recordedSize: true,
  };
}

export function scopeNamed(
  name: string,
  spec: Partial<ArcPrivateLinkScope['spec']> = {},
): ArcPrivateLinkScope {
  return {
    apiVersion,
    kind: scopes.kind,
    metadata: { name, namespace },
    spec: {
      subscriptionId: subscriptionId(1),
      resourceGroup: group,
      location,
      publicNetworkAccess: 'Enabled',
      ...spec,
    },
  } as ArcPrivateLinkScope;
}

export function associationNamed(
  name: string,
  scope: string,
  machines: ArcServerAssociation['spec']['machines'],
): ArcServerAssociation {
  return {
    apiVersion,
    kind: associations.kind,
    metadata: { name, namespace },
    spec: { scopeRef: { name: scope }, machines },
  } as ArcServerAssociation;
}

/** One scope, and one association that takes every server of every subscription. */
function allServers(
  world: Pick<World, 'name' | 'title' | 'regime' | 'factor' | 'pollSeconds' | 'limitSeconds'>,
  sizes: number[],
): World {
  const subscriptionIds = sizes.map((_, index) => subscriptionId(index + 1));
  return {
    ...world,
    sizes,
    seed: seedOf(sizes),
    scopes: [scopeNamed('net')],
    associations: [associationNamed('all', 'net', { selectionMode: 'All', subscriptionIds })],
    floorSeconds: Math.max(...sizes.map((size) => floorOf(size, world.regime))),
  };
}

/** 1,000 associations of ten servers each, five to a scope, over ten subscriptions. */
function manyObjects(): World {
  const sizes = Array.from({ length: 10 }, () => 1_000);
  const indices = Array.from({ length: 1_000 }, (_, index) => index);
  const subscriptionOf = (index: number): string => subscriptionId(1 + (index % 10));
  const servers = indices.map((index) => serversOf(subscriptionOf(index), 10, `plant-${index}`));
  return {
    name: 'objects-1200',
    title: '1,000 associations and 200 scopes, 10,000 servers in 10 subscriptions',
    regime: 'bucket',
    factor: 2,
    pollSeconds: 20,
    limitSeconds: 240,
    sizes,
    seed: seedOf(sizes, {}, servers),
    scopes: indices
      .slice(0, 200)
      .map((index) => scopeNamed(`net-${index}`, { subscriptionId: subscriptionOf(index) })),
    associations: indices.map((index) =>
      associationNamed(`plant-${index}`, `net-${index % 200}`, {
        subscriptionIds: [subscriptionOf(index)],
        selectionMode: 'Matching',
        tagSelector: { matchTags: { site: `plant-${index}` } },
      }),
    ),
    // The scopes are written in the same subscriptions.
    floorSeconds: floorOf(1_000 + 20, 'bucket'),
    another: true,
  };
}

const shardLabel = 'arcprivatelink.io/shard';

/** Three operators: 9,000 servers of nine subscriptions, three subscriptions to each, one scope for all. */
function threeOperators(): World {
  const shards = ['a', 'b', 'c'];
  const sizes = Array.from({ length: 9 }, () => 1_000);
  const scope = scopeNamed('net');
  const associations = shards.map((shard, index) => {
    const subscriptionIds = [1, 2, 3].map((number) => subscriptionId(3 * index + number));
    const association = associationNamed(`all-${shard}`, 'net', { selectionMode: 'All', subscriptionIds });
    return { ...association, metadata: { ...association.metadata, labels: { [shardLabel]: shard } } };
  });
  return {
    name: 'three-operators',
    title: '9,000 servers in 9 subscriptions, three operators with three subscriptions each',
    regime: 'bucket',
    factor: 1.5,
    pollSeconds: 10,
    limitSeconds: 240,
    sizes,
    seed: seedOf(sizes),
    scopes: [{ ...scope, metadata: { ...scope.metadata, labels: { [shardLabel]: 'a' } } }],
    associations,
    shards: shards.map((shard) => `${shardLabel}=${shard}`),
    floorSeconds: floorOf(1_000, 'bucket'),
  };
}

/** Twenty scopes of ten endpoints, each endpoint with a VNet and a set of zones of its own, in one subscription. */
function manyEndpoints(): World {
  const subscription = subscriptionId(1);
  const all = Array.from({ length: 200 }, (_, index) => index);
  const network = (index: number): string => `vnet-${index}`;
  const virtualNetworks = all.map((index) => ({
    subscriptionId: subscription,
    resourceGroup: group,
    name: network(index),
    location,
    subnets: { pe: `10.${index}.0.0/27` },
  }));
  const zones = all.map((index) => ({ subscriptionId: subscription, name: `rg-dns-${index}` }));
  const endpoint = (index: number) => ({
    name: `pe-${index}`,
    resourceGroup: group,
    subnetId: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${network(index)}/subnets/pe`,
    dns: { resourceGroup: `rg-dns-${index}` },
  });
  return {
    name: 'endpoints-200',
    title: '20 scopes of 10 endpoints in one subscription',
    regime: 'bucket',
    factor: 4,
    pollSeconds: 20,
    limitSeconds: 300,
    sizes: [0],
    seed: seedOf([0], { virtualNetworks, resourceGroups: zones, servers: [] }),
    scopes: Array.from({ length: 20 }, (_, index) =>
      scopeNamed(`net-${index}`, {
        privateEndpoints: all.slice(index * 10, index * 10 + 10).map(endpoint),
      } as Partial<ArcPrivateLinkScope['spec']>),
    ),
    associations: [],
    // A scope; an endpoint with its zone group, three zones and their links.
    floorSeconds: floorOf(20 + 200 * 8, 'bucket'),
  };
}

/** Fifty subscriptions as they are found: from 8 servers to 390, 10,000 in all. */
const fifty = Array.from({ length: 50 }, (_, index) => 8 * (index + 1) - (index >= 30 ? 10 : 0));

export function worlds(): World[] {
  return [
    allServers(
      {
        name: 'one-1000',
        title: '1,000 servers in one subscription',
        regime: 'bucket',
        factor: 10,
        pollSeconds: 10,
        limitSeconds: 120,
      },
      [1_000],
    ),
    allServers(
      {
        name: 'one-1000-window',
        title: '1,000 servers in one subscription, 320 writes in 300 s',
        regime: 'window',
        factor: 30,
        pollSeconds: 10,
        limitSeconds: 120,
      },
      [1_000],
    ),
    allServers(
      {
        name: 'one-10000',
        title: '10,000 servers in one subscription',
        regime: 'bucket',
        factor: 10,
        pollSeconds: 10,
        limitSeconds: 240,
      },
      [10_000],
    ),
    allServers(
      {
        name: 'fifty-10000',
        title: '10,000 servers in 50 subscriptions of 8 to 390',
        regime: 'bucket',
        factor: 0.4,
        pollSeconds: 10,
        limitSeconds: 240,
      },
      fifty,
    ),
    allServers(
      {
        name: 'ten-60000',
        title: '60,000 servers in 10 subscriptions',
        regime: 'bucket',
        factor: 2.5,
        // A listing is 600 pages of 230 KB, which the simulated Azure has to make on the same machine.
        pollSeconds: 40,
        limitSeconds: 600,
      },
      Array.from({ length: 10 }, () => 6_000),
    ),
    manyObjects(),
    manyEndpoints(),
    threeOperators(),
  ];
}

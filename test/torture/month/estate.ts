import { hub, idOf, otherScopeId, smallSeed, spoke, subscription } from '../../world/small-seed.ts';
import type { Seed, ServerSeed } from '../../world/azure/seed.ts';
import { associationObject, scopeObject } from '../../world/objects.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../../src/api/types.ts';

/** What a month happens to: two scopes, and three associations that share a thousand servers with strangers. */

export const third = idOf('rg', 'Microsoft.Network/virtualNetworks', 'third');
export const southId = idOf('rg', 'Microsoft.HybridCompute/privateLinkScopes', 'south');

const share = (servers: number, percent: number): number =>
  Math.max(3, Math.floor((servers * percent) / 100));

function fleet(name: string, count: number, more: Partial<ServerSeed> = {}): ServerSeed {
  return {
    subscriptionId: subscription,
    resourceGroup: 'rg',
    name,
    count,
    location: 'westeurope',
    tags: { fleet: name },
    ...more,
  };
}

export function monthSeed(servers: number): Seed {
  return {
    ...smallSeed,
    resourceGroups: [
      ...smallSeed.resourceGroups,
      { subscriptionId: subscription, name: 'rg-third' },
      { subscriptionId: subscription, name: 'rg-spoke' },
    ],
    virtualNetworks: [
      ...(smallSeed.virtualNetworks ?? []),
      {
        subscriptionId: subscription,
        resourceGroup: 'rg',
        name: 'third',
        location: 'westeurope',
        subnets: { pe: '10.2.0.0/26' },
      },
    ],
    servers: [
      fleet('blue', share(servers, 40)),
      fleet('green', share(servers, 30)),
      fleet('red', share(servers, 10)),
      fleet('strange', share(servers, 10), { tags: { fleet: 'blue' }, scope: otherScopeId }),
      fleet('abroad', share(servers, 5), { tags: { fleet: 'green' }, location: 'japaneast' }),
      fleet('idle', share(servers, 5), { tags: {} }),
    ],
  };
}

export function monthObjects(names: readonly string[]): {
  scopes: ArcPrivateLinkScope[];
  associations: ArcServerAssociation[];
} {
  const hubEndpoint = {
    name: 'hub',
    subnetId: `${hub}/subnets/pe`,
    dns: { resourceGroup: 'rg-dns', linkVirtualNetworkIds: [spoke] },
  };
  const thirdEndpoint = {
    name: 'third',
    subnetId: `${third}/subnets/pe`,
    dns: { resourceGroup: 'rg-third' },
  };
  const tagged = (value: string) => ({ tagSelector: { matchTags: { fleet: value } } });
  return {
    scopes: [
      scopeObject({
        publicNetworkAccess: 'Disabled',
        privateEndpoints: [hubEndpoint],
        tags: { team: 'net' },
      }),
      scopeObject({ publicNetworkAccess: 'Disabled', privateEndpoints: [thirdEndpoint], tags: {} }, 'south'),
    ],
    associations: [
      associationObject({ machines: tagged('blue') }, 'blue'),
      associationObject(
        { scopeRef: { name: 'south' }, machines: tagged('green'), conflictPolicy: 'Move' },
        'green',
      ),
      associationObject({ machines: { names } }, 'red'),
    ],
  };
}

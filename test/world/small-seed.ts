import type { Seed } from './azure/seed.ts';

/** A small Azure for unit tests: two VNets, six servers, a scope of someone else. */
export const subscription = '00000000-0000-0000-0000-00000000000a';

export const idOf = (group: string, type: string, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;

export const scopeId = idOf('rg', 'Microsoft.HybridCompute/privateLinkScopes', 'net');
export const otherScopeId = idOf('rg', 'Microsoft.HybridCompute/privateLinkScopes', 'other');
export const endpointId = idOf('rg', 'Microsoft.Network/privateEndpoints', 'net-hub');
export const hub = idOf('rg', 'Microsoft.Network/virtualNetworks', 'hub');
export const spoke = idOf('rg', 'Microsoft.Network/virtualNetworks', 'spoke');
export const zoneOf = (name: string): string => idOf('rg-dns', 'Microsoft.Network/privateDnsZones', name);
export const hisZone = zoneOf('privatelink.his.arc.azure.com');
export const serverId = (name: string): string => idOf('rg', 'Microsoft.HybridCompute/machines', name);

export const smallSeed: Seed = {
  tenantId: '11111111-1111-1111-1111-111111111111',
  applications: [{ clientId: '22222222-2222-2222-2222-222222222222', clientSecret: 'secret' }],
  resourceGroups: ['rg', 'rg-dns'].map((name) => ({ subscriptionId: subscription, name })),
  virtualNetworks: [
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'hub',
      location: 'westeurope',
      subnets: { pe: '10.0.0.0/27', tiny: '10.0.1.0/29' },
    },
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'spoke',
      location: 'westeurope',
      subnets: { pe: '10.1.0.0/27' },
    },
  ],
  scopes: [{ subscriptionId: subscription, resourceGroup: 'rg', name: 'other', location: 'westeurope' }],
  servers: [
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'web',
      count: 4,
      location: 'westeurope',
      tags: { site: 'plant' },
    },
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'taken',
      location: 'westeurope',
      tags: { site: 'plant' },
      scope: otherScopeId,
    },
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'abroad',
      location: 'japaneast',
      tags: { site: 'plant' },
    },
    {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'office',
      location: 'westeurope',
      tags: { site: 'office' },
    },
  ],
};

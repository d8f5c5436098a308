import type { AzureWorld } from './azure/world.ts';
import type { Resource } from './azure/store.ts';

/** What servers need of the simulated Azure to reach it privately. */

interface PrivateConnection {
  properties: { privateLinkServiceId: string; privateLinkServiceConnectionState: { status: string } };
}

/** The scope that the endpoint leads to, as its id is written there; undefined while no connection is approved. */
export function approvedScopeOf(endpoint: Resource | undefined): string | undefined {
  const connections = (endpoint?.properties['privateLinkServiceConnections'] ?? []) as PrivateConnection[];
  return connections.find(
    ({ properties }) => properties.privateLinkServiceConnectionState.status === 'Approved',
  )?.properties.privateLinkServiceId;
}

/** Whether the VNet resolves through the zone. */
export function isLinked({ resources }: AzureWorld, zoneId: string, networkId: string): boolean {
  return resources
    .below(zoneId, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks')
    .some(
      ({ properties }) =>
        (properties['virtualNetwork'] as { id: string }).id.toLowerCase() === networkId.toLowerCase(),
    );
}

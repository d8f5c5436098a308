import type { Subnet as SdkSubnet, VirtualNetwork as SdkNetwork } from '@azure/arm-network';
import type { GatewayConnection, RawBody, Subnet, VirtualNetwork } from './types.ts';

/** What is read of a VNet, its subnets and its gateways. */

export function readNetwork(found: SdkNetwork, id: string): VirtualNetwork {
  const subnets = found.subnets ?? [];
  return {
    id: found.id ?? id,
    location: found.location ?? '',
    subnets: subnets.map(readSubnet),
    dnsServers: found.dhcpOptions?.dnsServers ?? [],
    peers: (found.virtualNetworkPeerings ?? []).flatMap(
      ({ remoteVirtualNetwork, useRemoteGateways, peeringState }) => {
        const peer = remoteVirtualNetwork?.id;
        if (peer === undefined || peeringState === 'Disconnected') return [];
        return [{ id: peer, givesGateway: useRemoteGateways ?? false }];
      },
    ),
    gatewayIds: [...new Set(subnets.flatMap(gatewaysIn))],
  };
}

function readSubnet(subnet: SdkSubnet): Subnet {
  const single = subnet.addressPrefix === undefined ? [] : [subnet.addressPrefix];
  return {
    id: subnet.id ?? '',
    addressPrefixes: subnet.addressPrefixes?.length ? subnet.addressPrefixes : single,
    usedAddresses: subnet.ipConfigurations?.length ?? 0,
    privateEndpointIds: (subnet.privateEndpoints ?? []).flatMap(({ id }) => id ?? []),
    // Documented default (learn: "Manage network policies for private endpoints").
    endpointPolicies: subnet.privateEndpointNetworkPolicies ?? 'Disabled',
  };
}

/** A gateway shows in its subnet as the owner of IP configurations. */
function gatewaysIn({ ipConfigurations = [] }: SdkSubnet): string[] {
  return ipConfigurations.flatMap(({ id = '' }) => {
    const [gateway] = /^.*\/virtualNetworkGateways\/[^/]+(?=\/ipConfigurations\/)/i.exec(id) ?? [];
    return gateway ?? [];
  });
}

export function readGatewayConnection(raw: RawBody): GatewayConnection {
  const { id = '', properties = {} } = raw as { id?: string; properties?: { connectionType?: string } };
  return { id, type: properties.connectionType ?? '' };
}

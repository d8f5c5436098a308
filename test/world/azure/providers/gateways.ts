import { lastName, same } from '../ids.ts';
import { shown, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';
import { addSubnet, type SubnetProperties } from './networks.ts';

/**
 * VPN and ExpressRoute gateways, what they are connected with, and peerings of VNets. Nothing of it was recorded; the
 * shapes are those of the specification of Microsoft.Network.
 */
const gatewayType = 'Microsoft.Network/virtualNetworkGateways';
const connectionType = 'Microsoft.Network/connections';

export const virtualNetworkGateways: Provider = { type: gatewayType };

export const gatewayConnections: Provider = {
  type: 'Microsoft.Network/virtualNetworkGateways/connections',
  list: (call) =>
    call.world.resources
      .ofType(connectionType)
      .filter(({ properties }) =>
        same(
          (properties['virtualNetworkGateway1'] as { id: string }).id,
          call.id.slice(0, call.id.lastIndexOf('/')),
        ),
      ),
  render: (_, connection) => shown(connection),
};

/** A gateway in the VNet's GatewaySubnet, with a connection of each type that is given. */
export function plantGateway(
  world: AzureWorld,
  networkId: string,
  connections: readonly ('IPsec' | 'ExpressRoute' | 'Vnet2Vnet')[],
): string {
  const network = world.resources.get(networkId);
  if (network === undefined) throw new Error(`there is no ${networkId}`);
  const group = networkId.slice(0, networkId.indexOf('/providers/'));
  const name = `gw-${lastName(networkId)}`;
  const id = `${group}/providers/${gatewayType}/${name}`;
  const location = network.location ?? '';
  world.resources.put({
    id,
    name,
    type: gatewayType,
    location,
    properties: { provisioningState: 'Succeeded' },
  });
  const subnet = addSubnet(world, network, 'GatewaySubnet', '10.255.0.0/27');
  (subnet.properties as SubnetProperties).gateways = [id];
  for (const [index, type] of connections.entries()) {
    const own = `${name}-${index}`;
    world.resources.put({
      id: `${group}/providers/${connectionType}/${own}`,
      name: own,
      type: connectionType,
      location,
      properties: {
        connectionType: type,
        connectionStatus: 'Connected',
        virtualNetworkGateway1: { id },
        provisioningState: 'Succeeded',
      },
    });
  }
  return id;
}

/** One side of a peering, as the VNet shows it. */
export function plantPeering(
  world: AzureWorld,
  networkId: string,
  peerId: string,
  useRemoteGateways = false,
): void {
  const network = world.resources.get(networkId);
  if (network === undefined) throw new Error(`there is no ${networkId}`);
  const before = (network.properties['virtualNetworkPeerings'] ?? []) as unknown[];
  const name = `to-${lastName(peerId)}`;
  const properties = {
    peeringState: 'Connected',
    provisioningState: 'Succeeded',
    remoteVirtualNetwork: { id: peerId },
    allowVirtualNetworkAccess: true,
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    useRemoteGateways,
  };
  const id = `${networkId}/virtualNetworkPeerings/${name}`;
  network.properties['virtualNetworkPeerings'] = [...before, { id, name, properties }];
}

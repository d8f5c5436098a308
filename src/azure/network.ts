import type {
  PrivateDnsZoneGroup,
  PrivateEndpoint as SdkEndpoint,
  PrivateLinkServiceConnection,
  Subnet as SdkSubnet,
} from '@azure/arm-network';
import { collect, unlessAbsent, type Clients } from './clients.ts';
import { nameOf, parseResourceId } from './ids.ts';
import type { Azure, EndpointConnection, EndpointSpec, PrivateEndpoint, Subnet, ZoneGroup } from './types.ts';
import { stalled } from '../base/errors.ts';

/** Microsoft.Network: networks, private endpoints and their zone groups. Writes send the first request and never poll. */

type NetworkCalls = Pick<
  Azure,
  | 'getVirtualNetwork'
  | 'getEndpoint'
  | 'putEndpoint'
  | 'deleteEndpoint'
  | 'listZoneGroups'
  | 'putZoneGroup'
  | 'deleteZoneGroup'
>;

/** The one sub-resource of a scope that endpoints connect to. */
export const scopeGroupId = 'hybridcompute';

export function networkCalls(clients: Clients): NetworkCalls {
  const at = (id: string) => {
    const parsed = parseResourceId(id);
    if (parsed === undefined)
      throw stalled('InvalidResourceId', `"${id}" is not the id of an Azure resource.`);
    const [name = '', child = ''] = parsed.names;
    return { sdk: clients.network(parsed.subscriptionId), group: parsed.resourceGroup, name, child };
  };
  return {
    async getVirtualNetwork(id) {
      const { sdk, group, name } = at(id);
      const network = await unlessAbsent(sdk.virtualNetworks.get(group, name));
      return (
        network && {
          id: network.id ?? id,
          location: network.location ?? '',
          subnets: (network.subnets ?? []).map(readSubnet),
        }
      );
    },

    async getEndpoint(id) {
      const { sdk, group, name } = at(id);
      const endpoint = await unlessAbsent(sdk.privateEndpoints.get(group, name));
      return endpoint && readEndpoint(endpoint);
    },

    async putEndpoint(id, spec) {
      const { sdk, group, name } = at(id);
      await sdk.privateEndpoints.createOrUpdate(group, name, endpointBody(name, spec)).submitted();
    },

    async deleteEndpoint(id) {
      const { sdk, group, name } = at(id);
      await unlessAbsent(sdk.privateEndpoints.delete(group, name).submitted());
    },

    async listZoneGroups(endpointId) {
      const { sdk, group, name } = at(endpointId);
      return ((await unlessAbsent(collect(sdk.privateDnsZoneGroups.list(group, name)))) ?? []).map(
        readZoneGroup,
      );
    },

    async putZoneGroup(id, zoneIds) {
      const { sdk, group, name, child } = at(id);
      const privateDnsZoneConfigs = zoneIds.map((zoneId) => ({
        name: nameOf(zoneId).replaceAll('.', '-'),
        privateDnsZoneId: zoneId,
      }));
      await sdk.privateDnsZoneGroups
        .createOrUpdate(group, name, child, { privateDnsZoneConfigs })
        .submitted();
    },

    async deleteZoneGroup(id) {
      const { sdk, group, name, child } = at(id);
      await unlessAbsent(sdk.privateDnsZoneGroups.delete(group, name, child).submitted());
    },
  };
}

function endpointBody(name: string, spec: EndpointSpec): SdkEndpoint {
  const connection: PrivateLinkServiceConnection = {
    name,
    privateLinkServiceId: spec.scopeId,
    groupIds: [scopeGroupId],
    ...(spec.requestMessage === undefined ? {} : { requestMessage: spec.requestMessage }),
  };
  const nic = spec.customNetworkInterfaceName;
  return {
    location: spec.location,
    tags: spec.tags,
    subnet: { id: spec.subnetId },
    ...(spec.manual
      ? { manualPrivateLinkServiceConnections: [connection] }
      : { privateLinkServiceConnections: [connection] }),
    ...(nic === undefined ? {} : { customNetworkInterfaceName: nic }),
  };
}

function readEndpoint(endpoint: SdkEndpoint): PrivateEndpoint {
  const connections = [
    ...(endpoint.privateLinkServiceConnections ?? []).map((one) => readConnection(one, false)),
    ...(endpoint.manualPrivateLinkServiceConnections ?? []).map((one) => readConnection(one, true)),
  ];
  return {
    id: endpoint.id ?? '',
    name: endpoint.name ?? '',
    location: endpoint.location ?? '',
    tags: endpoint.tags ?? {},
    provisioningState: endpoint.provisioningState ?? '',
    subnetId: endpoint.subnet?.id ?? '',
    connections,
    networkInterfaceIds: (endpoint.networkInterfaces ?? []).flatMap(({ id }) => id ?? []),
    dnsConfigs: (endpoint.customDnsConfigs ?? []).map(({ fqdn, ipAddresses }) => ({
      fqdn: fqdn ?? '',
      addresses: ipAddresses ?? [],
    })),
  };
}

function readConnection(connection: PrivateLinkServiceConnection, manual: boolean): EndpointConnection {
  const state = connection.privateLinkServiceConnectionState;
  return {
    scopeId: connection.privateLinkServiceId ?? '',
    groupIds: connection.groupIds ?? [],
    manual,
    status: state?.status ?? 'Pending',
    description: state?.description ?? '',
  };
}

function readZoneGroup(group: PrivateDnsZoneGroup): ZoneGroup {
  return {
    id: group.id ?? '',
    name: group.name ?? '',
    provisioningState: group.provisioningState ?? '',
    zones: (group.privateDnsZoneConfigs ?? []).map((config) => ({
      zoneId: config.privateDnsZoneId ?? '',
      records: (config.recordSets ?? []).map((record) => ({
        name: record.recordSetName ?? '',
        fqdn: record.fqdn ?? '',
        addresses: record.ipAddresses ?? [],
      })),
    })),
  };
}

function readSubnet(subnet: SdkSubnet): Subnet {
  const single = subnet.addressPrefix === undefined ? [] : [subnet.addressPrefix];
  return {
    id: subnet.id ?? '',
    addressPrefixes: subnet.addressPrefixes?.length ? subnet.addressPrefixes : single,
    usedAddresses: subnet.ipConfigurations?.length ?? 0,
    privateEndpointIds: (subnet.privateEndpoints ?? []).flatMap(({ id }) => id ?? []),
  };
}

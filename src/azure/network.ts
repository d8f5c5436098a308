import type { PrivateEndpoint as SdkEndpoint, PrivateLinkServiceConnection } from '@azure/arm-network';
import type { Clients } from './clients.ts';
import { unlessAbsent } from './errors.ts';
import { nameOf, placeOf, sameId } from './ids.ts';
import { connectionsIn, readEndpoint, readZoneGroup, type ZoneConfigBody } from './network-bodies.ts';
import { readGatewayConnection, readNetwork } from './virtual-network.ts';
import type { Azure, EndpointSpec, RawBody } from './types.ts';

/** Microsoft.Network: networks, private endpoints and their zone groups. Writes send the first request and never poll. */

type NetworkCalls = Pick<
  Azure,
  | 'getVirtualNetwork'
  | 'listGatewayConnections'
  | 'getEndpoint'
  | 'putEndpoint'
  | 'updateEndpoint'
  | 'deleteEndpoint'
  | 'listZoneGroups'
  | 'putZoneGroup'
  | 'deleteZoneGroup'
>;

/** The version of the SDK's own calls (arm-network 39.0.0 is pinned to it). */
export const apiVersion = '2026-01-01';

/** The one sub-resource of a scope that endpoints connect to. */
export const scopeGroupId = 'hybridcompute';

export function networkCalls(clients: Clients): NetworkCalls {
  const { raw } = clients;
  const at = (id: string) => {
    const { subscriptionId, ...place } = placeOf(id);
    return { sdk: clients.network(subscriptionId), ...place };
  };
  return {
    async getVirtualNetwork(id) {
      const { sdk, group, name } = at(id);
      const found = await unlessAbsent(sdk.virtualNetworks.get(group, name));
      return found && readNetwork(found, id);
    },

    async listGatewayConnections(gatewayId) {
      const found = raw.list(`${gatewayId}/connections`, apiVersion, readGatewayConnection);
      return (await unlessAbsent(found)) ?? [];
    },

    async getEndpoint(id) {
      const endpoint = await raw.get(id, apiVersion);
      return endpoint && readEndpoint(endpoint);
    },

    async putEndpoint(id, spec) {
      const { sdk, group, name } = at(id);
      await sdk.privateEndpoints.createOrUpdate(group, name, endpointBody(name, spec)).submitted();
    },

    async updateEndpoint(seen, { requestMessage }) {
      const body = requestMessage === undefined ? seen.raw : withRequestMessage(seen.raw, requestMessage);
      await raw.send('PUT', seen.id, apiVersion, { body });
    },

    async deleteEndpoint(id) {
      const { sdk, group, name } = at(id);
      await unlessAbsent(sdk.privateEndpoints.delete(group, name).submitted());
    },

    async listZoneGroups(endpointId) {
      const groups = raw.list(`${endpointId}/privateDnsZoneGroups`, apiVersion, readZoneGroup);
      return (await unlessAbsent(groups)) ?? [];
    },

    async putZoneGroup(id, zoneIds, seen) {
      const properties = (seen?.raw['properties'] ?? {}) as { privateDnsZoneConfigs?: ZoneConfigBody[] };
      const privateDnsZoneConfigs = zoneConfigs(zoneIds, properties.privateDnsZoneConfigs ?? []);
      const body = { ...seen?.raw, properties: { ...properties, privateDnsZoneConfigs } };
      await raw.send('PUT', id, apiVersion, { body });
    },

    async deleteZoneGroup(id) {
      const { sdk, group, name, child } = at(id);
      await unlessAbsent(sdk.privateDnsZoneGroups.delete(group, name, child).submitted());
    },
  };
}

function withRequestMessage(raw: RawBody, requestMessage: string): RawBody {
  const manual = connectionsIn(raw, 'manualPrivateLinkServiceConnections').map((connection) => ({
    ...connection,
    properties: { ...connection.properties, requestMessage },
  }));
  const properties = { ...(raw['properties'] as RawBody), manualPrivateLinkServiceConnections: manual };
  return { ...raw, properties };
}

/** One configuration for each zone: the one that is there, whatever its name, or a new one. */
function zoneConfigs(zoneIds: readonly string[], present: readonly ZoneConfigBody[]): ZoneConfigBody[] {
  return zoneIds.map((zoneId) => {
    const known = present.find(({ properties }) => sameId(properties?.privateDnsZoneId, zoneId));
    return known ?? { name: nameOf(zoneId).replaceAll('.', '-'), properties: { privateDnsZoneId: zoneId } };
  });
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

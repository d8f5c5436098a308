import type { Clients } from './clients.ts';
import { unlessAbsent } from './errors.ts';
import { nameOf, sameId } from './ids.ts';
import {
  connectionsIn,
  readEndpoint,
  readNetwork,
  readZoneGroup,
  type ZoneConfigBody,
} from './network-bodies.ts';
import type { Azure, EndpointSpec, RawBody } from './types.ts';

/** Microsoft.Network: networks, private endpoints and their zone groups. Writes send the first request and never poll. */

type NetworkCalls = Pick<
  Azure,
  | 'getVirtualNetwork'
  | 'getEndpoint'
  | 'putEndpoint'
  | 'updateEndpoint'
  | 'deleteEndpoint'
  | 'listZoneGroups'
  | 'putZoneGroup'
  | 'deleteZoneGroup'
>;

/** The version that `@azure/arm-network` 39.0.0 asks for. */
const apiVersion = '2026-01-01';

/** The one sub-resource of a scope that endpoints connect to. */
export const scopeGroupId = 'hybridcompute';

export function networkCalls(clients: Clients): NetworkCalls {
  const { raw } = clients;
  const remove = async (id: string): Promise<void> => {
    await unlessAbsent(raw.send('DELETE', id, apiVersion));
  };
  return {
    async getVirtualNetwork(id) {
      const found = await raw.get(id, apiVersion);
      return found && readNetwork(id, found);
    },

    async getEndpoint(id) {
      const endpoint = await raw.get(id, apiVersion);
      return endpoint && readEndpoint(endpoint);
    },

    async putEndpoint(id, spec) {
      await raw.send('PUT', id, apiVersion, { body: endpointBody(nameOf(id), spec) });
    },

    async updateEndpoint(seen, { requestMessage }) {
      const body = requestMessage === undefined ? seen.raw : withRequestMessage(seen.raw, requestMessage);
      await raw.send('PUT', seen.id, apiVersion, { body });
    },

    deleteEndpoint: remove,

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

    deleteZoneGroup: remove,
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

function endpointBody(name: string, spec: EndpointSpec): RawBody {
  const { scopeId, requestMessage, customNetworkInterfaceName } = spec;
  const connection = {
    name,
    properties: {
      privateLinkServiceId: scopeId,
      groupIds: [scopeGroupId],
      ...(requestMessage === undefined ? {} : { requestMessage }),
    },
  };
  return {
    location: spec.location,
    tags: spec.tags,
    properties: {
      subnet: { id: spec.subnetId },
      ...(spec.manual
        ? { manualPrivateLinkServiceConnections: [connection] }
        : { privateLinkServiceConnections: [connection] }),
      ...(customNetworkInterfaceName === undefined ? {} : { customNetworkInterfaceName }),
    },
  };
}

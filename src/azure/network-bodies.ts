import { oneLine } from './error-body.ts';
import type { EndpointConnection, PrivateEndpoint, RawBody, Tags, ZoneGroup } from './types.ts';

/** What is read of raw answers of Microsoft.Network; everything may be missing. */

export interface ConnectionBody {
  properties?: {
    privateLinkServiceId?: string;
    groupIds?: string[];
    requestMessage?: string;
    privateLinkServiceConnectionState?: { status?: string; description?: string };
  };
}

type ConnectionKind = 'privateLinkServiceConnections' | 'manualPrivateLinkServiceConnections';

interface EndpointBody {
  id?: string;
  name?: string;
  location?: string;
  tags?: Tags;
  properties?: Partial<Record<ConnectionKind, ConnectionBody[]>> & {
    provisioningState?: string;
    subnet?: { id?: string };
    networkInterfaces?: { id?: string }[];
    customDnsConfigs?: { fqdn?: string; ipAddresses?: string[] }[];
  };
}

export interface ZoneConfigBody {
  name?: string;
  properties?: {
    privateDnsZoneId?: string;
    recordSets?: { recordSetName?: string; fqdn?: string; ipAddresses?: string[] }[];
  };
}

interface ZoneGroupBody {
  id?: string;
  name?: string;
  properties?: { provisioningState?: string; privateDnsZoneConfigs?: ZoneConfigBody[] };
}

export function connectionsIn(raw: RawBody, kind: ConnectionKind): ConnectionBody[] {
  return (raw as EndpointBody).properties?.[kind] ?? [];
}

export function readEndpoint(raw: RawBody): PrivateEndpoint {
  const { id = '', name = '', location = '', tags = {}, properties = {} } = raw as EndpointBody;
  const automatic = connectionsIn(raw, 'privateLinkServiceConnections');
  const manual = connectionsIn(raw, 'manualPrivateLinkServiceConnections');
  return {
    id,
    name,
    location,
    tags,
    provisioningState: properties.provisioningState ?? '',
    subnetId: properties.subnet?.id ?? '',
    connections: [
      ...automatic.map((one) => readConnection(one, false)),
      ...manual.map((one) => readConnection(one, true)),
    ],
    networkInterfaceIds: (properties.networkInterfaces ?? []).flatMap(({ id: nic }) => nic ?? []),
    dnsConfigs: (properties.customDnsConfigs ?? []).map(({ fqdn, ipAddresses }) => ({
      fqdn: fqdn ?? '',
      addresses: ipAddresses ?? [],
    })),
    raw,
  };
}

function readConnection({ properties = {} }: ConnectionBody, manual: boolean): EndpointConnection {
  const state = properties.privateLinkServiceConnectionState;
  return {
    scopeId: properties.privateLinkServiceId ?? '',
    groupIds: properties.groupIds ?? [],
    manual,
    requestMessage: properties.requestMessage ?? '',
    status: state?.status ?? 'Pending',
    description: oneLine(state?.description ?? ''),
  };
}

export function readZoneGroup(raw: RawBody): ZoneGroup {
  const { id = '', name = '', properties = {} } = raw as ZoneGroupBody;
  return {
    id,
    name,
    provisioningState: properties.provisioningState ?? '',
    zones: (properties.privateDnsZoneConfigs ?? []).map((config) => ({
      zoneId: config.properties?.privateDnsZoneId ?? '',
      records: (config.properties?.recordSets ?? []).map((record) => ({
        name: record.recordSetName ?? '',
        fqdn: record.fqdn ?? '',
        addresses: record.ipAddresses ?? [],
      })),
    })),
    raw,
  };
}

import { createHash } from 'node:crypto';
import type { ArcPrivateLinkScope, EndpointSpec } from '../api/types.ts';
import { childId, idKey, nameOf, resourceId, virtualNetworkOf } from '../azure/ids.ts';
import type { Tags } from '../azure/types.ts';
import { ownerTag } from '../api/resources.ts';

/** What the object asks for, every default resolved and every name decided. Pure. */
export interface Desired {
  scopeId: string;
  /** The value of the ownership tag. */
  owner: string;
  /** The user's tags and the ownership tag. */
  tags: Tags;
  endpoints: readonly DesiredEndpoint[];
}

export interface DesiredEndpoint {
  name: string;
  id: string;
  subnetId: string;
  networkId: string;
  manual: boolean;
  requestMessage?: string;
  customNetworkInterfaceName?: string;
  /** Absent when Azure's DNS is not wanted. */
  dns?: DesiredDns;
}

export interface DesiredDns {
  /** ARM id of the resource group of the zones: with their names, the identity of a zone set. */
  groupId: string;
  /** VNets that resolve through the zones, the endpoint's own first. */
  networkIds: readonly string[];
  resolutionPolicy?: 'Default' | 'NxDomainRedirect';
}

const longestAzureName = 80;

export function desiredOf(object: ArcPrivateLinkScope, ownerId: string): Desired {
  const { spec, metadata } = object;
  const owner = `${ownerId}/${metadata.namespace ?? ''}/${metadata.name}`;
  return {
    scopeId: scopeIdOf(object),
    owner,
    tags: { ...spec.tags, [ownerTag]: owner },
    endpoints: spec.privateEndpoints.map((endpoint) => desiredEndpoint(object, endpoint)),
  };
}

export function scopeIdOf({ spec, metadata }: ArcPrivateLinkScope): string {
  const name = spec.azureName ?? metadata.name;
  return resourceId(
    spec.subscriptionId,
    spec.resourceGroup,
    'Microsoft.HybridCompute/privateLinkScopes',
    name,
  );
}

function desiredEndpoint({ spec, metadata }: ArcPrivateLinkScope, endpoint: EndpointSpec): DesiredEndpoint {
  const subscription = endpoint.subscriptionId ?? spec.subscriptionId;
  const group = endpoint.resourceGroup ?? spec.resourceGroup;
  const name = endpoint.azureName ?? fitted(`${metadata.name}-${endpoint.name}`);
  const networkId = virtualNetworkOf(endpoint.subnetId);
  const { requestMessage, customNetworkInterfaceName } = endpoint;
  return {
    name: endpoint.name,
    id: resourceId(subscription, group, 'Microsoft.Network/privateEndpoints', name),
    subnetId: endpoint.subnetId,
    networkId,
    manual: endpoint.approval === 'Manual',
    ...(requestMessage === undefined ? {} : { requestMessage }),
    ...(customNetworkInterfaceName === undefined ? {} : { customNetworkInterfaceName }),
    ...(endpoint.dns.mode === 'None' ? {} : { dns: desiredDns(endpoint, networkId, subscription, group) }),
  };
}

function desiredDns(
  endpoint: EndpointSpec,
  networkId: string,
  subscription: string,
  group: string,
): DesiredDns {
  const { dns } = endpoint;
  const { resolutionPolicy } = dns;
  return {
    groupId: `/subscriptions/${dns.subscriptionId ?? subscription}/resourceGroups/${dns.resourceGroup ?? group}`,
    networkIds: [networkId, ...(dns.linkVirtualNetworkIds ?? [])],
    ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
  };
}

export function zoneId(groupId: string, zoneName: string): string {
  return `${groupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`;
}

/** The zone group's name under each endpoint; it cannot carry a tag, so its name says whose it is. */
export const zoneGroupName = 'arc-private-link';

export function zoneGroupId(endpointId: string): string {
  return childId(endpointId, 'privateDnsZoneGroups', zoneGroupName);
}

/** Always the same for a network, so that a repetition meets what the first attempt made. */
export function linkId(zone: string, networkId: string): string {
  return childId(zone, 'virtualNetworkLinks', fitted(`${nameOf(networkId)}-${digest(idKey(networkId))}`));
}

/** The name, shortened with a digest of the whole where Azure takes no more characters. */
function fitted(name: string): string {
  if (name.length <= longestAzureName) return name;
  return `${name.slice(0, longestAzureName - 11)}-${digest(name)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

import { scopeIdOf } from '../domain/scope-id.ts';
import { createHash } from 'node:crypto';
import type { ArcPrivateLinkScope, EndpointSpec } from '../api/types.ts';
import {
  childId,
  idKey,
  nameOf,
  resourceId,
  subscriptionOf,
  uniqueIds,
  virtualNetworkOf,
} from '../azure/ids.ts';
import type { Tags } from '../azure/types.ts';
import { once } from '../base/once.ts';
import { ownerFor, type Owner } from '../domain/ownership.ts';
import { desiredGroups, type DesiredGroup } from './rules/desired-rules.ts';

/** What the object asks for, every default resolved and every name decided. Pure. */
export interface Desired {
  scopeId: string;
  owner: Owner;
  /** The person's tags; the owner's come beside them. */
  tags: Tags;
  endpoints: readonly DesiredEndpoint[];
  securityGroups: readonly DesiredGroup[];
  /** Names are not to begin to resolve. */
  holds: boolean;
}

export interface DesiredEndpoint {
  name: string;
  id: string;
  subnetId: string;
  networkId: string;
  manual: boolean;
  requestMessage?: string;
  customNetworkInterfaceName?: string;
  /** Others make its zone group. */
  external: boolean;
  /** Absent when no names are made here. */
  dns?: DesiredDns;
}

export interface DesiredDns {
  /** The zones are somebody else's: used, and never written. */
  existing: boolean;
  /** ARM id of the resource group of the zones: with their names, the identity of a zone set. */
  groupId: string;
  /** VNets that are to be linked to the zones, the endpoint's own first. */
  networkIds: readonly string[];
  resolutionPolicy?: 'Default' | 'NxDomainRedirect';
}

/** "Naming rules and restrictions for Azure resources": the longest names, in characters. */
const longest = { endpoint: 64, link: 80 } as const;

export function desiredOf(object: ArcPrivateLinkScope, ownerId: string): Desired {
  const { spec, metadata } = object;
  return {
    scopeId: scopeIdOf(object),
    owner: ownerFor(metadata, ownerId, spec.adoptionPolicy),
    tags: spec.tags,
    endpoints: endpointsOf(object),
    securityGroups: desiredGroups(object),
    holds: spec.dnsActivation === 'Hold',
  };
}

/** The endpoints that the object asks for. */
export const endpointsOf = once((object: ArcPrivateLinkScope): readonly DesiredEndpoint[] =>
  object.spec.privateEndpoints.map((endpoint) => desiredEndpoint(object, endpoint)),
);

function desiredEndpoint({ spec, metadata }: ArcPrivateLinkScope, endpoint: EndpointSpec): DesiredEndpoint {
  const subscription = endpoint.subscriptionId ?? spec.subscriptionId;
  const group = endpoint.resourceGroup ?? spec.resourceGroup;
  const name = endpoint.azureName ?? fitted(`${metadata.name}-${endpoint.name}`, longest.endpoint);
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
    external: endpoint.dns.mode === 'External',
    ...(['None', 'External'].includes(endpoint.dns.mode)
      ? {}
      : { dns: desiredDns(endpoint, networkId, subscription, group) }),
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
  const existing = dns.mode === 'Existing';
  // Whoever has the zones decides which VNets resolve through them, but for those that the spec lists.
  const networks = [...(existing ? [] : [networkId]), ...(dns.linkVirtualNetworkIds ?? [])];
  return {
    existing,
    groupId: `/subscriptions/${dns.subscriptionId ?? subscription}/resourceGroups/${dns.resourceGroup ?? group}`,
    networkIds: uniqueIds(networks),
    ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
  };
}

/** Its names stand in private DNS zones, whoever makes those and the zone group. */
export function standsInZones({ dns, external }: DesiredEndpoint): boolean {
  return dns !== undefined || external;
}

/** Always the same for a network, so that a repetition meets what the first attempt made. */
export function linkId(zone: string, networkId: string): string {
  return childId(
    zone,
    'virtualNetworkLinks',
    fitted(`${nameOf(networkId)}-${digest(idKey(networkId))}`, longest.link),
  );
}

/** Every subscription that the object names, in a field of its own or in an ARM id; in lower case. */
export function subscriptionsOf({ spec }: ArcPrivateLinkScope): string[] {
  const ids = [
    spec.subscriptionId,
    ...spec.privateEndpoints.flatMap(({ subscriptionId, subnetId, dns }) => [
      subscriptionId ?? '',
      subscriptionOf(subnetId),
      dns.subscriptionId ?? '',
      ...(dns.linkVirtualNetworkIds ?? []).map(subscriptionOf),
    ]),
    ...spec.networkSecurityGroups.map(({ id }) => subscriptionOf(id)),
  ];
  return [...new Set(ids.map((id) => id.toLowerCase()))].filter((id) => id !== '');
}

/** The name, shortened with a digest of the whole where Azure takes no more characters. */
function fitted(name: string, most: number): string {
  if (name.length <= most) return name;
  return `${name.slice(0, most - 11)}-${digest(name)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

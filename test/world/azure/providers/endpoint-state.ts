import type { Json } from '../http.ts';
import { place } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { AzureWorld } from '../world.ts';
import type { ConnectionProperties } from './connections.ts';
import { dnsNames } from './names.ts';
import { release } from './networks.ts';
import { removeGroupsOf, refreshGroupsOf } from './zone-groups.ts';

/** What an endpoint is made of, and what becomes of it: connected, provisioned, approved or rejected, gone. */

interface State {
  status: string;
  description: string;
  actionsRequired: string;
}

export interface LinkConnection {
  name: string;
  properties: {
    privateLinkServiceId: string;
    groupIds: string[];
    requestMessage?: string;
    privateLinkServiceConnectionState: State;
    provisioningState: string;
  };
}

export interface EndpointProperties extends Json {
  provisioningState: string;
  resourceGuid: string;
  subnet: { id: string };
  privateLinkServiceConnections: LinkConnection[];
  manualPrivateLinkServiceConnections: LinkConnection[];
  customDnsConfigs: { fqdn: string; ipAddresses: string[] }[];
  networkInterfaces: { id: string }[];
  /** Not shown: what the addresses are for. */
  addresses: string[];
}

export const isScope = (id: string): boolean => /\/Microsoft\.HybridCompute\/privateLinkScopes\//i.test(id);

/** Recorded: the connection's name is `<endpoint>.<its resourceGuid>`. */
export function connect(world: AzureWorld, endpoint: Resource, first: LinkConnection): void {
  const { resourceGuid } = endpoint.properties as EndpointProperties;
  const { status, actionsRequired } = first.properties.privateLinkServiceConnectionState;
  const name = `${endpoint.name}.${resourceGuid}`;
  if (!isScope(first.properties.privateLinkServiceId)) return;
  const scope = world.resources.get(first.properties.privateLinkServiceId);
  world.resources.put({
    id: `${scope?.id ?? ''}/privateEndpointConnections/${name}`,
    name,
    type: 'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
    properties: {
      privateEndpoint: { id: endpoint.id },
      privateLinkServiceConnectionState: {
        status,
        description: status === 'Approved' ? 'Auto-approved' : '',
        actionsRequired,
      },
      provisioningState: 'Succeeded',
    } satisfies ConnectionProperties,
  });
}

export function provisioned(world: AzureWorld, endpoint: Resource): void {
  if (
    world.resources.get(endpoint.id) !== endpoint ||
    endpoint.properties['provisioningState'] !== 'Updating'
  )
    return;
  endpoint.properties['provisioningState'] = 'Succeeded';
  fillNames(world, endpoint);
}

/** Recorded: seven names, one address each, once the endpoint is there and approved. The region decides the names. */
function fillNames(world: AzureWorld, endpoint: Resource): void {
  const own = endpoint.properties as EndpointProperties;
  const [first] = linkConnections(own);
  const approved = first?.properties.privateLinkServiceConnectionState.status === 'Approved';
  own.customDnsConfigs =
    approved && own.provisioningState === 'Succeeded'
      ? dnsNames(place(endpoint.location ?? '')).map((fqdn, index) => ({
          fqdn,
          ipAddresses: [own.addresses[index] ?? ''],
        }))
      : [];
  refreshGroupsOf(world, endpoint);
}

function linkConnections(own: EndpointProperties): LinkConnection[] {
  return [...own.privateLinkServiceConnections, ...own.manualPrivateLinkServiceConnections];
}

/** The scope's owner approves or rejects. */
export function setConnectionState(
  world: AzureWorld,
  connection: Resource,
  status: string,
  description: string,
): void {
  const own = connection.properties as ConnectionProperties;
  own.privateLinkServiceConnectionState = { status, description, actionsRequired: 'None' };
  const endpoint = world.resources.get(own.privateEndpoint.id);
  if (endpoint !== undefined) setEndpointState(world, endpoint, status, description);
}

/** Documented: when the connection or its scope is removed, the endpoint is only good for deletion. */
export function disconnectEndpoint(world: AzureWorld, endpointId: string): void {
  const endpoint = world.resources.get(endpointId);
  if (endpoint !== undefined)
    setEndpointState(world, endpoint, 'Disconnected', 'The connection was removed.');
}

function setEndpointState(world: AzureWorld, endpoint: Resource, status: string, description: string): void {
  for (const { properties } of linkConnections(endpoint.properties as EndpointProperties)) {
    properties.privateLinkServiceConnectionState = { status, description, actionsRequired: 'None' };
  }
  fillNames(world, endpoint);
}

export function destroy(world: AzureWorld, endpoint: Resource): void {
  removeGroupsOf(world, endpoint);
  const connection = connectionOf(world, endpoint.id);
  if (connection !== undefined) world.resources.delete(connection.id);
  for (const { id } of (endpoint.properties as EndpointProperties).networkInterfaces) {
    release(world, id);
    world.resources.delete(id);
  }
  world.resources.deleteTree(endpoint.id);
}

export function connectionOf(world: AzureWorld, endpointId: string): Resource | undefined {
  return world.resources
    .ofType('Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections')
    .find(
      ({ properties }) =>
        (properties as ConnectionProperties).privateEndpoint.id.toLowerCase() === endpointId.toLowerCase(),
    );
}

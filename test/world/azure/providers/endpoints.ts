import { empty, json, type Json } from '../http.ts';
import { place } from '../ids.ts';
import type { Resource } from '../store.ts';
import { busy, networkFailure, shown, type Call, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';
import type { ConnectionProperties } from './connections.ts';
import { dnsNames } from './names.ts';
import { allocate, release, subnetOf } from './networks.ts';
import { removeGroupsOf, refreshGroupsOf } from './zone-groups.ts';

/** Microsoft.Network/privateEndpoints. */

interface State {
  status: string;
  description: string;
  actionsRequired: string;
}

interface LinkConnection {
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

/** Recorded: about half a minute from Updating to Succeeded. */
const provisioningMs = 31_000;
const deletingMs = 15_000;

export const privateEndpoints: Provider = {
  type: 'Microsoft.Network/privateEndpoints',

  // Recorded: 201, Updating, no DNS names yet, the connection approved already; a repetition is 200 Succeeded.
  put(call, existing) {
    const state = existing?.properties['provisioningState'];
    if (state !== undefined && state !== 'Succeeded') throw busy(call.id);
    const endpoint = existing === undefined ? create(call) : update(call, existing);
    const headers = call.world.operations.begin({
      family: 'network',
      subscription: call.path.subscription,
      where: place(endpoint.location ?? ''),
      lastsMs: existing === undefined ? provisioningMs : 1_000,
      ...(existing === undefined ? { retryAfter: 10 } : {}),
      done() {
        if (existing === undefined) provisioned(call.world, endpoint);
        return undefined;
      },
    });
    return json(existing === undefined ? 201 : 200, render(call.world, endpoint), headers);
  },

  // Recorded: 202 with both headers and Retry-After 10; its zone group's records and its connection go with it.
  delete(call, existing) {
    if (existing === undefined) return empty(204);
    existing.properties['provisioningState'] = 'Deleting';
    const headers = call.world.operations.begin({
      family: 'network',
      subscription: call.path.subscription,
      where: place(existing.location ?? ''),
      lastsMs: deletingMs,
      retryAfter: 10,
      location: true,
      done() {
        destroy(call.world, existing);
        return undefined;
      },
    });
    return empty(202, headers);
  },

  render: (world, endpoint) => render(world, endpoint),
};

interface EndpointBody {
  location?: string;
  tags?: Record<string, string>;
  properties?: {
    subnet?: { id?: string };
    privateLinkServiceConnections?: { name?: string; properties?: Json }[];
    manualPrivateLinkServiceConnections?: { name?: string; properties?: Json }[];
    customNetworkInterfaceName?: string;
  };
}

function create(call: Call): Resource {
  const { world } = call;
  const { location = '', tags, properties = {} } = call.body as EndpointBody;
  const { network, subnet } = subnetOf(world, properties.subnet?.id ?? '');
  // Documented: "the region needs to be the same region as the VNet".
  if (place(location) !== place(network.location ?? '')) {
    throw networkFailure(
      400,
      'InvalidResourceReference',
      `The subnet ${subnet.id} is not in region '${location}'.`,
    );
  }
  const automatic = (properties.privateLinkServiceConnections ?? []).map((one) => link(world, one, false));
  const manual = (properties.manualPrivateLinkServiceConnections ?? []).map((one) => link(world, one, true));
  const [first] = [...automatic, ...manual];
  if (first === undefined)
    throw networkFailure(400, 'BadRequest', 'A private link service connection is required.');
  const nic = properties.customNetworkInterfaceName ?? `${call.name}.nic.${world.guid()}`;
  const nicId = `/subscriptions/${call.path.subscription}/resourceGroups/${call.path.group}/providers/Microsoft.Network/networkInterfaces/${nic}`;
  const addresses = allocate(subnet, nicId, dnsNames('').length);
  const endpoint = world.resources.put({
    id: call.id,
    name: call.name,
    type: 'Microsoft.Network/privateEndpoints',
    location,
    ...(tags === undefined ? {} : { tags }),
    etag: `W/"${world.etag()}"`,
    properties: {
      provisioningState: 'Updating',
      resourceGuid: world.guid(),
      privateLinkServiceConnections: automatic,
      manualPrivateLinkServiceConnections: manual,
      customNetworkInterfaceName: properties.customNetworkInterfaceName ?? '',
      subnet: { id: subnet.id },
      networkInterfaces: [{ id: nicId }],
      ipConfigurations: [],
      customDnsConfigs: [],
      addresses,
    } satisfies EndpointProperties,
  });
  world.resources.put({
    id: nicId,
    name: nic,
    type: 'Microsoft.Network/networkInterfaces',
    location,
    properties: { provisioningState: 'Succeeded' },
  });
  connect(world, endpoint, first);
  return endpoint;
}

/** Tags, and nothing else that matters here. */
function update(call: Call, existing: Resource): Resource {
  const { tags, properties = {} } = call.body as EndpointBody;
  const own = existing.properties as EndpointProperties;
  if (
    properties.subnet?.id !== undefined &&
    properties.subnet.id.toLowerCase() !== own.subnet.id.toLowerCase()
  ) {
    throw networkFailure(
      400,
      'CannotChangeSubnetOfExistingPrivateEndpoint',
      'The subnet of a private endpoint cannot be changed.',
    );
  }
  existing.tags = tags ?? {};
  const message = properties.manualPrivateLinkServiceConnections?.[0]?.properties?.['requestMessage'];
  const [manual] = own.manualPrivateLinkServiceConnections;
  if (typeof message === 'string' && manual) manual.properties.requestMessage = message;
  return existing;
}

function link(
  world: AzureWorld,
  wanted: { name?: string; properties?: Json },
  manual: boolean,
): LinkConnection {
  const target = String(wanted.properties?.['privateLinkServiceId'] ?? '');
  const groupIds = (wanted.properties?.['groupIds'] ?? []) as string[];
  if (world.resources.get(target) === undefined) {
    throw networkFailure(
      400,
      'InvalidResourceReference',
      `Resource ${target} referenced by the private endpoint was not found.`,
    );
  }
  // Other services have groups of their own; the simulated Azure knows them only as targets.
  if (isScope(target) && groupIds.join() !== 'hybridcompute') {
    throw networkFailure(
      400,
      'PrivateEndpointInvalidGroupId',
      `The group ids '${groupIds.join()}' are not supported.`,
    );
  }
  const message = wanted.properties?.['requestMessage'];
  return {
    name: wanted.name ?? 'connection',
    properties: {
      privateLinkServiceId: target,
      groupIds,
      ...(typeof message === 'string' ? { requestMessage: message } : {}),
      privateLinkServiceConnectionState: manual
        ? { status: 'Pending', description: 'Awaiting Approval', actionsRequired: 'None' }
        : { status: 'Approved', description: 'Auto Approved', actionsRequired: 'None' },
      provisioningState: 'Succeeded',
    },
  };
}

const isScope = (id: string): boolean => /\/Microsoft\.HybridCompute\/privateLinkScopes\//i.test(id);

/** Recorded: the connection's name is `<endpoint>.<its resourceGuid>`. */
function connect(world: AzureWorld, endpoint: Resource, first: LinkConnection): void {
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

function provisioned(world: AzureWorld, endpoint: Resource): void {
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

function render(world: AzureWorld, endpoint: Resource): Json {
  const { addresses: _hidden, ...properties } = endpoint.properties as EndpointProperties;
  // Documented (azurerm_private_endpoint, custom_dns_configs): empty while a zone group is connected.
  const groups = world.resources.below(
    endpoint.id,
    'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  );
  if (groups.length > 0 && world.quirks.emptyDnsConfigs) properties.customDnsConfigs = [];
  const connection =
    (kind: string) =>
    (one: LinkConnection): Json => ({
      ...one,
      id: `${endpoint.id}/${kind}/${one.name}`,
      etag: endpoint.etag ?? '',
      type: `Microsoft.Network/privateEndpoints/${kind}`,
    });
  return {
    ...shown(endpoint),
    properties: {
      ...properties,
      privateLinkServiceConnections: properties.privateLinkServiceConnections.map(
        connection('privateLinkServiceConnections'),
      ),
      manualPrivateLinkServiceConnections: properties.manualPrivateLinkServiceConnections.map(
        connection('manualPrivateLinkServiceConnections'),
      ),
    },
  };
}

export function connectionOf(world: AzureWorld, endpointId: string): Resource | undefined {
  return world.resources
    .ofType('Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections')
    .find(
      ({ properties }) =>
        (properties as ConnectionProperties).privateEndpoint.id.toLowerCase() === endpointId.toLowerCase(),
    );
}

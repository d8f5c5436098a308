import { empty, json, type Json } from '../http.ts';
import { place } from '../ids.ts';
import type { Resource } from '../store.ts';
import { busy, networkFailure, shown, type Call, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';
import {
  connect,
  destroy,
  isScope,
  provisioned,
  type EndpointProperties,
  type LinkConnection,
} from './endpoint-state.ts';
import { dnsNames } from './names.ts';
import { allocate, subnetOf } from './networks.ts';

/** Microsoft.Network/privateEndpoints. */

/** Recorded: about half a minute from Updating to Succeeded. */
const provisioningMs = 31_000;
const deletingMs = 15_000;

export const privateEndpoints: Provider = {
  type: 'Microsoft.Network/privateEndpoints',

  // Recorded: 201, Updating, no DNS names yet, the connection approved already; a repetition is 200 Succeeded. That one
  // which had failed is provisioned again is assumed.
  put(call, existing) {
    const state = existing?.properties['provisioningState'];
    if (state === 'Updating' || state === 'Deleting') throw busy(call.id);
    const endpoint = existing === undefined ? create(call) : update(call, existing);
    const slow = endpoint.properties['provisioningState'] === 'Updating';
    const headers = call.world.operations.begin(call, {
      family: 'network',
      where: place(endpoint.location ?? ''),
      lastsMs: slow ? provisioningMs : 1_000,
      ...(slow ? { retryAfter: 10 } : {}),
      done() {
        if (slow) provisioned(call.world, endpoint);
        return undefined;
      },
      failed: () => (endpoint.properties['provisioningState'] = 'Failed'),
    });
    return json(existing === undefined ? 201 : 200, render(call.world, endpoint), headers);
  },

  // Recorded: 202 with both headers and Retry-After 10; its zone group's records and its connection go with it.
  delete(call, existing) {
    if (existing === undefined) return empty(204);
    existing.properties['provisioningState'] = 'Deleting';
    const headers = call.world.operations.begin(call, {
      family: 'network',
      where: place(existing.location ?? ''),
      lastsMs: deletingMs,
      retryAfter: 10,
      location: true,
      done() {
        destroy(call.world, existing);
        return undefined;
      },
      failed: () => (existing.properties['provisioningState'] = 'Failed'),
    });
    return empty(202, headers);
  },

  render: (world, endpoint) => render(world, endpoint),
};

interface EndpointBody {
  location?: string;
  tags?: Record<string, string>;
  properties?: Json & {
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
  // The sentence: Azure/bicep-types-az#2649. The code, and that each of the endpoints of a group counts, is assumed.
  if (world.resources.get(nicId) !== undefined) {
    throw networkFailure(
      400,
      'CustomNicNameAlreadyExists',
      `Private Endpoint ${call.id} contains custom NIC name ${nic} which already exists.`,
    );
  }
  const addresses = allocate(subnet, nicId, dnsNames('').length);
  const endpoint = world.resources.put({
    id: call.id,
    name: call.name,
    type: 'Microsoft.Network/privateEndpoints',
    location,
    ...(tags === undefined ? {} : { tags }),
    etag: `W/"${world.etag()}"`,
    properties: {
      ...properties,
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

/** What is Azure's alone, whatever a PUT says. */
const ownedByAzure = [
  'provisioningState',
  'resourceGuid',
  'privateLinkServiceConnections',
  'manualPrivateLinkServiceConnections',
  'customNetworkInterfaceName',
  'networkInterfaces',
  'customDnsConfigs',
  'addresses',
];

/**
 * A PUT replaces the whole: what is not sent is lost, application security groups and fields of newer versions too
 * (hashicorp/terraform-provider-azurerm#24843 met that). That one without subnet or connection is refused is assumed.
 */
function update(call: Call, existing: Resource): Resource {
  const { tags, properties = {} } = call.body as EndpointBody;
  const own = existing.properties as EndpointProperties;
  checkUnchanged(own, properties);
  const kept = Object.entries(own).filter(([name]) => ownedByAzure.includes(name));
  const sent = Object.entries(properties).filter(([name]) => !ownedByAzure.includes(name));
  existing.properties = { ipConfigurations: [], ...Object.fromEntries(sent), ...Object.fromEntries(kept) };
  if (tags === undefined) delete existing.tags;
  else existing.tags = tags;
  existing.etag = `W/"${call.world.etag()}"`;
  if (own.provisioningState === 'Failed') existing.properties['provisioningState'] = 'Updating';
  const message = properties.manualPrivateLinkServiceConnections?.[0]?.properties?.['requestMessage'];
  const [manual] = own.manualPrivateLinkServiceConnections;
  if (typeof message === 'string' && manual) manual.properties.requestMessage = message;
  return existing;
}

function checkUnchanged(own: EndpointProperties, sent: NonNullable<EndpointBody['properties']>): void {
  const connections = [
    ...(sent.privateLinkServiceConnections ?? []),
    ...(sent.manualPrivateLinkServiceConnections ?? []),
  ];
  if (sent.subnet?.id === undefined || connections.length === 0)
    throw networkFailure(400, 'InvalidRequestFormat', 'A subnet and a connection are required.');
  if (sent.subnet.id.toLowerCase() !== own.subnet.id.toLowerCase()) {
    throw networkFailure(
      400,
      'CannotChangeSubnetOfExistingPrivateEndpoint',
      'The subnet of a private endpoint cannot be changed.',
    );
  }
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

import ipaddr from 'ipaddr.js';
import { ArmFailure, json, type Json } from '../http.ts';
import { key, lastName, parentId } from '../ids.ts';
import type { Resource } from '../store.ts';
import { networkFailure, shown, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';

/** Virtual networks, their subnets, and network interfaces. */

export interface SubnetProperties extends Json {
  addressPrefix: string;
  provisioningState: string;
  privateEndpointNetworkPolicies: string;
  /** Not shown: addresses in use, and by which interface. */
  leases: Record<string, string>;
  /** Not shown either: ids of the gateways in it. */
  gateways?: string[];
}

const networkType = 'Microsoft.Network/virtualNetworks';
const subnetType = 'Microsoft.Network/virtualNetworks/subnets';
/** Documented: Azure keeps the first four addresses of a subnet and the last. */
const reservedAtStart = 4;

export const virtualNetworks: Provider = {
  type: networkType,
  put(call, existing) {
    const {
      location = '',
      tags,
      properties = {},
    } = call.body as { location?: string; tags?: Record<string, string>; properties?: Json };
    const { subnets: _subnets, enableVmProtection: _never, ...plain } = properties;
    const network = call.world.resources.put({
      id: call.id,
      name: call.name,
      type: networkType,
      location,
      ...(tags === undefined ? {} : { tags }),
      etag: `W/"${call.world.etag()}"`,
      properties: {
        ...plain,
        provisioningState: 'Updating',
        resourceGuid: call.world.guid(),
        virtualNetworkPeerings: [],
      },
    });
    const wanted = (properties['subnets'] ?? []) as { name: string; properties: { addressPrefix: string } }[];
    for (const { name, properties: own } of wanted) {
      addSubnet(call.world, network, name, own.addressPrefix).properties['provisioningState'] = 'Updating';
    }
    const headers = call.world.operations.begin(call, {
      family: 'network',
      where: location,
      lastsMs: 3_000,
      retryAfter: 3,
      done() {
        const all = [network, ...call.world.resources.below(network.id, subnetType)];
        for (const one of all) one.properties['provisioningState'] = 'Succeeded';
        return undefined;
      },
    });
    return json(existing === undefined ? 201 : 200, renderNetwork(call.world, network), headers);
  },
  render: (world, network) => renderNetwork(world, network),
};

export function addSubnet(
  world: AzureWorld,
  network: Resource,
  name: string,
  addressPrefix: string,
): Resource {
  const properties: SubnetProperties = {
    addressPrefix,
    provisioningState: 'Succeeded',
    privateEndpointNetworkPolicies: 'Disabled',
    privateLinkServiceNetworkPolicies: 'Enabled',
    leases: {},
  };
  return world.resources.put({
    id: `${network.id}/subnets/${name}`,
    name,
    type: subnetType,
    etag: `W/"${world.etag()}"`,
    properties,
  });
}

function renderNetwork(world: AzureWorld, network: Resource): Json {
  const subnets = world.resources.below(network.id, subnetType).map((subnet) => renderSubnet(world, subnet));
  return { ...shown(network), properties: { ...network.properties, subnets } };
}

export const subnets: Provider = {
  type: subnetType,
  put(call, existing) {
    const network = call.world.resources.get(parentId(call.id));
    if (network === undefined)
      throw new ArmFailure(404, 'ResourceNotFound', 'The virtual network was not found.');
    const { properties = {} } = call.body as { properties?: Json };
    const subnet =
      existing ?? addSubnet(call.world, network, call.name, String(properties['addressPrefix'] ?? ''));
    const { privateEndpoints: _own, ipConfigurations: _too, ...settings } = properties;
    Object.assign(subnet.properties, settings);
    const headers = call.world.operations.begin(call, {
      family: 'network',
      where: network.location ?? '',
      lastsMs: 2_000,
      ...(existing === undefined ? { retryAfter: 3 } : {}),
      done: () => undefined,
    });
    return json(existing === undefined ? 201 : 200, renderSubnet(call.world, subnet), headers);
  },
  render: (world, subnet) => renderSubnet(world, subnet),
};

/** Recorded: endpoints and interfaces are named in capitals, resource group included. */
function renderSubnet(world: AzureWorld, subnet: Resource): Json {
  const { leases, gateways = [], ...properties } = subnet.properties as SubnetProperties;
  const endpoints = world.resources
    .ofType('Microsoft.Network/privateEndpoints')
    .filter(({ properties: own }) => key((own['subnet'] as { id: string }).id) === key(subnet.id))
    .map(({ id }) => ({ id: capitals(id) }));
  const ipConfigurations = [
    ...Object.entries(leases).map(([address, nic]) => ({
      id: capitals(`${nic}/ipConfigurations/privateEndpointIpConfig.${address}`),
    })),
    ...gateways.map((gateway) => ({ id: `${gateway}/ipConfigurations/default` })),
  ];
  return {
    ...shown(subnet),
    properties: {
      ...properties,
      ...(endpoints.length === 0 ? {} : { privateEndpoints: endpoints }),
      ...(ipConfigurations.length === 0 ? {} : { ipConfigurations }),
      delegations: [],
    },
  };
}

function capitals(id: string): string {
  return id
    .replace(/\/resourceGroups\/([^/]+)\//i, (_, group: string) => `/resourceGroups/${group.toUpperCase()}/`)
    .replace(/[^/]+$/, (name) => name.toUpperCase());
}

export const networkInterfaces: Provider = { type: 'Microsoft.Network/networkInterfaces' };

/** The subnet and its network; refused as recorded when it does not exist. */
export function subnetOf(world: AzureWorld, subnetId: string): { network: Resource; subnet: Resource } {
  const subnet = world.resources.get(subnetId);
  const network = world.resources.get(parentId(subnetId));
  if (subnet === undefined || network === undefined) {
    const message = `Resource ${subnetId} referenced by resource was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
    throw networkFailure(400, 'InvalidResourceReference', message);
  }
  return { network, subnet };
}

/** Takes so many free addresses for an interface. The code of the refusal is assumed. */
export function allocate(subnet: Resource, nicId: string, count: number): string[] {
  const { addressPrefix, leases } = subnet.properties as SubnetProperties;
  const [network, length] = ipaddr.IPv4.parseCIDR(addressPrefix);
  const first = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const usable = 2 ** (32 - length) - 1;
  const free: string[] = [];
  for (let offset = reservedAtStart; offset < usable && free.length < count; offset += 1) {
    const address = dotted(first + offset);
    if (leases[address] === undefined) free.push(address);
  }
  if (free.length < count) {
    throw networkFailure(
      400,
      'SubnetIsFull',
      `Subnet ${lastName(subnet.id)} with address prefix ${addressPrefix} does not have enough capacity for ${count} IP addresses.`,
    );
  }
  for (const address of free) leases[address] = nicId;
  return free;
}

export function release(world: AzureWorld, nicId: string): void {
  for (const subnet of world.resources.ofType(subnetType)) {
    const { leases } = subnet.properties as SubnetProperties;
    for (const [address, nic] of Object.entries(leases)) if (key(nic) === key(nicId)) delete leases[address];
  }
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

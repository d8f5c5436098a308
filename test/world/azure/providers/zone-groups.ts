import { ArmFailure, empty, json, type Json } from '../http.ts';
import { key, lastName, parentId, place } from '../ids.ts';
import type { Resource } from '../store.ts';
import { busy, networkFailure, shown, type Call, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';
import type { EndpointProperties } from './endpoint-state.ts';

/** privateDnsZoneGroups of a private endpoint: they write its A records into the zones and keep them there. */

const groupType = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups';
const recordType = 'Microsoft.Network/privateDnsZones/A';

interface ZoneConfig {
  name: string;
  properties: { privateDnsZoneId: string };
}

interface GroupProperties extends Json {
  provisioningState: string;
  privateDnsZoneConfigs: ZoneConfig[];
}

export const zoneGroups: Provider = {
  type: groupType,

  // Recorded: 201 Updating with the record sets already, Retry-After 10. Documented: one group, at most five zones.
  put(call, existing) {
    const { world } = call;
    const endpoint = world.resources.get(parentId(call.id));
    if (endpoint === undefined)
      throw new ArmFailure(404, 'ParentResourceNotFound', 'The private endpoint was not found.');
    if (endpoint.properties['provisioningState'] !== 'Succeeded') throw busy(endpoint.id);
    const configs = wantedConfigs(call);
    const others = world.resources.below(endpoint.id, groupType).filter(({ id }) => key(id) !== key(call.id));
    if (others.length > 0) {
      throw networkFailure(
        400,
        'MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed',
        'Only one private DNS zone group is allowed.',
      );
    }
    const group = world.resources.put({
      id: call.id,
      name: call.name,
      type: groupType,
      etag: `W/"${world.etag()}"`,
      properties: {
        ...(call.body['properties'] as Json),
        provisioningState: 'Updating',
        privateDnsZoneConfigs: configs,
      } satisfies GroupProperties,
    });
    const headers = begin(call, endpoint, group, existing === undefined, () => {
      if (world.resources.get(group.id) !== group) return;
      group.properties['provisioningState'] = 'Succeeded';
      writeRecords(world, endpoint, group);
    });
    return json(existing === undefined ? 201 : 200, render(world, group), headers);
  },

  delete(call, existing) {
    if (existing === undefined) return empty(204);
    const endpoint = call.world.resources.get(parentId(call.id));
    existing.properties['provisioningState'] = 'Deleting';
    const gone = (): void => removeGroup(call.world, existing);
    const headers = begin(call, endpoint ?? existing, existing, true, gone);
    return empty(202, headers);
  },

  render: (world, group) => render(world, group),
};

function wantedConfigs(call: Call): ZoneConfig[] {
  const { properties } = call.body as { properties?: { privateDnsZoneConfigs?: ZoneConfig[] } };
  const configs = properties?.privateDnsZoneConfigs ?? [];
  if (configs.length > 5)
    throw networkFailure(400, 'TooManyPrivateDnsZoneConfigs', 'At most five zones are allowed.');
  for (const { properties: own } of configs) {
    if (call.world.resources.get(own.privateDnsZoneId) !== undefined) continue;
    throw networkFailure(400, 'InvalidResourceReference', `Resource ${own.privateDnsZoneId} was not found.`);
  }
  // What a GET shows beside these is Azure's own; a PUT that sends it back changes nothing of it.
  return configs.map(({ name, properties: { privateDnsZoneId } }) => ({
    name,
    properties: { privateDnsZoneId },
  }));
}

function begin(
  call: Call,
  endpoint: Resource,
  group: Resource,
  slow: boolean,
  done: () => void,
): Record<string, string> {
  return call.world.operations.begin(call, {
    family: 'network',
    where: place(endpoint.location ?? 'global'),
    lastsMs: slow ? 8_000 : 2_000,
    ...(slow ? { retryAfter: 10 } : {}),
    location: call.method === 'DELETE',
    done() {
      done();
      return undefined;
    },
    failed: () => (group.properties['provisioningState'] = 'Failed'),
  });
}

/** The endpoint's names that belong into a zone: those that end in the zone's name without `privatelink.`. */
function recordsFor(
  endpoint: Resource,
  zoneId: string,
): { name: string; fqdn: string; addresses: string[] }[] {
  const suffix = `.${lastName(zoneId)
    .toLowerCase()
    .replace(/^privatelink\./, '')}`;
  return (endpoint.properties as EndpointProperties).customDnsConfigs
    .filter(({ fqdn }) => fqdn.endsWith(suffix))
    .map(({ fqdn, ipAddresses }) => ({ name: fqdn.slice(0, -suffix.length), fqdn, addresses: ipAddresses }));
}

function writeRecords(world: AzureWorld, endpoint: Resource, group: Resource): void {
  for (const { properties } of (group.properties as GroupProperties).privateDnsZoneConfigs) {
    const zone = world.resources.get(properties.privateDnsZoneId);
    if (zone === undefined) continue;
    // Documented: a second endpoint of the service in one zone makes the first one's records go.
    dropRecords(world, zone.id, (owner) => key(owner) !== key(group.id));
    for (const { name, addresses } of recordsFor(endpoint, zone.id)) {
      world.resources.put({
        id: `${zone.id}/A/${name}`,
        name,
        type: recordType,
        etag: world.etag(),
        properties: {
          ttl: 10,
          fqdn: `${name}.${zone.name}.`,
          aRecords: addresses.map((ipv4Address) => ({ ipv4Address })),
          isAutoRegistered: false,
          owner: group.id,
        },
      });
    }
  }
}

function dropRecords(world: AzureWorld, zoneId: string, of: (owner: string) => boolean): void {
  for (const record of world.resources.below(zoneId, recordType)) {
    const owner = record.properties['owner'];
    if (typeof owner === 'string' && of(owner)) world.resources.delete(record.id);
  }
}

function removeGroup(world: AzureWorld, group: Resource): void {
  for (const { properties } of (group.properties as GroupProperties).privateDnsZoneConfigs) {
    dropRecords(world, properties.privateDnsZoneId, (owner) => key(owner) === key(group.id));
  }
  world.resources.delete(group.id);
}

export function removeGroupsOf(world: AzureWorld, endpoint: Resource): void {
  for (const group of world.resources.below(endpoint.id, groupType)) removeGroup(world, group);
}

/** When an endpoint gains or loses its names, so do the zones. */
export function refreshGroupsOf(world: AzureWorld, endpoint: Resource): void {
  for (const group of world.resources.below(endpoint.id, groupType)) {
    if (group.properties['provisioningState'] === 'Succeeded') writeRecords(world, endpoint, group);
  }
}

function render(world: AzureWorld, group: Resource): Json {
  const endpoint = world.resources.get(parentId(group.id));
  const state = String(group.properties['provisioningState']);
  const configs = (group.properties as GroupProperties).privateDnsZoneConfigs.map((config) => {
    const { privateDnsZoneId } = config.properties;
    const recordSets = (endpoint === undefined ? [] : recordsFor(endpoint, privateDnsZoneId)).map(
      ({ name, fqdn, addresses }) => ({
        recordType: 'A',
        recordSetName: name,
        fqdn,
        ttl: 10,
        ipAddresses: addresses,
        provisioningState: state,
      }),
    );
    const id = `${group.id}/privateDnsZoneConfigs/${config.name}`;
    return {
      name: config.name,
      id,
      etag: group.etag ?? '',
      type: `${groupType}/privateDnsZoneConfigs`,
      properties: { privateDnsZoneId, recordSets, provisioningState: state },
    };
  });
  const properties = { ...group.properties, provisioningState: state, privateDnsZoneConfigs: configs };
  return { ...shown(group), properties };
}

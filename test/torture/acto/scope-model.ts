import { ownerTag, zoneNames } from '../../world/scope-lab.ts';
import type { Resource } from '../../world/azure/store.ts';
import type { AzureWorld } from '../../world/azure/world.ts';
import type { Spec } from './admission.ts';
import { ruleLines, type GroupSpec } from './rule-model.ts';

/**
 * What Azure has to hold for a scope that is Ready, written from the documentation of the fields alone: the operator's
 * own reading of a spec (src/scope/desired.ts) is what is tried.
 */

interface EndpointSpec {
  name: string;
  azureName?: string;
  subscriptionId?: string;
  resourceGroup?: string;
  subnetId: string;
  approval: string;
  requestMessage?: string;
  customNetworkInterfaceName?: string;
  dns: {
    mode: string;
    subscriptionId?: string;
    resourceGroup?: string;
    linkVirtualNetworkIds?: string[];
    resolutionPolicy?: string;
  };
}

interface ScopeSpec {
  dnsActivation?: 'Automatic' | 'Hold';
  subscriptionId: string;
  resourceGroup: string;
  location: string;
  azureName?: string;
  publicNetworkAccess?: string;
  tags: Record<string, string>;
  privateEndpoints: EndpointSpec[];
  networkSecurityGroups: GroupSpec[];
}

type Tags = Record<string, string>;

const low = (text: unknown): string => String(text ?? '').toLowerCase();

const inGroup = (subscription: string, group: string, type: string, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;

/** Differences between Azure and the spec, a line each. */
export function differences(world: AzureWorld, stored: Spec, name: string, owner: string): string[] {
  const spec = stored as unknown as ScopeSpec;
  const scopeId = inGroup(
    spec.subscriptionId,
    spec.resourceGroup,
    'Microsoft.HybridCompute/privateLinkScopes',
    spec.azureName ?? name,
  );
  const wanted = new Set([low(scopeId)]);
  const lines = [...scopeLines(world, scopeId, spec)];
  for (const endpoint of spec.privateEndpoints) {
    const id = asFitted(
      world,
      inGroup(
        endpoint.subscriptionId ?? spec.subscriptionId,
        endpoint.resourceGroup ?? spec.resourceGroup,
        'Microsoft.Network/privateEndpoints',
        endpoint.azureName ?? `${name}-${endpoint.name}`,
      ),
    );
    wanted.add(low(id));
    lines.push(...endpointLines(world, id, endpoint, scopeId, spec.tags));
    // What Hold keeps from resolving, and where it leaves names as they were, is for lives of their own to say.
    const names = dnsLines(world, id, endpoint, spec, wanted);
    if (spec.dnsActivation !== 'Hold') lines.push(...names);
  }
  const left = leftovers(world, owner, wanted);
  const stays = (line: string): boolean => spec.dnsActivation !== 'Hold' || !/privateDnsZone/i.test(line);
  return [...lines, ...ruleLines(world, spec.networkSecurityGroups), ...left.filter(stays)];
}

/** Names of endpoints have 64 characters at the most: a longer one ends in a digest. */
function asFitted(world: AzureWorld, id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1);
  if (name.length <= 64) return id;
  const begin = low(id.slice(0, id.length - name.length + 53));
  const [fitted] = world.resources
    .all()
    .filter((one) => low(one.id).startsWith(begin) && one.name.length === 64);
  return fitted?.id ?? id;
}

function scopeLines(world: AzureWorld, id: string, spec: ScopeSpec): string[] {
  const scope = world.resources.get(id);
  if (scope === undefined) return [`there is no ${id}`];
  const { publicNetworkAccess } = spec;
  const shown = scope.properties['publicNetworkAccess'];
  return [
    ...tagLines(scope, spec.tags),
    ...(publicNetworkAccess === undefined || publicNetworkAccess === shown
      ? []
      : [`publicNetworkAccess is ${String(shown)}, not ${publicNetworkAccess}`]),
  ];
}

/** Names of tags count without case. Private DNS takes plain names only, and fifteen of them. */
function tagLines({ id, type, tags = {} }: Resource, wanted: Tags): string[] {
  const dns = type.startsWith('Microsoft.Network/privateDnsZones');
  const present = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(wanted)
    .filter(([key]) => !(dns && (!/^[A-Za-z_][\w.-]*$/.test(key) || present.size >= 15)))
    .filter(([key]) => key.toLowerCase() !== ownerTag)
    .filter(([key, value]) => present.get(key.toLowerCase()) !== value)
    .map(([key, value]) => `${id} lacks the tag ${key}=${value}: ${JSON.stringify(tags)}`);
}

function endpointLines(
  world: AzureWorld,
  id: string,
  spec: EndpointSpec,
  scopeId: string,
  tags: Tags,
): string[] {
  const endpoint = world.resources.get(id);
  if (endpoint === undefined) return [`there is no ${id}`];
  const { properties } = endpoint;
  const kind =
    spec.approval === 'Manual' ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections';
  const [connection] = properties[kind] as { properties: Record<string, unknown> }[];
  const checks: [string, unknown, unknown][] = [
    ['subnet', low((properties['subnet'] as { id: string }).id), low(spec.subnetId)],
    ['target', low(connection?.properties['privateLinkServiceId']), low(scopeId)],
    [
      'state',
      (connection?.properties['privateLinkServiceConnectionState'] as { status?: string })?.status,
      'Approved',
    ],
  ];
  if (spec.customNetworkInterfaceName !== undefined)
    checks.push(['interface', properties['customNetworkInterfaceName'], spec.customNetworkInterfaceName]);
  if (spec.approval === 'Manual' && spec.requestMessage)
    checks.push(['requestMessage', connection?.properties['requestMessage'], spec.requestMessage]);
  return [
    ...tagLines(endpoint, tags),
    ...checks
      .filter(([, is, shall]) => is !== shall)
      .map(([what, is, shall]) => `${id}: ${what} is ${String(is)}, not ${String(shall)}`),
  ];
}

function dnsLines(
  world: AzureWorld,
  endpointId: string,
  { subscriptionId, resourceGroup, subnetId, dns }: EndpointSpec,
  spec: ScopeSpec,
  wanted: Set<string>,
): string[] {
  const groups = world.resources.below(endpointId, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups');
  if (dns.mode === 'None') return groups.length === 0 ? [] : [`${endpointId} has a zone group`];
  const subscription = dns.subscriptionId ?? subscriptionId ?? spec.subscriptionId;
  const group = dns.resourceGroup ?? resourceGroup ?? spec.resourceGroup;
  const zones = zoneNames.map((name) =>
    inGroup(subscription, group, 'Microsoft.Network/privateDnsZones', name),
  );
  const networks = [
    subnetId.slice(0, subnetId.toLowerCase().indexOf('/subnets/')),
    ...(dns.linkVirtualNetworkIds ?? []),
  ];
  const configured = (groups[0]?.properties['privateDnsZoneConfigs'] ?? []) as {
    properties: { privateDnsZoneId: string };
  }[];
  const inZones = configured.map(({ properties }) => low(properties.privateDnsZoneId)).sort();
  for (const zone of zones) wanted.add(low(zone));
  return [
    ...(groups.length === 1 ? [] : [`${endpointId} has ${groups.length} zone groups`]),
    ...(inZones.join() === zones.map(low).sort().join()
      ? []
      : [`${endpointId} registers in ${inZones.join()}`]),
    ...zones.flatMap((zone) => zoneLines(world, zone, networks, dns.resolutionPolicy, spec.tags, wanted)),
  ];
}

function zoneLines(
  world: AzureWorld,
  id: string,
  networks: readonly string[],
  policy: string | undefined,
  tags: Tags,
  wanted: Set<string>,
): string[] {
  const zone = world.resources.get(id);
  if (zone === undefined) return [`there is no ${id}`];
  const links = world.resources.below(id, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks');
  const records = world.resources.below(id, 'Microsoft.Network/privateDnsZones/A');
  return [
    ...tagLines(zone, tags),
    ...(records.length > 0 ? [] : [`${id} has no records`]),
    ...networks.flatMap((network) => {
      const link = links.find(
        ({ properties }) => low((properties['virtualNetwork'] as { id: string }).id) === low(network),
      );
      if (link === undefined) return [`${id} is not linked to ${network}`];
      wanted.add(low(link.id));
      const shown = link.properties['resolutionPolicy'] ?? 'Default';
      return policy === undefined || policy === shown
        ? []
        : [`${link.id}: resolutionPolicy is ${String(shown)}`];
    }),
  ];
}

/** Whatever carries the object's tag and is not asked for. */
function leftovers(world: AzureWorld, owner: string, wanted: ReadonlySet<string>): string[] {
  return world.resources
    .all()
    .filter(({ id, tags }) => tags?.[ownerTag] === owner && !wanted.has(low(id)))
    .map(({ id }) => `${id} was left behind`);
}

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inventory } from './inventory.ts';
import type { Json } from './http.ts';
import { addSubnet } from './providers/networks.ts';
import { plantGroup, plantRule } from './providers/security-groups.ts';
import type { AzureWorld } from './world.ts';

/** What a world begins with; see examples/quickstart-azure.yaml. */
export interface Seed {
  tenantId: string;
  /** Of the tenant above unless one says otherwise. */
  applications: { clientId: string; clientSecret?: string; tenantId?: string }[];
  resourceGroups: { subscriptionId: string; name: string; location?: string }[];
  virtualNetworks?: {
    subscriptionId: string;
    resourceGroup: string;
    name: string;
    location: string;
    subnets: Record<string, string>;
  }[];
  networkSecurityGroups?: {
    subscriptionId: string;
    resourceGroup: string;
    name: string;
    location: string;
    /** Names and properties of its rules. */
    rules?: Record<string, Json>;
  }[];
  scopes?: {
    subscriptionId: string;
    resourceGroup: string;
    name: string;
    location: string;
    tags?: Record<string, string>;
  }[];
  servers?: ServerSeed[];
}

export interface ServerSeed {
  subscriptionId: string;
  resourceGroup: string;
  /** With `count`, a prefix: `web` becomes `web-0001` and so on. */
  name: string;
  count?: number;
  location: string;
  tags?: Record<string, string>;
  status?: string;
  /** The id of a scope the server belongs to already. */
  scope?: string;
  /** Its answer is as large as a recorded one, 2 KB and more; a fifth of that otherwise. */
  recordedSize?: boolean;
}

export function readSeed(path: string): Seed {
  return parse(readFileSync(path, 'utf8')) as Seed;
}

const idOf = (subscription: string, group: string, type: string, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;

/** Puts the seed's resources into the world, all of them provisioned. */
export function plant(world: AzureWorld, seed: Seed): void {
  for (const { subscriptionId, name, location = 'westeurope' } of seed.resourceGroups) {
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
    world.resources.put({
      id,
      name,
      type: 'Microsoft.Resources/resourceGroups',
      location,
      properties: { provisioningState: 'Succeeded' },
    });
  }
  for (const { subscriptionId, resourceGroup, name, location, subnets } of seed.virtualNetworks ?? []) {
    const type = 'Microsoft.Network/virtualNetworks';
    const id = idOf(subscriptionId, resourceGroup, type, name);
    const properties = {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: Object.values(subnets) },
    };
    const network = world.resources.put({
      id,
      name,
      type,
      location,
      etag: `W/"${world.etag()}"`,
      properties,
    });
    for (const [subnet, prefix] of Object.entries(subnets)) addSubnet(world, network, subnet, prefix);
  }
  for (const { subscriptionId, resourceGroup, name, location, rules = {} } of seed.networkSecurityGroups ??
    []) {
    const id = idOf(subscriptionId, resourceGroup, 'Microsoft.Network/networkSecurityGroups', name);
    plantGroup(world, id, location);
    for (const [rule, properties] of Object.entries(rules)) plantRule(world, id, rule, properties);
  }
  for (const scope of seed.scopes ?? []) plantScope(world, scope);
  for (const server of seed.servers ?? []) plantServers(world, server);
}

function plantScope(world: AzureWorld, scope: NonNullable<Seed['scopes']>[number]): void {
  const type = 'Microsoft.HybridCompute/privateLinkScopes';
  world.resources.put({
    id: idOf(scope.subscriptionId, scope.resourceGroup, type, scope.name),
    name: scope.name,
    type,
    location: scope.location,
    ...(scope.tags === undefined ? {} : { tags: scope.tags }),
    properties: {
      privateLinkScopeId: world.guid(),
      publicNetworkAccess: 'Enabled',
      provisioningState: 'Succeeded',
    },
  });
}

export function plantServers(world: AzureWorld, server: ServerSeed): void {
  const { name, count } = server;
  const digits = String(count ?? 0).length;
  const names =
    count === undefined
      ? [name]
      : Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(digits, '0')}`);
  const type = 'Microsoft.HybridCompute/machines';
  for (const own of names) {
    world.resources.put({
      id: idOf(server.subscriptionId, server.resourceGroup, type, own),
      name: own,
      type,
      location: server.location,
      tags: server.tags ?? {},
      properties: {
        vmId: world.guid(),
        status: server.status ?? 'Connected',
        osName: 'linux',
        agentVersion: '1.55.03000.1234',
        provisioningState: 'Succeeded',
        ...(server.recordedSize ? inventory(own) : {}),
        // Recorded: a server that was never in a scope lacks the property.
        ...(server.scope === undefined ? {} : { privateLinkScopeResourceId: server.scope }),
      },
    });
  }
}

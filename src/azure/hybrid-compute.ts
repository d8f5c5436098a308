import type {
  Machine as SdkMachine,
  PrivateEndpointConnection,
  HybridComputePrivateLinkScope,
} from '@azure/arm-hybridcompute';
import { collect, unlessAbsent, type Clients } from './clients.ts';
import { parseResourceId } from './ids.ts';
import type { Azure, Connection, Machine, Scope } from './types.ts';
import { stalled } from '../base/errors.ts';

/** Microsoft.HybridCompute: scopes, their connections, and servers. */

/** The version of the SDK's own calls (arm-hybridcompute 3.0.0 is pinned to it). */
const apiVersion = '2021-05-20';

type HybridCalls = Pick<
  Azure,
  | 'getScope'
  | 'putScope'
  | 'deleteScope'
  | 'listConnections'
  | 'deleteConnection'
  | 'requiredZoneNames'
  | 'getMachine'
> & {
  listMachines(subscriptionId: string): Promise<Machine[]>;
  patchMachine(id: string, scopeId: string | null): Promise<Machine>;
};

export function hybridComputeCalls(clients: Clients): HybridCalls {
  return {
    async getScope(id) {
      const { sdk, group, name } = scopeParts(clients, id);
      const scope = await unlessAbsent(sdk.privateLinkScopes.get(group, name));
      return scope && readScope(scope);
    },

    async putScope(id, spec) {
      const { sdk, group, name } = scopeParts(clients, id);
      const { location, tags, publicNetworkAccess } = spec;
      const body = { location, tags, properties: { publicNetworkAccess } };
      return readScope(await sdk.privateLinkScopes.createOrUpdate(group, name, body));
    },

    // The SDK's poller would ask after the operation at once; only the first request is wanted here.
    async deleteScope(id) {
      await unlessAbsent(clients.send('DELETE', id, apiVersion));
    },

    async listConnections(scopeId) {
      const { sdk, group, name } = scopeParts(clients, scopeId);
      const pages = sdk.privateEndpointConnections.listByPrivateLinkScope(group, name);
      return ((await unlessAbsent(collect(pages))) ?? []).map(readConnection);
    },

    async deleteConnection(id) {
      await unlessAbsent(clients.send('DELETE', id, apiVersion));
    },

    // "Guestconfiguration" comes with a capital G (recorded); zone names are the same in any case.
    async requiredZoneNames(scopeId) {
      const { sdk, group, name } = scopeParts(clients, scopeId);
      const resources = await collect(sdk.privateLinkResources.listByPrivateLinkScope(group, name));
      const names = resources.flatMap((resource) => resource.properties?.requiredZoneNames ?? []);
      return [...new Set(names.map((zone) => zone.toLowerCase()))].sort();
    },

    async getMachine(id) {
      const { subscriptionId, resourceGroup, names } = parts(id);
      const machine = clients.hybridCompute(subscriptionId).machines.get(resourceGroup, names[0] ?? '');
      const found = await unlessAbsent(machine);
      return found && readMachine(found);
    },

    async listMachines(subscriptionId) {
      const pages = clients.hybridCompute(subscriptionId).machines.listBySubscription();
      return (await collect(pages)).map(readMachine);
    },

    /**
     * The SDK has no update of machines. Associating and releasing are synchronous 200s; the empty string releases
     * (recorded), and the answer keeps it.
     */
    async patchMachine(id, scopeId) {
      const body = { properties: { privateLinkScopeResourceId: scopeId ?? '' } };
      return readMachine((await clients.send('PATCH', id, apiVersion, body)) as SdkMachine);
    },
  };
}

function parts(id: string) {
  const parsed = parseResourceId(id);
  if (parsed === undefined) throw stalled('InvalidResourceId', `"${id}" is not the id of an Azure resource.`);
  return parsed;
}

function scopeParts(clients: Clients, id: string) {
  const { subscriptionId, resourceGroup, names } = parts(id);
  return { sdk: clients.hybridCompute(subscriptionId), group: resourceGroup, name: names[0] ?? '' };
}

function readScope(scope: HybridComputePrivateLinkScope): Scope {
  return {
    id: scope.id ?? '',
    name: scope.name ?? '',
    location: scope.location,
    tags: scope.tags ?? {},
    publicNetworkAccess: scope.properties?.publicNetworkAccess ?? 'Disabled',
    provisioningState: scope.properties?.provisioningState ?? 'Succeeded',
    privateLinkScopeId: scope.properties?.privateLinkScopeId ?? '',
  };
}

function readConnection(connection: PrivateEndpointConnection): Connection {
  const state = connection.properties?.privateLinkServiceConnectionState;
  return {
    id: connection.id ?? '',
    name: connection.name ?? '',
    privateEndpointId: connection.properties?.privateEndpoint?.id ?? '',
    status: state?.status ?? '',
    description: state?.description ?? '',
  };
}

/** The model nests what the REST answer nests; newer answers may lack any of it. */
type RawMachine = SdkMachine & {
  properties?: {
    vmId?: string;
    status?: string;
    provisioningState?: string;
    privateLinkScopeResourceId?: string | null;
  };
};

/** From the SDK (flattened or not) or from a raw answer. */
export function readMachine(raw: RawMachine): Machine {
  const id = raw.id ?? '';
  const { subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  const properties = { ...raw, ...raw.properties } as NonNullable<RawMachine['properties']>;
  const scopeId = properties.privateLinkScopeResourceId ?? '';
  return {
    id,
    name: raw.name ?? '',
    subscriptionId,
    resourceGroup,
    location: raw.location,
    tags: raw.tags ?? {},
    vmId: properties.vmId ?? '',
    status: properties.status ?? '',
    provisioningState: properties.provisioningState ?? '',
    ...(scopeId === '' ? {} : { scopeId }),
  };
}

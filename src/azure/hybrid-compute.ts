import type { Clients } from './clients.ts';
import { unlessAbsent } from './errors.ts';
import { oneLine } from './error-body.ts';
import { placeOf } from './ids.ts';
import { readMachine, Shared, type MachineBody } from './machine.ts';
import { bodyOf } from './raw.ts';
import type { ListMachines } from './snapshot.ts';
import type { Azure, Connection, Machine, RawBody, Scope, Tags } from './types.ts';

/**
 * Microsoft.HybridCompute: scopes, their connections, and servers. Deletions are sent as they are: the SDK's poll the
 * operation that was begun before they give anything back.
 */

/** The version of the SDK's own calls (arm-hybridcompute 3.0.0 is pinned to it). */
const apiVersion = '2021-05-20';

type HybridCalls = Pick<
  Azure,
  | 'getScope'
  | 'putScope'
  | 'updateScope'
  | 'deleteScope'
  | 'listConnections'
  | 'deleteConnection'
  | 'requiredZoneNames'
  | 'getMachine'
> & {
  listMachines: ListMachines;
  patchMachine(id: string, scopeId: string | null): Promise<Machine>;
};

export function hybridComputeCalls(clients: Clients): HybridCalls {
  const { raw } = clients;
  const remove = async (id: string): Promise<void> => {
    await unlessAbsent(raw.send('DELETE', id, apiVersion));
  };
  return {
    async getScope(id) {
      const scope = await raw.get(id, apiVersion);
      return scope && readScope(scope);
    },

    // The answer as it came: what a later change sends back has to be whole, and the SDK's model keeps a part.
    async putScope(id, { location, tags, publicNetworkAccess }) {
      const { subscriptionId, group, name } = placeOf(id);
      const { privateLinkScopes } = clients.hybridCompute(subscriptionId);
      const body = { location, tags, properties: { publicNetworkAccess } };
      let answer: RawBody = {};
      await privateLinkScopes.createOrUpdate(group, name, body, {
        onResponse: (response) => {
          answer = bodyOf(response);
        },
      });
      return readScope(answer);
    },

    async updateScope(seen, { publicNetworkAccess }) {
      const properties = { ...(seen.raw['properties'] as RawBody), publicNetworkAccess };
      return readScope(await raw.change('PUT', seen.id, apiVersion, { ...seen.raw, properties }));
    },

    deleteScope: remove,

    async listConnections(scopeId) {
      const path = `${scopeId}/privateEndpointConnections`;
      return (await unlessAbsent(raw.list(path, apiVersion, readConnection))) ?? [];
    },

    deleteConnection: remove,

    // "Guestconfiguration" comes with a capital G (recorded); zone names are the same in any case.
    async requiredZoneNames(scopeId) {
      const lists = await raw.list(`${scopeId}/privateLinkResources`, apiVersion, readZoneNames);
      return [...new Set(lists.flat().map((zone) => zone.toLowerCase()))].sort();
    },

    // The SDK's model lacks what the answer has in `properties`: a server would seem to be in no scope.
    async getMachine(id) {
      const machine = await raw.get(id, apiVersion);
      return machine && readMachine(machine);
    },

    async listMachines(subscriptionId, keep) {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.HybridCompute/machines`;
      const shared = new Shared();
      return await raw.list(path, apiVersion, (item) => keep(readMachine(item as MachineBody, shared)));
    },

    /**
     * The SDK has no update of machines. Associating and releasing are synchronous 200s; the empty string releases
     * (recorded), and the answer keeps it.
     */
    async patchMachine(id, scopeId) {
      const body = { properties: { privateLinkScopeResourceId: scopeId ?? '' } };
      return readMachine(await raw.change('PATCH', id, apiVersion, body));
    },
  };
}

interface ScopeBody {
  id?: string;
  name?: string;
  location?: string;
  tags?: Tags;
  properties?: { publicNetworkAccess?: string; provisioningState?: string; privateLinkScopeId?: string };
}

function readScope(raw: RawBody): Scope {
  const { id = '', name = '', location = '', tags = {}, properties = {} } = raw as ScopeBody;
  return {
    id,
    name,
    location,
    tags,
    publicNetworkAccess: properties.publicNetworkAccess ?? 'Disabled',
    provisioningState: properties.provisioningState ?? 'Succeeded',
    privateLinkScopeId: properties.privateLinkScopeId ?? '',
    raw,
  };
}

interface ConnectionBody {
  id?: string;
  name?: string;
  properties?: {
    privateEndpoint?: { id?: string };
    privateLinkServiceConnectionState?: { status?: string; description?: string };
  };
}

function readConnection(raw: RawBody): Connection {
  const { id = '', name = '', properties = {} } = raw as ConnectionBody;
  const state = properties.privateLinkServiceConnectionState;
  return {
    id,
    name,
    privateEndpointId: properties.privateEndpoint?.id ?? '',
    status: state?.status ?? '',
    description: oneLine(state?.description ?? ''),
  };
}

function readZoneNames(raw: RawBody): string[] {
  const { properties } = raw as { properties?: { requiredZoneNames?: string[] } };
  return properties?.requiredZoneNames ?? [];
}

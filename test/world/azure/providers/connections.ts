import { ArmFailure, empty, type Json } from '../http.ts';
import { parentId, place } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { Call, Provider } from '../provider.ts';
import { disconnectEndpoint, setConnectionState } from './endpoint-state.ts';

/** privateEndpointConnections and privateLinkResources of a scope. */

const connectionType = 'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections';

export interface ConnectionProperties extends Json {
  privateEndpoint: { id: string };
  privateLinkServiceConnectionState: { status: string; description: string; actionsRequired: string };
  provisioningState: string;
}

export const connections: Provider = {
  type: connectionType,

  // Recorded: 202 with both operation headers and no body; Succeeded at the first poll.
  put(call, existing) {
    if (existing === undefined)
      throw new ArmFailure(404, 'ResourceNotFound', `The connection '${call.name}' was not found.`);
    const { properties } = call.body as {
      properties?: { privateLinkServiceConnectionState?: { status?: string; description?: string } };
    };
    const state = properties?.privateLinkServiceConnectionState;
    if (state?.status === undefined)
      throw new ArmFailure(400, 'BadRequest', 'The connection state is required.');
    setConnectionState(call.world, existing, state.status, state.description ?? '');
    return empty(
      202,
      begin(call, () => {}),
    );
  },

  // Recorded: 202 likewise; the list is empty afterwards. The endpoint is then Disconnected (documented).
  delete(call, existing) {
    if (existing === undefined) return empty(204);
    const properties = existing.properties as ConnectionProperties;
    const headers = begin(call, () => {
      call.world.resources.delete(existing.id);
      disconnectEndpoint(call.world, properties.privateEndpoint.id);
    });
    return empty(202, headers);
  },
};

function begin(call: Call, done: () => void): Record<string, string> {
  return call.world.operations.begin(call, {
    family: 'hybrid',
    where: place(call.world.resources.get(parentId(call.id))?.location ?? 'global'),
    lastsMs: 1_000,
    location: true,
    done() {
      done();
      return undefined;
    },
  });
}

/** Recorded names, the capital G included. */
export const zoneNames = [
  'privatelink.his.arc.azure.com',
  'privatelink.Guestconfiguration.azure.com',
  'privatelink.dp.kubernetesconfiguration.azure.com',
];

const resourceType = 'Microsoft.HybridCompute/privateLinkScopes/privateLinkResources';

function linkResource(call: Call, scopeId: string): Resource | undefined {
  const scope = call.world.resources.get(scopeId);
  if (scope === undefined) return undefined;
  const region = place(scope.location ?? '');
  return {
    id: `${scope.id}/privateLinkResources/hybridcompute`,
    name: 'hybridcompute',
    type: resourceType,
    properties: {
      groupId: 'hybridcompute',
      requiredMembers: [
        'HybridCompute.Global',
        'HybridCompute.Server',
        'HybridCompute.TokenService',
        'GuestConfig.GlobalService',
        `GuestConfig.AgentService.${region}`,
        `GuestConfig.AgentService.${region}2`,
        'HybridCompute.K8sConfiguration',
      ],
      requiredZoneNames: call.world.quirks.requiredZoneNames?.([...zoneNames]) ?? zoneNames,
    },
  };
}

export const privateLinkResources: Provider = {
  type: resourceType,
  find: (call) => (call.name === 'hybridcompute' ? linkResource(call, parentId(call.id)) : undefined),
  list(call) {
    const found = linkResource(call, call.id.split('/').slice(0, -1).join('/'));
    if (found === undefined) throw new ArmFailure(404, 'ResourceNotFound', 'The scope was not found.');
    return [found];
  },
};

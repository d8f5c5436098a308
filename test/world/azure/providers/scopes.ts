import { ArmFailure, empty, json, type Json } from '../http.ts';
import { same } from '../ids.ts';
import type { Resource } from '../store.ts';
import { shown, type Provider } from '../provider.ts';
import type { AzureWorld } from '../world.ts';

/** Microsoft.HybridCompute/privateLinkScopes. */

interface ScopeProperties extends Json {
  privateLinkScopeId: string;
  publicNetworkAccess: string;
  provisioningState: string;
}

export const privateLinkScopes: Provider = {
  type: 'Microsoft.HybridCompute/privateLinkScopes',

  // Recorded: 200 at once, for a new one as well; a full replacement. Public access is Disabled unless said otherwise.
  put(call, existing) {
    const {
      location,
      tags,
      properties = {},
    } = call.body as {
      location?: string;
      tags?: Record<string, string>;
      properties?: { publicNetworkAccess?: string };
    };
    if (location === undefined)
      throw new ArmFailure(400, 'LocationRequired', 'The location property is required.');
    // Assumed: 2025-01-13 shows that value, and its document does not take it.
    if (properties.publicNetworkAccess === 'SecuredByPerimeter')
      throw new ArmFailure(400, 'BadRequest', "The value 'SecuredByPerimeter' cannot be set.");
    const scope = call.world.resources.put({
      id: existing?.id ?? call.id,
      name: existing?.name ?? call.name,
      type: 'Microsoft.HybridCompute/privateLinkScopes',
      location,
      ...(tags === undefined ? {} : { tags }),
      properties: {
        privateLinkScopeId:
          (existing?.properties as ScopeProperties | undefined)?.privateLinkScopeId ?? call.world.guid(),
        publicNetworkAccess:
          call.world.overrides.publicNetworkAccess ?? properties.publicNetworkAccess ?? 'Disabled',
        provisioningState: 'Succeeded',
      },
    });
    return json(200, render(call.world, scope));
  },

  // Recorded: tags only.
  patch(call, existing) {
    existing.tags = (call.body as { tags?: Record<string, string> }).tags ?? {};
    return json(200, render(call.world, existing));
  },

  // Recorded: 200 without a body. That connections or servers forbid it is assumed; that endpoints left behind become
  // Disconnected is documented.
  delete(call, existing) {
    if (existing === undefined) return empty(204);
    const servers = call.world.resources
      .ofType('Microsoft.HybridCompute/machines')
      .filter(({ properties }) => same(String(properties['privateLinkScopeResourceId'] ?? ''), existing.id));
    if (servers.length > 0) {
      throw new ArmFailure(409, 'Conflict', `The scope still has ${servers.length} machines associated.`);
    }
    if (connectionsOf(call.world, existing.id).length > 0) {
      throw new ArmFailure(409, 'Conflict', 'The scope still has private endpoint connections.');
    }
    call.world.resources.delete(existing.id);
    return empty(200);
  },

  render: (world, scope) => render(world, scope),
};

export function connectionsOf(world: AzureWorld, scopeId: string): Resource[] {
  return world.resources.below(
    scopeId,
    'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
  );
}

function render(world: AzureWorld, scope: Resource): Json {
  const privateEndpointConnections = connectionsOf(world, scope.id).map(({ id, name, properties }) => ({
    id,
    name,
    properties,
  }));
  return { ...shown(scope), properties: { ...scope.properties, privateEndpointConnections } };
}

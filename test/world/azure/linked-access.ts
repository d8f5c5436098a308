import type { Json } from './http.ts';

/** What a request refers to besides its own resource, and the right that Azure demands there. */
export interface Link {
  action: string;
  id: string;
}

const id = (reference: unknown): string[] => {
  const found = (reference as { id?: unknown } | undefined)?.id;
  return typeof found === 'string' ? [found] : [];
};

/** The type in an id, as it is spelled there: `Microsoft.HybridCompute/privateLinkScopes`. */
function typeIn(resourceId: string): string {
  const [namespace = '', ...chain] = (resourceId.split(/\/providers\//i).pop() ?? '').split('/');
  return [namespace, ...chain.filter((_, index) => index % 2 === 0)].join('/');
}

/**
 * Linked access checks. Documented: joining a subnet and approving a connection of one's own (learn, "Azure RBAC
 * permissions for Azure Private Link"), joining a network (the built-in role Private DNS Zone Contributor has it for
 * that), joining a zone (Azure/Azure-Landing-Zones#2942 quotes the refusal), reading the scope that a server is
 * associated with (learn, "Connected Machine agent prerequisites"). The text is as MicrosoftDocs/azure-docs#96892 quotes it.
 */
export function linksOf(method: string, type: string, body: Json): Link[] {
  const properties = (body['properties'] ?? {}) as Record<string, unknown>;
  switch (`${method} ${type}`) {
    case 'PUT Microsoft.Network/privateEndpoints':
      return [
        ...joined(id(properties['subnet']), 'Microsoft.Network/virtualNetworks/subnets/join/action'),
        ...approvals(properties['privateLinkServiceConnections']),
      ];
    case 'PUT Microsoft.Network/privateDnsZones/virtualNetworkLinks':
      return joined(id(properties['virtualNetwork']), 'Microsoft.Network/virtualNetworks/join/action');
    case 'PUT Microsoft.Network/privateEndpoints/privateDnsZoneGroups':
      return joined(
        zones(properties['privateDnsZoneConfigs']),
        'Microsoft.Network/privateDnsZones/join/action',
      );
    case 'PATCH Microsoft.HybridCompute/machines': {
      const scope = properties['privateLinkScopeResourceId'];
      const ids = typeof scope === 'string' && scope !== '' ? [scope] : [];
      return joined(ids, 'Microsoft.HybridCompute/privateLinkScopes/read');
    }
    default:
      return [];
  }
}

function joined(ids: readonly string[], action: string): Link[] {
  return ids.map((one) => ({ action, id: one }));
}

/** Connections that are to be approved at once; those of `manualPrivateLinkServiceConnections` are their owner's. */
function approvals(connections: unknown): Link[] {
  const list = (connections ?? []) as { properties?: { privateLinkServiceId?: string } }[];
  return list.flatMap(({ properties }) => {
    const target = properties?.privateLinkServiceId;
    if (target === undefined) return [];
    return [{ action: `${typeIn(target)}/PrivateEndpointConnectionsApproval/action`, id: target }];
  });
}

function zones(configs: unknown): string[] {
  const list = (configs ?? []) as { properties?: { privateDnsZoneId?: string } }[];
  return list.flatMap(({ properties }) => properties?.privateDnsZoneId ?? []);
}

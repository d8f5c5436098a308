import { machines } from './machines.ts';
import { networkInterfaces, subnets, virtualNetworks } from './networks.ts';
import { privateDnsZones } from './zones.ts';
import { privateEndpoints } from './endpoints.ts';
import { connections, privateLinkResources } from './connections.ts';
import { privateLinkScopes } from './scopes.ts';
import { aRecords, virtualNetworkLinks } from './zone-children.ts';
import { serviceTags } from './service-tags.ts';
import { zoneGroups } from './zone-groups.ts';
import { gatewayConnections, virtualNetworkGateways } from './gateways.ts';
import { applicationSecurityGroups, resourceGroups } from './others.ts';
import { networkSecurityGroups, securityRules } from './security-groups.ts';
import { subscriptions, tags } from './tags.ts';
import type { Provider } from '../provider.ts';

/** Every resource type of the world, by its name in lower case. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  [
    subscriptions,
    tags,
    resourceGroups,
    privateLinkScopes,
    connections,
    privateLinkResources,
    machines,
    virtualNetworks,
    subnets,
    networkInterfaces,
    virtualNetworkGateways,
    gatewayConnections,
    networkSecurityGroups,
    securityRules,
    applicationSecurityGroups,
    privateEndpoints,
    zoneGroups,
    privateDnsZones,
    virtualNetworkLinks,
    aRecords,
    serviceTags,
  ].map((provider) => [provider.type.toLowerCase(), provider]),
);

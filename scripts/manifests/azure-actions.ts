/** Every right in Azure that the operator uses: the source of deploy/azure and docs/azure-permissions.md. */

/** Where a part of the rights is assigned, as narrowly as Azure allows. */
export const parts = {
  scope: {
    title: 'Scope',
    on: "the scope's resource group",
    for: 'the private link scope itself and its connections',
  },
  machines: {
    title: 'Machines',
    on: "the servers' subscriptions",
    for: 'seeing servers, and putting them into a scope or taking them out of it',
  },
  networks: {
    title: 'Networks',
    on: 'the VNets, or their resource groups: those of endpoints and those of `linkVirtualNetworkIds`',
    for: 'using networks; nothing in them is changed',
  },
  endpoints: {
    title: 'Endpoints',
    on: "the endpoints' resource groups",
    for: 'private endpoints and their zone groups',
  },
  zones: {
    title: 'Zones',
    on: "the zones' resource groups; not needed with `dns.mode: None` everywhere; on zones of a central team (`dns.mode: Existing`) reading of zones, records and links and `join` do, with `write` and `delete` of links where the spec has `linkVirtualNetworkIds`",
    for: 'private DNS zones, their links and records',
  },
  rules: {
    title: 'Security rules',
    on: 'the network security groups of `networkSecurityGroups`, or their resource groups; not needed without them',
    for: 'single rules of network security groups; the groups themselves are only read',
  },
  lookups: {
    title: 'Look-ups',
    on: 'the subscriptions of scope, endpoints, VNets and zones; optional',
    for: 'looking around before anything is written, and following what Azure is at',
  },
} as const;

export type Part = keyof typeof parts;

export interface AzureAction {
  part: Part;
  /** What a request needs. */
  action: string;
  /** What the role says instead where Azure does not take the action's own name. */
  grantedAs?: string;
  why: string;
  /** Not the operator calls it: Azure demands it on what a request refers to. Who says so. */
  demandedBy?: string;
}

const hybrid = 'Microsoft.HybridCompute';
const network = 'Microsoft.Network';
const scopes = `${hybrid}/privateLinkScopes`;
const zoneGroups = `${network}/privateEndpoints/privateDnsZoneGroups`;
const privateLink =
  '[learn](https://learn.microsoft.com/azure/private-link/rbac-permissions), "Azure RBAC permissions for Azure Private Link"';

const tags = 'Microsoft.Resources/tags/write';

export const azureActions: readonly AzureAction[] = [
  { part: 'scope', action: `${scopes}/read`, why: 'see whether the scope is there and as the spec says' },
  { part: 'scope', action: `${scopes}/write`, why: 'create it, and put public access right' },
  { part: 'scope', action: tags, why: 'put tags of the scope right, and nothing else of it' },
  {
    part: 'scope',
    action: `${scopes}/delete`,
    why: 'delete it with its object, unless `deletionPolicy: Retain`',
  },
  {
    part: 'scope',
    action: `${scopes}/privateLinkResources/read`,
    grantedAs: `${scopes}/*/read`,
    why: 'ask which DNS zones the scope needs',
  },
  {
    part: 'scope',
    action: `${scopes}/privateEndpointConnections/read`,
    grantedAs: `${scopes}/*/read`,
    why: 'find endpoints that lead to the scope, and whether they are approved',
  },
  {
    part: 'scope',
    action: `${scopes}/privateEndpointConnections/delete`,
    why: 'before the scope is deleted, remove a connection whose endpoint is gone',
  },
  {
    part: 'scope',
    action: `${scopes}/PrivateEndpointConnectionsApproval/action`,
    grantedAs: `${scopes}/*/action`,
    why: 'with `approval: Automatic`, create an endpoint whose connection is approved at once',
    demandedBy: `${privateLink}; the refusal is quoted in [azure-docs#96892](https://github.com/MicrosoftDocs/azure-docs/issues/96892)`,
  },
  {
    part: 'machines',
    action: `${hybrid}/machines/read`,
    why: 'list servers with their tags, regions and scopes',
  },
  {
    part: 'machines',
    action: `${hybrid}/machines/write`,
    why: 'set the scope of a server, which is the only property that is written',
  },
  {
    part: 'machines',
    action: `${scopes}/read`,
    why: 'associate a server with the scope; needed on the scope only',
    demandedBy:
      '[learn](https://learn.microsoft.com/azure/azure-arc/servers/prerequisites), "Connected Machine agent prerequisites"',
  },
  {
    part: 'networks',
    action: `${network}/virtualNetworks/read`,
    why: "read the VNet of an endpoint: its region, its subnets' free addresses and other endpoints in them",
  },
  {
    part: 'networks',
    action: `${network}/virtualNetworks/subnets/join/action`,
    why: 'place an endpoint in a subnet',
    demandedBy: privateLink,
  },
  {
    part: 'networks',
    action: `${network}/virtualNetworks/join/action`,
    why: 'link a zone to a VNet',
    demandedBy:
      '[learn](https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/networking), the built-in role Private DNS Zone Contributor',
  },
  { part: 'endpoints', action: `${network}/privateEndpoints/read`, why: 'see how far an endpoint is' },
  {
    part: 'endpoints',
    action: `${network}/privateEndpoints/write`,
    why: 'create it, and repeat it when it failed',
  },
  { part: 'endpoints', action: tags, why: 'put its tags right, and nothing else of it' },
  {
    part: 'endpoints',
    action: `${network}/privateEndpoints/delete`,
    why: 'delete it when it leaves the spec',
  },
  ...(['read', 'write', 'delete'] as const).map((verb): AzureAction => ({
    part: 'endpoints',
    action: `${zoneGroups}/${verb}`,
    grantedAs: `${zoneGroups}/*`,
    why: {
      read: 'see whether the records of an endpoint are written',
      write: "have Azure write the endpoint's records into the zones and keep them there",
      delete: 'take down name resolution before an endpoint goes',
    }[verb],
  })),
  {
    part: 'zones',
    action: `${network}/privateDnsZones/read`,
    why: 'see whether a zone is there and whose it is',
  },
  { part: 'zones', action: `${network}/privateDnsZones/write`, why: 'create it' },
  { part: 'zones', action: tags, why: 'put tags of zones and links right, and nothing else of them' },
  { part: 'zones', action: `${network}/privateDnsZones/delete`, why: 'delete it with its endpoint' },
  {
    part: 'zones',
    action: `${network}/privateDnsZones/join/action`,
    why: 'let the zone group of an endpoint write into the zone',
    demandedBy:
      'the refusal is quoted in [Azure-Landing-Zones#2942](https://github.com/Azure/Azure-Landing-Zones/issues/2942)',
  },
  {
    part: 'zones',
    action: `${network}/privateDnsZones/A/read`,
    why: 'see that the records stand in the zone',
  },
  {
    part: 'zones',
    action: `${network}/privateDnsZones/virtualNetworkLinks/read`,
    why: 'see which VNets resolve through the zone',
  },
  { part: 'zones', action: `${network}/privateDnsZones/virtualNetworkLinks/write`, why: 'link a VNet' },
  {
    part: 'zones',
    action: `${network}/privateDnsZones/virtualNetworkLinks/delete`,
    why: 'remove a link when the VNet leaves the spec or the zone goes',
  },
  {
    part: 'zones',
    action: `${network}/privateDnsOperationStatuses/read`,
    why: 'learn why a change of a zone or link that Azure had accepted failed',
  },
  {
    part: 'rules',
    action: `${network}/networkSecurityGroups/read`,
    why: 'see which rules a group has: ours, equal ones, and those that stand in the way',
  },
  {
    part: 'rules',
    action: `${network}/networkSecurityGroups/securityRules/write`,
    why: 'create a rule, and put it right',
  },
  {
    part: 'rules',
    action: `${network}/networkSecurityGroups/securityRules/delete`,
    why: 'delete it when the spec no longer asks for it',
  },
  {
    part: 'lookups',
    action: `${network}/virtualNetworks/read`,
    why: "see whether a VNet that is peered with an endpoint's has a gateway",
  },
  {
    part: 'lookups',
    action: `${network}/virtualNetworkGateways/connections/read`,
    why: 'see whether a VPN or ExpressRoute connection leads to the VNet',
  },
  {
    part: 'lookups',
    action: 'Microsoft.Resources/subscriptions/read',
    why: 'before a scope is deleted, look for its servers in every subscription that the identity sees',
  },
  {
    part: 'lookups',
    action: `${network}/privateDnsZones/read`,
    why: 'before writing, find VNets that are linked to zones elsewhere; find what is left over when a status was lost',
  },
  {
    part: 'lookups',
    action: `${network}/privateDnsZones/virtualNetworkLinks/read`,
    why: 'see which VNets such a zone is linked to',
  },
  {
    part: 'lookups',
    action: `${network}/privateEndpoints/read`,
    why: 'before writing, see whether an endpoint of others in the VNet leads to another scope',
  },
  {
    part: 'lookups',
    action: `${network}/locations/serviceTags/read`,
    why: 'with `exports.firewall`, read the address ranges of service tags; on the subscription of the scope',
  },
  {
    part: 'lookups',
    action: `${network}/locations/operations/read`,
    why: 'learn why a change of an endpoint that Azure had accepted failed',
  },
  {
    part: 'lookups',
    action: `${hybrid}/locations/operationstatus/read`,
    why: 'see how far the removal of a connection is',
  },
];

/** What a role has to list for some parts, sorted and each once. */
export function granted(wanted: readonly Part[] = Object.keys(parts) as Part[]): string[] {
  const actions = azureActions
    .filter(({ part }) => wanted.includes(part))
    .map(({ action, grantedAs }) => grantedAs ?? action);
  return [...new Set(actions)].sort((one, other) => (one < other ? -1 : 1));
}

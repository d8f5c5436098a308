/**
 * Where the simulated Azure and the recordings or specifications may differ, each with its reason. Reviewed: an
 * unlisted difference fails, and so does an entry that no longer occurs.
 */
export interface ReplayDeviation {
  recording: RegExp;
  call: RegExp;
  where: RegExp;
  reason: string;
}

export const replayDeviations: readonly ReplayDeviation[] = [
  {
    recording: /Update-AzConnectedMachine/,
    call: /^PATCH machines$/,
    where: /^(tags|identity|properties\.(?!privateLinkScopeResourceId|provisioningState|status|vmId))/,
    reason:
      "a server's inventory (agent, operating system, services) comes from its agent; the operator reads none of it",
  },
  {
    recording: /private_dns_zone_group/,
    call: /storageaccounts/,
    where: /./,
    reason:
      'Microsoft.Storage is no part of the simulated Azure; an account stands there only as the target of an endpoint',
  },
  {
    recording: /test_network_nsg|test_PutLink/,
    call: /^GET resourceGroups$/,
    where: /^tags$/,
    reason: 'the group was made and tagged before the recording begins',
  },
];

export interface SpecificationDeviation {
  call: RegExp;
  side: 'request' | 'response';
  code: string;
  message: RegExp;
  reason: string;
}

export const specificationDeviations: readonly SpecificationDeviation[] = [
  {
    call: /^(GET privateendpoints 404|PUT privateendpoints 409)$/,
    side: 'response',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /not allowed: error /,
    reason:
      'recorded: a 404, and a 409 for another operation in progress, come in the envelope; the document has the error without it',
  },
  {
    call: /^(PUT|GET) privatelinkscopes 200$/,
    side: 'response',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /not allowed: privateEndpointConnections /,
    reason: 'recorded: scopes list their connections; the document of 2021 does not have that yet',
  },
  {
    call: /^(PUT|GET) privateendpoints 20[01]$/,
    side: 'response',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /not allowed: (resourceGuid|customNetworkInterfaceName|ipConfigurations) /,
    reason: 'recorded: newer answers have these fields; the document of 2021 does not have them yet',
  },
  {
    call: /^(PUT|GET) privateendpoints\/privatednszonegroups 20[01]$/,
    side: 'response',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /not allowed: (type|id|etag|provisioningState) /,
    reason:
      'recorded: zone groups and their configurations carry type, id, etag and state; the document has them without',
  },
  {
    call: /^GET machines 200$/,
    side: 'response',
    code: 'OBJECT_ADDITIONAL_PROPERTIES',
    message: /not allowed: resources /,
    reason:
      'recorded: a server that is asked for by itself lists what is below it; the document has that not',
  },
  ...(['READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST', 'OBJECT_ADDITIONAL_PROPERTIES'] as const).map((code) => ({
    call: /^PUT (privatelinkscopes|privateendpoints(\/privatednszonegroups)?|privatednszones\/virtualnetworklinks|networksecuritygroups\/securityrules) (20[02]|404)$/,
    side: 'request' as const,
    code,
    message:
      /(ReadOnly property|not allowed: (privateEndpointConnections|resourceGuid|customNetworkInterfaceName|ipConfigurations|resolutionPolicy|type|id|etag|provisioningState) )/,
    reason:
      'assumed: what a GET answers, a PUT takes, and what is read-only in it counts for nothing; leaving out what the document of 2021 does not know would lose settings of others',
  })),
];

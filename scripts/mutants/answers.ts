import { faultsIn } from './mutant.ts';

/** Answers that say the wrong thing of a resource that is as it should be. */
export const answers = [
  ...faultsIn('providers/scopes.ts', [
    [
      'a scope lists no connections',
      'privateEndpointConnections } };',
      'privateEndpointConnections: [] } };',
    ],
    ['public access is Enabled unless said otherwise', "?? 'Disabled',", "?? 'Enabled',"],
    [
      'a new scope is 201',
      '    return json(200, render(call.world, scope));\n  },\n\n  // Recorded: tags',
      '    return json(201, render(call.world, scope));\n  },\n\n  // Recorded: tags',
    ],
    [
      'a scope gets a new id by every PUT',
      '(existing?.properties as ScopeProperties | undefined)?.privateLinkScopeId ?? call.world.guid()',
      'call.world.guid()',
    ],
  ]),
  ...faultsIn('providers/zone-children.ts', [
    ['a link is complete at once', "existing === undefined ? 'InProgress' : 'Completed'", "'Completed'"],
    [
      'a link never completes',
      "(link.properties['virtualNetworkLinkState'] = 'Completed')",
      "(link.properties['virtualNetworkLinkState'] = 'InProgress')",
    ],
    ['a link has no location', "        location: 'global',\n", ''],
    [
      'a link keeps its etag',
      'etag: `"${call.world.etag()}"`',
      'etag: existing?.etag ?? `"${call.world.etag()}"`',
    ],
    [
      'a record names its zone without the dot',
      'fqdn: `${call.name}.${zone}.`',
      'fqdn: `${call.name}.${zone}`',
    ],
  ]),
  ...faultsIn('providers/endpoints.ts', [
    [
      'an endpoint shows its names while it has a zone group',
      'groups.length > 0 && world',
      'groups.length > 9 && world',
    ],
    [
      'an endpoint shows what is the simulator’s own',
      '{ addresses: _hidden, ...properties }',
      '{ ...properties }',
    ],
    [
      'an endpoint without an etag',
      'etag: `W/"${world.etag()}"`,\n    properties: {\n      ...properties,',
      'properties: {\n      ...properties,',
    ],
    ['an endpoint’s etag does not change', '  existing.etag = `W/"${call.world.etag()}"`;\n', ''],
    [
      'a connection in manual approval is approved at once',
      "{ status: 'Pending', description: 'Awaiting Approval'",
      "{ status: 'Approved', description: 'Awaiting Approval'",
    ],
    ['an endpoint without Retry-After', '...(slow ? { retryAfter: 10 } : {})', '...(slow ? {} : {})'],
    [
      'a new endpoint is 200',
      'existing === undefined ? 201 : 200, render(call.world, endpoint)',
      'existing === undefined ? 200 : 200, render(call.world, endpoint)',
    ],
  ]),
  ...faultsIn('providers/machines.ts', [
    [
      'a server that is changed is done at once',
      "existing.properties['provisioningState'] = 'Updating'",
      "existing.properties['provisioningState'] = 'Succeeded'",
    ],
    [
      'a server is Updating for ever',
      "(existing.properties['provisioningState'] = 'Succeeded')",
      "(existing.properties['provisioningState'] = 'Updating')",
    ],
    [
      'a listing of servers shows their resources',
      '(listed ? shown(machine) :',
      '(!listed ? shown(machine) :',
    ],
    [
      'a server is not moved',
      '= call.world.overrides.machineScope ?? wanted',
      "= call.world.overrides.machineScope ?? existing.properties[scopeProperty] ?? ''",
    ],
    [
      'tags of a server are merged',
      'existing.tags = tags;',
      'existing.tags = { ...existing.tags, ...tags };',
    ],
  ]),
  ...faultsIn('providers/networks.ts', [
    [
      'a subnet shows endpoints as they are spelled',
      '.map(({ id }) => ({ id: capitals(id) }))',
      '.map(({ id }) => ({ id }))',
    ],
    [
      'a subnet gives the address of the gateway away',
      'const reservedAtStart = 4;',
      'const reservedAtStart = 1;',
    ],
    [
      'a subnet shows the endpoints of every other',
      'key(subnet.id))\n    .map(',
      "key(subnet.id) || subnet.name !== '')\n    .map(",
    ],
  ]),
  ...faultsIn('providers/connections.ts', [
    [
      'zone names in small letters',
      "'privatelink.Guestconfiguration.azure.com'",
      "'privatelink.guestconfiguration.azure.com'",
    ],
    ['a zone name less', "  'privatelink.dp.kubernetesconfiguration.azure.com',\n", ''],
  ]),
  ...faultsIn('provider.ts', [
    [
      'resources without tags where they have some',
      '...(tags === undefined ? {} : { tags })',
      '...(tags === undefined ? {} : {})',
    ],
  ]),
  ...faultsIn('world.ts', [
    ['a page is one too long', 'found.slice(skip, end)', 'found.slice(skip, end + 1)'],
    ['a page is one too short', 'found.slice(skip, end)', 'found.slice(skip, end - 1)'],
    ['the last page names another', 'end < found.length ?', 'end <= found.length ?'],
    ['no page names the next', '...(end < found.length ? { nextLink: nextLink(end) } : {})', ''],
    [
      'answers without a date',
      "response.headers['date'] ??= new Date(",
      "response.headers['x-date'] ??= new Date(",
    ],
    ['answers without a request id', "      response.headers['x-ms-request-id'] ??= this.guid();\n", ''],
  ]),
];

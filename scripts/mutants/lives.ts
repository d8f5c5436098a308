import { faultsIn } from './mutant.ts';

/** Things that happen at the wrong time, or that do not happen: operations, deletions, what goes along with them. */
export const lives = [
  ...faultsIn('operations.ts', [
    ['operations are done at once', 'begun.lastsMs / this.#timeFactor', '0 / this.#timeFactor'],
    [
      'operations take twice as long',
      'begun.lastsMs / this.#timeFactor',
      '(2 * begun.lastsMs) / this.#timeFactor',
    ],
    [
      'private DNS polls answer 200',
      "operation.family === 'dns' ? 202 : 200",
      "operation.family === 'dns' ? 200 : 200",
    ],
    [
      'a poll without its signature is answered',
      "(operation.family === 'network' && query.get('s') !== operation.signature)",
      'false',
    ],
    [
      'operations that fail say that they succeeded',
      'status: operation.state, error',
      "status: 'Succeeded', error",
    ],
    ['operations without an address', "'azure-asyncoperation': `${base}/${status}/${id}?${query}`,\n", ''],
    ['a result is 200', 'empty(204, this.#headers(operation))', 'empty(200, this.#headers(operation))'],
    ['polls of servers carry no headers', "operation.family === 'network' ? few : headers", 'few'],
    ['what fails leaves no trace', '    operation.failed?.();\n', ''],
  ]),
  ...faultsIn('providers/endpoint-state.ts', [
    [
      'an endpoint that goes leaves its connection',
      'if (connection !== undefined) world.resources.delete(connection.id);',
      '',
    ],
    ['an endpoint that goes leaves its interface', '    world.resources.delete(id);\n  }', '  }'],
    ['an endpoint that goes keeps its addresses', '    release(world, id);\n', ''],
    ['an endpoint that goes leaves its records', '  removeGroupsOf(world, endpoint);\n', ''],
    [
      'the names of an endpoint do not await approval',
      'approved && own.provisioningState',
      'own.provisioningState',
    ],
    [
      'a deleted connection leaves the endpoint approved',
      "setEndpointState(world, endpoint, 'Disconnected'",
      "setEndpointState(world, endpoint, 'Approved'",
    ],
    [
      'an endpoint never hears of the decision',
      'if (endpoint !== undefined) setEndpointState(world, endpoint, status, description);',
      '',
    ],
  ]),
  ...faultsIn('providers/zone-groups.ts', [
    ['a zone group writes no records', '      writeRecords(world, endpoint, group);\n    });', '    });'],
    [
      'a zone group that goes leaves its records',
      'dropRecords(world, properties.privateDnsZoneId, (owner) => key(owner) === key(group.id));',
      '',
    ],
    ['records live an hour', 'ttl: 10,\n          fqdn', 'ttl: 3600,\n          fqdn'],
    ['an endpoint takes two zone groups', 'others.length > 0', 'others.length > 1'],
    [
      'a zone group is taken before its endpoint is there',
      "!== 'Succeeded') throw busy",
      "=== 'Failed') throw busy",
    ],
  ]),
  ...faultsIn('providers/zones.ts', [
    ['a zone with links can go', 'links.length > 0', 'links.length > 9'],
    ['a zone counts no links', 'numberOfVirtualNetworkLinks: links', 'numberOfVirtualNetworkLinks: 0'],
    [
      'a precondition never fails',
      "call.headers['if-none-match'] === '*'",
      "call.headers['if-none-match'] === '?'",
    ],
    ['an etag that is stale is good', "ifMatch !== '*' &&", "ifMatch === '*' &&"],
    ['private DNS asks for no pause', '    retryAfter: 30,\n', ''],
  ]),
];

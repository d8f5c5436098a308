import { faultsIn } from './mutant.ts';

/** What is let through that Azure refuses, or refused that it lets through. */
export const refusals = [
  ...faultsIn('rate-limits.ts', [
    [
      'there is no limit to writes',
      'new Bucket(200, 10 * this.#factor)',
      'new Bucket(2_000, 10 * this.#factor)',
    ],
    [
      'a bucket holds one request less',
      'this.#tokens < 1) return undefined;\n    this.#tokens -= 1',
      'this.#tokens < 2) return undefined;\n    this.#tokens -= 1',
    ],
    ['deletions count as writes', "method === 'DELETE' ? 'deletes' : 'writes'", "'writes'"],
    ['the window is a minute', 'new Window(320, 300_000', 'new Window(320, 60_000'],
    ['the window tells one more than is left', '    return this.#left;\n', '    return this.#left + 1;\n'],
    ['reads fill up slowly', '25 * this.#factor', '5 * this.#factor'],
  ]),
  ...faultsIn('routing.ts', [
    ['429 without Retry-After', 'seconds) : String(seconds) }', "seconds) : '' }"],
    [
      'answers do not tell what is left of a limit',
      'response.headers[told.header] = String(told.remaining);',
      '',
    ],
    [
      'listings show what may not be read',
      '!world.rules.isHidden(id)',
      "!world.rules.isHidden(id) || id !== ''",
    ],
    ['locks hold nobody up', '  world.rules.checkLock(call.method, call.id);\n', ''],
    ['policies hold nobody up', '  world.rules.checkWrite(type, id);\n', ''],
    [
      'rights on what is referred to are not asked for',
      '  world.rules.authorizeLinks(request.method, provider.type, path, body);\n',
      '',
    ],
    [
      'a group that is not there is no hindrance',
      '    needsGroup(world, parsed);\n',
      '    void needsGroup;\n',
    ],
    [
      'a child without its parent is only not found',
      "parentGone ? 'ParentResourceNotFound' : 'ResourceNotFound'",
      "'ResourceNotFound'",
    ],
  ]),
  ...faultsIn('versions.ts', [
    ['any version will do', 'if (versions.includes(version)) return;', 'if (version !== "") return;'],
    [
      'no version will do',
      'if (version === null)\n',
      'if (version === null) return;\n  if (version === "?")\n',
    ],
    [
      'versions need not be dates',
      '(-preview)?$/.test(version))',
      '(-preview)?$/.test(version) && version === "")',
    ],
  ]),
  ...faultsIn('name-rules.ts', [
    ['names may be of any length', 'name.length <= rule.most', 'true'],
    ['names may be short', 'name.length >= rule.least', 'true'],
    ['names may have any character', 'rule.form.test(name)', 'true'],
    [
      'endpoints may have long names',
      "ofNetworks(64, 2),\n  'microsoft.network/virtualnetworks'",
      "ofNetworks(80, 2),\n  'microsoft.network/virtualnetworks'",
    ],
  ]),
  ...faultsIn('requests.ts', [
    ['anything may be sent', "media === 'application/json'", 'true'],
    ['media types have no parameters', "?.split(';')[0]?.trim()", ''],
  ]),
  ...faultsIn('ids.ts', [
    [
      'ids that begin alike are one below the other',
      '.startsWith(`${key(above)}/`)',
      '.startsWith(key(above))',
    ],
  ]),
  ...faultsIn('rules.ts', [
    ['every right is one to write', 'const action = `${type}/${verb}`;', 'const action = `${type}/write`;'],
  ]),
  ...faultsIn('providers/tags.ts', [
    [
      'tags that are merged replace all',
      "    case 'Merge':\n      return merged(present, given);",
      "    case 'Merge':\n      return given;",
    ],
    ['a tag is deleted whatever its value', '&& of === value', ''],
    [
      'names of tags have two cases',
      'const names = new Set(Object.keys(given).map(key));',
      'const names = new Set(Object.keys(given));',
    ],
  ]),
  ...faultsIn('providers/machines.ts', [
    [
      'servers join scopes of other regions',
      "place(scope.location ?? '') === place(machine.location ?? '')",
      'true',
    ],
    [
      'servers join scopes that are not there',
      'if (scope === undefined)\n',
      'if (scope === undefined && wanted === "?")\n',
    ],
  ]),
  ...faultsIn('entra.ts', [
    ['tokens never end', 'token.endMs <= this.#clock.now()', 'token.endMs <= 0'],
    ['tokens are good for any audience', "this.audience !== '' &&", "this.audience === '' &&"],
    ['a secret that was revoked is good', 'this.#secrets.get(clientId)?.delete(secret)', 'void clientId'],
  ]),
];

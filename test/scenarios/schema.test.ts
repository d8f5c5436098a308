import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCluster, type Cluster } from '../world/kubernetes/cluster.ts';

/** What the real API server says to YAML that is wrong, and what it fills in. */

const subscription = '00000000-0000-0000-0000-00000000000a';
const network = (name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/${name}`;
const endpoint = (name: string, more: object = {}): object => ({
  name,
  subnetId: `${network(name)}/subnets/pe`,
  dns: { resourceGroup: `dns-${name}` },
  ...more,
});

const group = (name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/${name}`;
const tagged = (...additionalServiceTags: object[]): object => ({ id: group('a'), additionalServiceTags });
const fullGroup = (index: number): object => ({
  id: group(`nsg-${index}`),
  additionalServiceTags: Array.from({ length: 20 }, (_, tag) => ({ tag: `Tag${tag}`, priority: 200 + tag })),
});

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
}, 60_000);
afterAll(() => cluster.stop());

const manifest = (kind: string, name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'arcprivatelink.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'default' },
    spec,
  });
const scope = (spec: object = {}, name = 'net'): string =>
  manifest('ArcPrivateLinkScope', name, {
    subscriptionId: subscription,
    resourceGroup: 'rg',
    location: 'westeurope',
    ...spec,
  });
const association = (spec: object = {}, name = 'servers'): string =>
  manifest('ArcServerAssociation', name, { scopeRef: { name: 'net' }, machines: { names: ['a'] }, ...spec });

const apply = async (text: string): Promise<string> => {
  const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], text);
  return code === 0 ? 'accepted' : stderr;
};

describe('kubectl apply', () => {
  it.each([
    ['a scope', scope()],
    ['a location written as in the portal', scope({ location: 'West Europe' }, 'portal')],
    [
      'two endpoints with zones of their own',
      scope({ privateEndpoints: [endpoint('a'), endpoint('b')] }, 'two'),
    ],
    [
      'one set of zones for an endpoint, none for another',
      scope(
        {
          privateEndpoints: [
            endpoint('a'),
            { name: 'b', subnetId: `${network('b')}/subnets/pe`, dns: { mode: 'None' } },
          ],
        },
        'none',
      ),
    ],
    [
      'rules of network security groups, of two groups with the same priorities',
      scope(
        {
          networkSecurityGroups: [
            { id: group('a'), additionalServiceTags: [{ tag: 'AzureFrontDoor.Frontend', priority: 152 }] },
            { id: group('b'), entraPriority: 4096, resourceManagerPriority: 100 },
          ],
        },
        'rules',
      ),
    ],
    [
      'as many rules as there may be',
      scope({ networkSecurityGroups: Array.from({ length: 20 }, (_, index) => fullGroup(index)) }, 'full'),
    ],
    ['an association by name', association()],
    ['an association of every server', association({ machines: { selectionMode: 'All' } }, 'all')],
    [
      'an association with a foreign scope',
      association(
        {
          scopeRef: undefined,
          scopeResourceId: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.HybridCompute/privateLinkScopes/x`,
        },
        'foreign',
      ),
    ],
  ])('takes %s', async (_, text) => {
    expect(await apply(text)).toBe('accepted');
  });

  it.each([
    ['a subscription that is none', scope({ subscriptionId: 'prod' }), 'should match'],
    ['a resource group with a slash', scope({ resourceGroup: 'a/b' }), 'should match'],
    ['no location', scope({ location: undefined }), 'location'],
    ['an unknown field', scope({ publicNetwork: 'Disabled' }), 'unknown field "spec.publicNetwork"'],
    [
      'a field of a later version',
      association({ rollout: { maxPropagating: 5 } }),
      'unknown field "spec.rollout"',
    ],
    ['an unknown value', scope({ publicNetworkAccess: 'Off' }), 'supported values: "Enabled", "Disabled"'],
    ['a subnet that is no id', scope({ privateEndpoints: [{ name: 'a', subnetId: 'pe' }] }), 'should match'],
    ['an azureName that is a step in a path', scope({ azureName: '..' }), 'should match'],
    [
      'a subnet id that leads elsewhere',
      scope({ privateEndpoints: [{ name: 'a', subnetId: `${network('..')}/subnets/pe` }] }),
      'should match',
    ],
    [
      'a linked VNet whose id goes on as a query',
      scope({ privateEndpoints: [endpoint('a', { dns: { linkVirtualNetworkIds: [network('b?c=d')] } })] }),
      'should match',
    ],
    ...(
      [
        ['a group twice, in another case', [{ id: group('a') }, { id: group('A') }], 'is listed twice'],
        ['a group that is none', [{ id: network('a') }], 'should match'],
        ['a priority that Azure refuses', [{ id: group('a'), entraPriority: 99 }], 'should be greater than'],
        ['two rules of one priority', [{ id: group('a'), entraPriority: 151 }], 'have the same priority'],
        [
          'a further tag at the priority of another',
          [tagged({ tag: 'Storage', priority: 152 }, { tag: 'Sql', priority: 152 })],
          'have the same priority',
        ],
        [
          'a tag twice',
          [tagged({ tag: 'Storage', priority: 152 }, { tag: 'storage', priority: 153, ruleName: 'x' })],
          'is named twice',
        ],
        [
          'a tag of the two rules',
          [tagged({ tag: 'azureActiveDirectory', priority: 152 })],
          'is named twice',
        ],
        [
          'two rules of one name',
          [tagged({ tag: 'Storage', priority: 152, ruleName: 'allowazoutboundaccess' })],
          'have the same name',
        ],
        [
          'a name that another rule has by default',
          [
            tagged(
              { tag: 'Sql', priority: 152 },
              { tag: 'Storage', priority: 153, ruleName: 'allowsqloutboundaccess' },
            ),
          ],
          'have the same name',
        ],
        ['a tag that is none', [tagged({ tag: '10.0.0.0/8', priority: 152 })], 'should match'],
      ] as const
    ).map(([what, networkSecurityGroups, why]) => [what, scope({ networkSecurityGroups }), why] as const),
    ['a Secret that cannot be', scope({ credentialsSecretRef: { name: '..' } }), 'should match'],
    [
      'tags whose names differ in case alone',
      scope({ tags: { team: 'a', TEAM: 'b' } }),
      'two tags have names that differ in case alone',
    ],
    ['a tag with a name that Azure refuses', scope({ tags: { '<b>': 'a' } }), 'none of < > % & ? /'],
    [
      "the operator's own tag",
      scope({ tags: { 'Arc-Private-Link-Operator': 'mine' } }),
      "the operator's own; choose another name",
    ],
    [
      'two endpoints of one name',
      scope({ privateEndpoints: [endpoint('a'), endpoint('a')] }),
      'Duplicate value',
    ],
    [
      'two endpoints on one set of zones',
      scope({ privateEndpoints: [endpoint('a'), endpoint('b', { dns: { resourceGroup: 'DNS-A' } })] }),
      'share one set of DNS zones',
    ],
    [
      'two endpoints in one VNet',
      scope({
        privateEndpoints: [
          endpoint('a'),
          { name: 'b', subnetId: `${network('A')}/subnets/x`, dns: { mode: 'None' } },
        ],
      }),
      'in the same VNet',
    ],
    [
      'zones without zones',
      scope({
        privateEndpoints: [
          { name: 'a', subnetId: `${network('a')}/subnets/pe`, dns: { mode: 'None', resourceGroup: 'x' } },
        ],
      }),
      'with mode None or External no zones are made here',
    ],
    [
      'an export of an endpoint that is not there',
      scope({ privateEndpoints: [endpoint('a')], exports: { dns: { privateEndpoints: ['b'] } } }),
      'names an endpoint that privateEndpoints does not have',
    ],
    [
      'forwarders to an endpoint without zones',
      scope({
        privateEndpoints: [{ name: 'a', subnetId: `${network('a')}/subnets/pe`, dns: { mode: 'None' } }],
        exports: { dns: { forwarders: [{ privateEndpoint: 'a', addresses: ['10.0.0.4'] }] } },
      }),
      'there is nothing to forward to',
    ],
    [
      'a forwarder that is no address',
      scope({
        privateEndpoints: [endpoint('a')],
        exports: { dns: { forwarders: [{ privateEndpoint: 'a', addresses: ['10.0.0.400'] }] } },
      }),
      'should match',
    ],
    [
      'a resolver of several endpoints without the one that it shall give',
      scope({
        privateEndpoints: [endpoint('a'), endpoint('b')],
        dnsVerification: { resolvers: [{ name: 'dc1', address: '10.0.0.53' }] },
      }),
      'names in privateEndpoint one of privateEndpoints',
    ],
    [
      'the own resolver of an endpoint that is not there',
      scope({ privateEndpoints: [endpoint('a')], dnsVerification: { podPrivateEndpoint: 'b' } }),
      'podPrivateEndpoint names one of privateEndpoints',
    ],
    ['a name that is too long', scope({}, 'n'.repeat(64)), 'at most 63 characters'],
    ['a selection of nothing', association({ machines: {} }), 'set selectionMode: All'],
    ['All and names', association({ machines: { selectionMode: 'All', names: ['a'] } }), 'remove names'],
    ['no scope', association({ scopeRef: undefined }), 'exactly one of scopeRef and scopeResourceId'],
    [
      'In without values',
      association({ machines: { tagSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } }),
      'In and NotIn need values',
    ],
  ])('refuses %s', async (_, text, part) => {
    expect(await apply(text)).toContain(part);
  });

  it.each([
    ['resourceGroup', scope({ resourceGroup: 'other' }), 'resourceGroup cannot be changed'],
    ['location', scope({ location: 'northeurope' }), 'location cannot be changed'],
    ['azureName', scope({ azureName: 'late' }), 'azureName cannot be changed, added or removed'],
    ['scopeRef', association({ scopeRef: { name: 'other' } }), 'scopeRef cannot be changed'],
  ])('refuses a change of %s', async (_, text, part) => {
    expect(await apply(text)).toContain(part);
  });

  it("refuses a change of an endpoint's subnet and says what to do", async () => {
    expect(
      await apply(
        scope(
          { privateEndpoints: [endpoint('a', { subnetId: `${network('c')}/subnets/pe` }), endpoint('b')] },
          'two',
        ),
      ),
    ).toContain('add an endpoint with another name');
  });

  it('takes the command with which a message gives a rule another priority', async () => {
    expect(await apply(scope({ networkSecurityGroups: [{ id: group('a') }] }, 'moved'))).toBe('accepted');
    const patch = '[{"op":"replace","path":"/spec/networkSecurityGroups/0/entraPriority","value":149}]';
    const command = ['-n', 'default', 'patch', 'apls/moved', '--type=json', '-p', patch];
    expect(await cluster.kubectl(command)).toMatchObject({ code: 0 });
  });

  it('takes another spelling of the same location, and another request message', async () => {
    expect(await apply(scope({ location: 'West Europe' }))).toBe('accepted');
    expect(
      await apply(
        scope({ privateEndpoints: [endpoint('a', { requestMessage: 'please' }), endpoint('b')] }, 'two'),
      ),
    ).toBe('accepted');
  });
});

describe('the examples', () => {
  it.each([
    'quickstart',
    'manual-approval',
    'central-dns',
    'dns-elsewhere',
    'exports',
    'security-rules',
    'dns-verification',
    'associations',
  ])('%s.yaml is taken', async (name) => {
    // The quickstart's namespace is not there in a dry run: its objects go to the default one.
    const text = readFileSync(`examples/${name}.yaml`, 'utf8').replaceAll(
      'namespace: arc-demo',
      'namespace: default',
    );
    const { code, stderr } = await cluster.kubectl(['apply', '--dry-run=server', '-f', '-'], text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('the API server', () => {
  it('fills in the defaults', async () => {
    const { stdout } = await cluster.kubectl(['get', 'apls', 'two', '-o', 'json']);
    const { spec, status } = JSON.parse(stdout) as { spec: { privateEndpoints: object[] }; status: object };
    expect(spec).toMatchObject({ deletionPolicy: 'Delete', suspend: false, tags: {} });
    expect(spec.privateEndpoints[0]).toMatchObject({ approval: 'Automatic', dns: { mode: 'Managed' } });
    expect(status).toEqual({ observedGeneration: -1 });
  });

  it('prints the columns', async () => {
    const scopes = await cluster.kubectl(['get', 'apls']);
    expect(scopes.stdout.split('\n')[0]?.split(/\s+/)).toEqual([
      'NAME',
      'LOCATION',
      'PUBLIC-ACCESS',
      'ENDPOINTS',
      'SERVERS',
      'READY',
      'REASON',
      'AGE',
    ]);
    const associations = await cluster.kubectl(['get', 'asa', '-o', 'wide']);
    expect(associations.stdout.split('\n')[0]?.split(/\s+/)).toEqual([
      'NAME',
      'SCOPE',
      'SELECTED',
      'PROPAGATED',
      'PROPAGATING',
      'REFUSED',
      'READY',
      'REASON',
      'MESSAGE',
      'AGE',
    ]);
    expect((await cluster.kubectl(['get', 'arc'])).stdout).toContain(
      'arcserverassociation.arcprivatelink.io/servers',
    );
  });

  it('explains every field', async () => {
    const { stdout } = await cluster.kubectl([
      'explain',
      'arcprivatelinkscope.spec.privateEndpoints.dns.mode',
    ]);
    expect(stdout).toContain('Default: Managed.');
  });
});

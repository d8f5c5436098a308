import { hub, idOf, otherScopeId, smallSeed, spoke, subscription } from '../../world/small-seed.ts';
import type { Seed } from '../../world/azure/seed.ts';
import type { AzureWorld } from '../../world/azure/world.ts';
import type { Meanings } from './arbitrary.ts';
import type { Spec } from './admission.ts';

/** The Azure that mutated specs meet: the small seed, and beside it what a spec may run into. */

export const elsewhere = '00000000-0000-0000-0000-00000000000b';
export const nowhere = '00000000-0000-0000-0000-00000000000f';

const network = (name: string, own = subscription): string =>
  idOf('rg', 'Microsoft.Network/virtualNetworks', name).replace(subscription, own);
export const third = network('third');
export const far = network('far');
export const owned = network('owned');
export const across = network('across', elsewhere);
/** A private DNS zone of somebody else's, linked to the VNet `owned`. */
export const foreignZone = idOf(
  'rg-other',
  'Microsoft.Network/privateDnsZones',
  'privatelink.his.arc.azure.com',
);

const net = (name: string, location: string, octet: number, own = subscription) => ({
  subscriptionId: own,
  resourceGroup: 'rg',
  name,
  location,
  subnets: { pe: `10.${octet}.0.0/26` },
});
const group = (name: string, subscriptionId = subscription) => ({ subscriptionId, name });

export const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg');
export const nsgAcross = nsg.replace(subscription, elsewhere);
const outbound = { direction: 'Outbound', sourceAddressPrefix: 'VirtualNetwork', sourcePortRange: '*' };
/** Rules of somebody else's: one that allows what a scope may ask for, and one that denies what has a higher number. */
const theirRules = {
  theirs: {
    ...outbound,
    access: 'Allow',
    protocol: 'Tcp',
    priority: 200,
    destinationAddressPrefix: 'Storage',
    destinationPortRange: '443',
  },
  'deny-internet': {
    ...outbound,
    access: 'Deny',
    protocol: '*',
    priority: 3000,
    destinationAddressPrefix: 'Internet',
    destinationPortRange: '*',
  },
};

export const estate: Seed = {
  ...smallSeed,
  resourceGroups: [
    ...smallSeed.resourceGroups,
    ...['rg-third', 'rg-other'].map((name) => group(name)),
    ...['rg', 'rg-dns'].map((name) => group(name, elsewhere)),
  ],
  virtualNetworks: [
    ...(smallSeed.virtualNetworks ?? []),
    net('third', 'westeurope', 2),
    net('far', 'japaneast', 3),
    net('owned', 'westeurope', 4),
    net('across', 'westeurope', 5, elsewhere),
  ],
  networkSecurityGroups: [subscription, elsewhere].map((subscriptionId) => ({
    subscriptionId,
    resourceGroup: 'rg',
    name: 'nsg',
    location: 'westeurope',
    rules: theirRules,
  })),
  servers: [
    ...(smallSeed.servers ?? []),
    {
      subscriptionId: elsewhere,
      resourceGroup: 'rg',
      name: 'remote',
      count: 3,
      location: 'westeurope',
      tags: { site: 'plant', Role: 'db' },
    },
    {
      subscriptionId: subscription,
      resourceGroup: 'rg-third',
      name: 'third',
      count: 3,
      location: 'westeurope',
      tags: { Site: 'Plant', role: 'web', env: '' },
    },
  ],
};

/** What the seed cannot say. */
export function furnish(world: AzureWorld): void {
  world.resources.put({
    id: foreignZone,
    name: 'privatelink.his.arc.azure.com',
    type: 'Microsoft.Network/privateDnsZones',
    location: 'global',
    properties: { provisioningState: 'Succeeded' },
  });
  world.resources.put({
    id: `${foreignZone}/virtualNetworkLinks/theirs`,
    name: 'theirs',
    type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    location: 'global',
    properties: {
      virtualNetwork: { id: owned },
      registrationEnabled: false,
      provisioningState: 'Succeeded',
      virtualNetworkLinkState: 'Completed',
    },
  });
}

const endpoint = (name: string, networkId: string, more: Spec = {}): Spec => ({
  name,
  subnetId: `${networkId}/subnets/pe`,
  ...more,
});
const hubEndpoint = endpoint('hub', hub, {
  dns: { resourceGroup: 'rg-dns', linkVirtualNetworkIds: [spoke] },
});
const scopeBase: Spec = { subscriptionId: subscription, resourceGroup: 'rg', location: 'West Europe' };

/** Specs that work, from which mutations set out. */
export const scopeBases: Readonly<Record<string, Spec>> = {
  one: { ...scopeBase, privateEndpoints: [hubEndpoint], tags: { team: 'net' } },
  two: {
    ...scopeBase,
    publicNetworkAccess: 'Disabled',
    privateEndpoints: [
      endpoint('hub', hub, { dns: { resourceGroup: 'rg-dns' }, requestMessage: 'please' }),
      endpoint('third', third, {
        dns: { resourceGroup: 'rg-third' },
        customNetworkInterfaceName: 'nic-third',
      }),
    ],
  },
  plain: { ...scopeBase, publicNetworkAccess: 'Enabled', azureName: 'Plain_Scope' },
  rules: {
    ...scopeBase,
    networkSecurityGroups: [{ id: nsg, additionalServiceTags: [{ tag: 'Sql', priority: 152 }] }],
  },
  records: {
    ...scopeBase,
    privateEndpoints: [endpoint('hub', hub, { dns: { mode: 'None' } })],
    exports: { dns: { formats: ['Hosts'] }, firewall: { serviceTags: ['AzureArcInfrastructure'] } },
  },
};

const subnets = [hub, spoke, third, far, owned, across].map((id) => `${id}/subnets/pe`);
const subscriptions = [subscription, subscription.toUpperCase(), elsewhere, nowhere];
const groups = ['rg', 'RG', 'rg-dns', 'RG-DNS', 'rg-third', 'rg-other', 'nowhere', 'a(b)_-.c'];

export const scopeMeanings: Meanings = {
  subscriptionId: subscriptions,
  resourceGroup: groups,
  location: ['westeurope', 'WestEurope', 'West  Europe', 'japaneast', 'atlantis'],
  azureName: ['net', 'NET', 'other', 'fresh', '.', '..', 'a.b', '-'],
  publicNetworkAccess: ['Enabled', 'Disabled'],
  tags: [
    { team: 'other' },
    { team: 'net', TEAM: 'two' },
    { 'arc-private-link-operator': 'mine' },
    { 'hidden-link:x': 'y' },
  ],
  'tags{}': ['', 'value', 'ü'.repeat(256)],
  privateEndpoints: [
    endpoint('spoke', spoke, { dns: { resourceGroup: 'rg-other' } }),
    endpoint('spoke', spoke, { dns: { mode: 'None' } }),
    endpoint('third', third, { dns: { resourceGroup: 'rg-third' } }),
    endpoint('third', third, {
      dns: { resourceGroup: 'rg-third' },
      approval: 'Manual',
      requestMessage: 'hello',
    }),
    endpoint('far', far, { dns: { mode: 'None' } }),
    endpoint('across', across, { subscriptionId: elsewhere, dns: { resourceGroup: 'rg-dns' } }),
    endpoint('owned', owned, { dns: { resourceGroup: 'rg-other' } }),
    endpoint('tiny', hub, { subnetId: `${hub}/subnets/tiny`, dns: { mode: 'None' } }),
  ],
  'privateEndpoints[].name': ['hub', 'third', 'new', 'a-b', 'x'.repeat(63)],
  'privateEndpoints[].azureName': ['net-hub', 'NET-HUB', 'named', 'a..b', 'x'.repeat(64), 'x'.repeat(80)],
  'privateEndpoints[].subscriptionId': subscriptions,
  'privateEndpoints[].resourceGroup': groups,
  'privateEndpoints[].subnetId': [
    ...subnets,
    `${hub}/subnets/pe`.toUpperCase(),
    `${hub}/subnets/tiny`,
    `${hub}/subnets/missing`,
    `${network('missing')}/subnets/pe`,
    `${hub}/subnets/..`,
    `${hub}/subnets/p?x=y`,
    `${network('..')}/subnets/pe`,
    `${hub}/subnets/%2e%2e`,
  ],
  'privateEndpoints[].approval': ['Automatic', 'Manual'],
  'privateEndpoints[].requestMessage': ['', 'please', 'ü'.repeat(140)],
  'privateEndpoints[].customNetworkInterfaceName': ['nic', 'NIC', 'n'.repeat(80), 'a/b', '..'],
  'privateEndpoints[].dns': [
    {},
    { mode: 'None' },
    { resourceGroup: 'rg-other' },
    { resourceGroup: 'rg-third' },
    { subscriptionId: elsewhere, resourceGroup: 'rg-dns' },
    { resourceGroup: 'rg-dns', resolutionPolicy: 'NxDomainRedirect' },
  ],
  'privateEndpoints[].dns.mode': ['Managed', 'None'],
  'privateEndpoints[].dns.subscriptionId': subscriptions,
  'privateEndpoints[].dns.resourceGroup': groups,
  'privateEndpoints[].dns.linkVirtualNetworkIds': [
    [],
    [spoke],
    [spoke, third],
    [spoke.toUpperCase()],
    [spoke, spoke.toUpperCase()],
    [hub],
    [owned],
    [across],
    [far],
    [network('missing')],
    [network('..')],
    [network('a?b')],
  ],
  'privateEndpoints[].dns.resolutionPolicy': ['Default', 'NxDomainRedirect'],
  exports: [{}, { dns: {} }, { firewall: {} }, { dns: { privateEndpoints: ['hub'] } }],
  'exports.dns.configMapName': ['net-dns', 'names', 'net-firewall', 'UPPER', '..'],
  'exports.dns.privateEndpoints': [[], ['hub'], ['third'], ['missing']],
  'exports.dns.formats': [['Hosts'], ['Bind', 'Unbound'], []],
  'exports.dns.forwarders': [
    [{ privateEndpoint: 'hub', addresses: ['10.0.0.20'] }],
    [{ privateEndpoint: 'hub', addresses: ['192.168.0.1'] }],
    [{ privateEndpoint: 'missing', addresses: ['10.0.0.20'] }],
  ],
  'exports.firewall.serviceTags': [['Storage'], ['Nowhere'], []],
  'exports.firewall.ipFamilies': [['IPv4'], ['IPv6'], []],
  'exports.firewall.fqdns': ['Include', 'Omit'],
  networkSecurityGroups: [
    { id: nsg },
    { id: nsgAcross },
    { id: nsg.toUpperCase() },
    { id: `${nsg}-missing` },
  ],
  'networkSecurityGroups[].id': [nsg, nsg.toUpperCase(), nsgAcross, `${nsg}-missing`, `${nsg}/..`, hub],
  'networkSecurityGroups[].entraPriority': [99, 100, 150, 151, 152, 200, 2999, 3000, 3001, 4096, 4097],
  'networkSecurityGroups[].resourceManagerPriority': [100, 150, 152, 153, 4096],
  'networkSecurityGroups[].additionalServiceTags': [
    { tag: 'Storage', priority: 160 },
    { tag: 'AzureFrontDoor.Frontend', priority: 161 },
    { tag: 'AzureArcInfrastructure', priority: 162, ruleName: 'theirs' },
  ],
  'networkSecurityGroups[].additionalServiceTags[].tag': [
    'Storage',
    'SQL',
    'AzureFrontDoor.Frontend',
    'AzureActiveDirectory',
    '10.0.0.0/8',
  ],
  'networkSecurityGroups[].additionalServiceTags[].priority': [100, 150, 152, 153, 200, 3001],
  'networkSecurityGroups[].additionalServiceTags[].ruleName': [
    'mine',
    'theirs',
    'THEIRS',
    'allowazoutboundaccess',
    'AllowSqlOutboundAccess',
    'a/b',
    'x'.repeat(80),
  ],
  credentialsSecretRef: [{ name: 'missing' }, { name: 'another' }],
  'credentialsSecretRef.name': ['missing', 'another', 'arc-private-link-credentials', 'not a name'],
  deletionPolicy: ['Delete', 'Retain'],
  managementPolicy: ['Manage', 'Observe'],
  adoptionPolicy: ['Never', 'IfUnowned'],
  suspend: [true, false],
};

export { otherScopeId };

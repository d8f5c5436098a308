import {
  conditions,
  credentialsSecretRef,
  lastHandledReconcileAt,
  managementPolicy,
  nameLength,
  observedGeneration,
  plannedActions,
  plannedActionsTotal,
  summaryColumns,
  suspend,
} from './common.ts';
import { endpoint } from './endpoint.ts';
import { exportsRules, exportsSpec, exportsStatus } from './scope-exports.ts';
import { dnsActivation, heldBack } from './scope-activation.ts';
import { dnsVerification, dnsVerificationRules, dnsVerificationStatus } from './scope-verification.ts';
import { networkSecurityGroups, networkSecurityGroupsStatus, networksStatus } from './scope-networks.ts';
import {
  choice,
  count,
  immutable,
  resourceGroup,
  scopeName,
  subscriptionId,
  text,
  type KindDefinition,
  type Rule,
  type Schema,
} from './schema.ts';

/** ArcPrivateLinkScope. */

/** The subscription and resource group of an endpoint's zones, defaults resolved, as one text. */
const zoneSet = (e: string): string =>
  `((has(${e}.dns.subscriptionId) ? ${e}.dns.subscriptionId : has(${e}.subscriptionId) ? ${e}.subscriptionId : self.subscriptionId)` +
  ` + '/' + (has(${e}.dns.resourceGroup) ? ${e}.dns.resourceGroup : has(${e}.resourceGroup) ? ${e}.resourceGroup : self.resourceGroup)).lowerAscii()`;

/** Where an endpoint lies in Azure, defaults resolved. */
const azureAddress = (e: string): string =>
  `((has(${e}.subscriptionId) ? ${e}.subscriptionId : self.subscriptionId) + '/' + (has(${e}.resourceGroup) ? ${e}.resourceGroup : self.resourceGroup)` +
  ` + '/' + (has(${e}.azureName) ? ${e}.azureName : ${e}.name)).lowerAscii()`;

const network = (e: string): string => `${e}.subnetId.lowerAscii().split('/subnets/')[0]`;

/** Azure's own rules for names of tags (learn: "Use tags to organize your Azure resources"). */
const tagRules: readonly Rule[] = [
  {
    rule: 'self.all(a, self.exists_one(b, a.lowerAscii() == b.lowerAscii()))',
    message:
      'two tags have names that differ in case alone, which Azure takes for one tag; remove one of them',
  },
  {
    rule: String.raw`self.all(a, size(a) > 0 && size(a) <= 512 && !a.matches('[<>%&?/\\\\]'))`,
    message: 'a name of a tag has 1 to 512 characters, and none of < > % & ? / and the backslash',
  },
  {
    rule: "self.all(a, !(a.lowerAscii() in ['arc-private-link-operator', 'arc-private-link-adopted']))",
    message:
      "the tags arc-private-link-operator and arc-private-link-adopted are the operator's own; choose another name",
  },
];

const endpoints: Schema = {
  type: 'array',
  description:
    'Private endpoints of the scope, one for each network that reaches Azure Arc through it. Default: none.',
  default: [],
  maxItems: 50,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: endpoint,
};

const spec: Schema = {
  type: 'object',
  title: 'ArcPrivateLinkScopeSpec',
  description: 'The scope as it shall be.',
  required: ['subscriptionId', 'resourceGroup', 'location'],
  properties: {
    subscriptionId: subscriptionId('Azure subscription of the scope. Immutable.'),
    resourceGroup: resourceGroup('Resource group of the scope; it must exist. Immutable.'),
    location: text('Azure region of the scope and of its servers, e.g. westeurope. Immutable.', 60, {
      minLength: 1,
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ]*$',
    }),
    azureName: text('Name of the scope in Azure. Default: metadata.name. Immutable.', 255, {
      minLength: 1,
      pattern: `^${scopeName}$`,
    }),
    publicNetworkAccess: choice(
      'Whether servers of the scope may also use the public endpoints: Enabled or Disabled. Default: Disabled when the operator creates the scope, not managed afterwards. Enabled to Disabled waits for servers still propagating.',
      ['Enabled', 'Disabled'],
    ),
    tags: {
      type: 'object',
      description:
        'Azure tags for every taggable resource that is created; tags that others set are kept. Default: none.',
      default: {},
      maxProperties: 15,
      additionalProperties: text('Value of the tag.', 256),
      'x-kubernetes-validations': tagRules,
    },
    privateEndpoints: endpoints,
    dnsActivation,
    dnsVerification,
    exports: exportsSpec,
    networkSecurityGroups,
    credentialsSecretRef,
    deletionPolicy: choice(
      'What deleting this object does in Azure. Delete: everything that the operator created is deleted. Retain: Azure is left as it is. May be changed while the object is terminating. Default: Delete.',
      ['Delete', 'Retain'],
      { default: 'Delete' },
    ),
    managementPolicy,
    adoptionPolicy: choice(
      "What happens to a resource that exists already and is nobody else's. Never: it is left untouched, and the object is Stalled with AlreadyExists. IfUnowned: it is managed from now on, and left in place, untagged, at deletion. Default: Never.",
      ['Never', 'IfUnowned'],
      { default: 'Never' },
    ),
    suspend,
  },
  'x-kubernetes-validations': [
    {
      rule: 'self.subscriptionId == oldSelf.subscriptionId',
      message: 'subscriptionId cannot be changed later; create another object instead',
    },
    {
      rule: 'self.resourceGroup == oldSelf.resourceGroup',
      message: 'resourceGroup cannot be changed later; create another object instead',
    },
    {
      rule: "self.location.lowerAscii().replace(' ', '') == oldSelf.location.lowerAscii().replace(' ', '')",
      message: 'location cannot be changed later; create another object instead',
    },
    immutable('azureName'),
    {
      rule: `self.privateEndpoints.all(a, a.dns.mode in ['None', 'External'] || self.privateEndpoints.exists_one(b, b.dns.mode in ['Managed', 'Existing'] && ${zoneSet('a')} == ${zoneSet('b')}))`,
      message:
        'two privateEndpoints share one set of DNS zones (same subscription and resource group), which Azure cannot keep apart; give each its own dns.resourceGroup, or link the other VNet with dns.linkVirtualNetworkIds',
    },
    {
      rule: `self.privateEndpoints.all(a, self.privateEndpoints.exists_one(b, ${network('a')} == ${network('b')}))`,
      message:
        'two privateEndpoints are in the same VNet; one endpoint serves the whole VNet, remove the other',
    },
    {
      rule: `self.privateEndpoints.all(a, self.privateEndpoints.exists_one(b, ${azureAddress('a')} == ${azureAddress('b')}))`,
      message: 'two privateEndpoints have the same name in Azure; give one another azureName',
    },
    ...dnsVerificationRules,
    ...exportsRules,
  ],
};

const record: Schema = {
  type: 'object',
  title: 'DnsRecord',
  description: 'An A record.',
  required: ['zone', 'name', 'fqdn', 'addresses'],
  properties: {
    zone: text('Private DNS zone, e.g. privatelink.his.arc.azure.com.', 255),
    name: text('Name of the record within the zone.', 255),
    fqdn: text('The name that servers look up.', 255),
    addresses: {
      type: 'array',
      description: 'IPv4 addresses.',
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
      items: text('An IPv4 address.', 45),
    },
  },
};

const endpointStatus: Schema = {
  type: 'object',
  title: 'EndpointStatus',
  description: 'A private endpoint as it is.',
  required: ['name'],
  properties: {
    name: text('Name of the endpoint within this object.', 63),
    id: text('ARM id.', 800),
    location: text('Azure region.', 60),
    provisioningState: text("Azure's word for how far it is, e.g. Updating or Succeeded.", 60),
    connectionState: text('Pending, Approved, Rejected or Disconnected.', 60),
    networkInterfaceId: text('ARM id of its network interface.', 800),
    zoneResourceGroupId: text('ARM id of the resource group whose zones the operator made for it.', 400),
    records: {
      type: 'array',
      description:
        'The DNS records of the endpoint. With dns.mode None these are the ones to make elsewhere.',
      maxItems: 100,
      'x-kubernetes-list-type': 'atomic',
      items: record,
    },
  },
};

const status: Schema = {
  type: 'object',
  title: 'ArcPrivateLinkScopeStatus',
  description: 'The scope as the operator saw it last. Written by the operator alone.',
  default: { observedGeneration: -1 },
  properties: {
    observedGeneration,
    lastHandledReconcileAt,
    resourceId: text('ARM id of the scope.', 800),
    privateLinkScopeId: text("The scope's own GUID.", 64),
    publicNetworkAccess: text('As observed in Azure.', 60),
    endpointsReady: text(
      'Private endpoints that are approved and provisioned, of all that are wanted, e.g. 2/2.',
      10,
    ),
    servers: count('How many Arc-enabled servers Azure shows in the scope.'),
    endpoints: {
      type: 'array',
      description: 'The private endpoints.',
      maxItems: 100,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: endpointStatus,
    },
    heldBack,
    dnsVerification: dnsVerificationStatus,
    exports: exportsStatus,
    networkSecurityGroups: networkSecurityGroupsStatus,
    networks: networksStatus,
    inventory: {
      type: 'array',
      description:
        "What is this object's in Azure: written down before it is made, and struck out when Azure says that it is gone.",
      maxItems: 4000,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        title: 'InventoryItem',
        description: 'A resource of this object.',
        required: ['id', 'origin'],
        properties: {
          id: text('ARM id.', 800),
          origin: choice(
            'Created: made by this object and deleted with it. Adopted: it existed before and is left in place.',
            ['Created', 'Adopted'],
          ),
        },
      },
    },
    plannedActions,
    plannedActionsTotal,
    conditions,
  },
};

export const scopeKind: KindDefinition = {
  kind: 'ArcPrivateLinkScope',
  plural: 'arcprivatelinkscopes',
  singular: 'arcprivatelinkscope',
  shortName: 'apls',
  description:
    'An Azure Arc private link scope with its private endpoints and private DNS. The operator makes Azure look like spec, keeps it so, and tells in status what it found.',
  columns: [
    { name: 'Location', type: 'string', jsonPath: '.spec.location', description: 'Azure region' },
    {
      name: 'Public-Access',
      type: 'string',
      jsonPath: '.status.publicNetworkAccess',
      description: 'As observed',
    },
    { name: 'Endpoints', type: 'string', jsonPath: '.status.endpointsReady', description: 'Ready and total' },
    { name: 'Servers', type: 'integer', jsonPath: '.status.servers', description: 'Servers in the scope' },
    ...summaryColumns,
  ],
  properties: { spec, status },
  required: ['spec'],
  rules: [nameLength],
  hasStatus: true,
};

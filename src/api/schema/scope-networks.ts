import { armIdPattern, choice, integer, networkName, text, type Schema } from './schema.ts';

/** Network security groups of a scope and what was seen of its networks. */

const priority = (description: string, standard?: number): Schema =>
  integer(description, 100, 4096, standard === undefined ? {} : { default: standard });

const additionalServiceTag: Schema = {
  type: 'object',
  title: 'AdditionalServiceTag',
  description: 'A further service that servers reach over the Internet.',
  required: ['tag', 'priority'],
  properties: {
    tag: text('Service tag, e.g. AzureFrontDoor.Frontend.', 60, {
      minLength: 1,
      pattern: '^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$',
    }),
    priority: priority('Priority of its rule; lower than that of any rule that denies Internet access.'),
    ruleName: text('Name of its rule. Default: Allow<tag without dots>OutboundAccess.', 80, {
      minLength: 1,
      pattern: `^${networkName}$`,
    }),
  },
};

const tags = 'self.additionalServiceTags';
const ruleNameOf = (t: string): string =>
  `(has(${t}.ruleName) ? ${t}.ruleName : 'Allow' + ${t}.tag.replace('.', '') + 'OutboundAccess').lowerAscii()`;

const securityGroup: Schema = {
  type: 'object',
  title: 'NetworkSecurityGroupSpec',
  description: 'The rules of one group. Every rule is Outbound Allow Tcp, VirtualNetwork:* -> <tag>:443.',
  required: ['id'],
  properties: {
    id: text('ARM id of the network security group; it must exist.', 500, {
      pattern: armIdPattern('Microsoft.Network/networkSecurityGroups', networkName),
    }),
    entraPriority: priority(
      'Priority of rule AllowAADOutboundAccess, to AzureActiveDirectory; lower than that of any rule that denies Internet access. Default: 150.',
      150,
    ),
    resourceManagerPriority: priority(
      'Priority of rule AllowAzOutboundAccess, to AzureResourceManager. Default: 151.',
      151,
    ),
    additionalServiceTags: {
      type: 'array',
      description: 'Rules for further services. Default: none.',
      default: [],
      maxItems: 20,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['tag'],
      items: additionalServiceTag,
    },
  },
  'x-kubernetes-validations': [
    {
      rule: `self.entraPriority != self.resourceManagerPriority && ${tags}.all(a, a.priority != self.entraPriority && a.priority != self.resourceManagerPriority && ${tags}.exists_one(b, b.priority == a.priority))`,
      message: 'two rules of a network security group have the same priority; give each its own',
    },
    {
      rule: `${tags}.all(a, !(a.tag.lowerAscii() in ['azureactivedirectory', 'azureresourcemanager']) && ${tags}.exists_one(b, b.tag.lowerAscii() == a.tag.lowerAscii()))`,
      message:
        'a service tag is named twice; AzureActiveDirectory and AzureResourceManager always have their rules',
    },
    {
      rule: `${tags}.all(a, !(${ruleNameOf('a')} in ['allowaadoutboundaccess', 'allowazoutboundaccess']) && ${tags}.exists_one(b, ${ruleNameOf('b')} == ${ruleNameOf('a')}))`,
      message: 'two rules of a network security group have the same name; give one another ruleName',
    },
  ],
};

/** spec.networkSecurityGroups. */
export const networkSecurityGroups: Schema = {
  type: 'array',
  description:
    'Network security groups that let servers reach what has no private endpoint: Microsoft Entra ID, Azure Resource Manager and further service tags. Single rules are written, never a group. Default: none.',
  default: [],
  maxItems: 20,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['id'],
  items: securityGroup,
  'x-kubernetes-validations': [
    {
      rule: 'self.all(a, self.exists_one(b, b.id.lowerAscii() == a.id.lowerAscii()))',
      message: 'a network security group is listed twice; remove one of the entries',
    },
  ],
};

const ruleStatus: Schema = {
  type: 'object',
  title: 'SecurityRuleStatus',
  description: 'A rule that the spec asks for, as it is.',
  required: ['name', 'priority', 'state'],
  properties: {
    name: text("Name of the rule; of an equal one of someone else, that one's.", 80),
    priority: { type: 'integer', format: 'int32', description: 'Its priority.' },
    state: choice(
      'Present; Missing; PriorityConflict: another rule has its priority; Shadowed: a rule with a lower number denies what it allows.',
      ['Present', 'Missing', 'PriorityConflict', 'Shadowed'],
    ),
    origin: choice(
      'Created: made by this object. Found: someone else made an equal one, which is left alone.',
      ['Created', 'Found'],
    ),
    conflictsWith: text('Name of the rule that stands in the way.', 80),
  },
};

/** status.networkSecurityGroups. */
export const networkSecurityGroupsStatus: Schema = {
  type: 'array',
  description: 'The rules of the network security groups.',
  maxItems: 20,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['id'],
  items: {
    type: 'object',
    title: 'NetworkSecurityGroupStatus',
    description: 'A network security group.',
    required: ['id', 'rules'],
    properties: {
      id: text('ARM id of the group.', 500),
      rules: {
        type: 'array',
        description: 'The rules that the spec asks for.',
        maxItems: 22,
        'x-kubernetes-list-type': 'atomic',
        items: ruleStatus,
      },
    },
  },
};

/** status.networks. */
export const networksStatus: Schema = {
  type: 'array',
  description:
    'What was seen of the VNets of the private endpoints, once an hour at most. Information alone.',
  maxItems: 50,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['id'],
  items: {
    type: 'object',
    title: 'NetworkStatus',
    description: 'The VNet of a private endpoint.',
    required: ['id', 'hybridConnection'],
    properties: {
      id: text('ARM id of the VNet.', 500),
      hybridConnection: choice(
        'Whether a VPN or ExpressRoute gateway of the VNet, or of one that it is peered with, has a connection. Unknown: the identity may not see it all.',
        ['Found', 'NotFound', 'Unknown'],
      ),
      dnsServers: {
        type: 'array',
        description:
          "DNS servers that are set on the VNet; empty for Azure's own. With servers of its own, a VNet resolves through linked zones only where they forward to 168.63.129.16.",
        maxItems: 50,
        'x-kubernetes-list-type': 'atomic',
        items: text('An address.', 45),
      },
      privateEndpointNetworkPolicies: text(
        "Whether network security groups and routes of the endpoint's subnet apply to the endpoint: Disabled, Enabled, NetworkSecurityGroupEnabled or RouteTableEnabled.",
        60,
      ),
    },
  },
};

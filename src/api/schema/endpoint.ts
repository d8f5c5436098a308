import {
  armIdPattern,
  choice,
  immutable,
  label,
  networkName,
  resourceGroup,
  subscriptionId,
  text,
  type Schema,
} from './schema.ts';

/** One private endpoint of a scope and its DNS. */

const networkType = 'Microsoft.Network/virtualNetworks';

const dns: Schema = {
  type: 'object',
  title: 'EndpointDns',
  description: 'How the names of the endpoint are resolved. Default: mode Managed.',
  default: {},
  properties: {
    mode: choice(
      'Managed: the private DNS zones, their VNet links and the zone group are made here. Existing: the zones are there, as those of a central DNS hub; the zone group is made, and links to the VNets of linkVirtualNetworkIds alone. External: a policy or another team makes the zone group; it is waited for, and never written. None: no Azure DNS; the records to make elsewhere are in status.endpoints. Default: Managed.',
      ['Managed', 'Existing', 'External', 'None'],
      { default: 'Managed' },
    ),
    subscriptionId: subscriptionId("Subscription of the zones. Default: the endpoint's."),
    resourceGroup: resourceGroup(
      "Existing resource group of the zones. Default: the endpoint's. One set of zones (subscription and resource group) serves exactly one endpoint.",
    ),
    linkVirtualNetworkIds: {
      type: 'array',
      description:
        "ARM ids of VNets that resolve through this endpoint's zones, beside the endpoint's own VNet (with mode Existing: these alone). A VNet can be linked to one set of zones only. Default: none.",
      maxItems: 50,
      'x-kubernetes-list-type': 'set',
      items: text('ARM id of a VNet.', 400, {
        pattern: armIdPattern(networkType, networkName),
      }),
    },
    resolutionPolicy: choice(
      'NxDomainRedirect: names that the zones lack are asked of public DNS; Default: they do not exist. Default: Default.',
      ['Default', 'NxDomainRedirect'],
    ),
  },
  'x-kubernetes-validations': [
    {
      rule: "self.mode in ['Managed', 'Existing'] || (!has(self.subscriptionId) && !has(self.resourceGroup) && !has(self.linkVirtualNetworkIds) && !has(self.resolutionPolicy))",
      message:
        'with mode None or External no zones are made here: remove subscriptionId, resourceGroup, linkVirtualNetworkIds and resolutionPolicy',
    },
  ],
};

export const endpoint: Schema = {
  type: 'object',
  title: 'EndpointSpec',
  description:
    'A private endpoint. To change anything but dns and requestMessage, remove it and add another name.',
  required: ['name', 'subnetId'],
  properties: {
    name: label('Name of the endpoint within this object.'),
    azureName: text(
      'Name of the endpoint in Azure. Default: <name of this object>-<name>, which ends in a digest where it has more than 64 characters. Immutable.',
      64,
      {
        minLength: 2,
        pattern: `^${networkName}$`,
      },
    ),
    subscriptionId: subscriptionId("Subscription of the endpoint. Default: the scope's. Immutable."),
    resourceGroup: resourceGroup("Existing resource group of the endpoint. Default: the scope's. Immutable."),
    subnetId: text(
      "ARM id of the subnet; its VNet gives the endpoint's region. Seven free addresses are needed. Immutable.",
      500,
      { pattern: armIdPattern(networkType, `${networkName}/subnets/${networkName}`) },
    ),
    approval: choice(
      'Automatic: the operator may approve the connection itself. Manual: the owner of the scope approves it; until then the object is Reconciling. Default: Automatic. Immutable.',
      ['Automatic', 'Manual'],
      { default: 'Automatic' },
    ),
    requestMessage: text(
      'What the approver of a Manual connection reads, at most 140 characters. Default: none.',
      140,
    ),
    customNetworkInterfaceName: text(
      "Name of the endpoint's network interface. Default: Azure's choice. Immutable.",
      80,
      { minLength: 1, pattern: `^${networkName}$` },
    ),
    dns,
  },
  'x-kubernetes-validations': [
    immutable('azureName', "an endpoint's azureName"),
    immutable('subscriptionId', "an endpoint's subscriptionId"),
    immutable('resourceGroup', "an endpoint's resourceGroup"),
    immutable('subnetId', "an endpoint's subnetId"),
    immutable('approval', "an endpoint's approval"),
    immutable('customNetworkInterfaceName', "an endpoint's customNetworkInterfaceName"),
  ].map((rule) => ({
    ...rule,
    message: rule.message
      .replace('create another object', 'remove it and add an endpoint with another name')
      .replace(' instead', ''),
  })),
};

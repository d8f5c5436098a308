import { choice, label, objectName, text, type Rule, type Schema } from './schema.ts';

/** What a scope exports into ConfigMaps of its namespace. */

const configMapName = (what: string): Schema => objectName(`Name of the ConfigMap. Default: ${what}.`, 240);

export const dnsFormats = ['Hosts', 'Bind', 'Dnsmasq', 'Unbound', 'CoreDNS', 'WindowsDNS'] as const;

const forwarder: Schema = {
  type: 'object',
  title: 'ExportedForwarder',
  description:
    'Conditional forwarders on the public suffixes of an endpoint with Azure DNS, to a DNS forwarder in Azure.',
  required: ['privateEndpoint', 'addresses'],
  properties: {
    privateEndpoint: label(
      'Name of a private endpoint of this object whose dns.mode is Managed or Existing.',
    ),
    addresses: {
      type: 'array',
      description:
        'IPv4 addresses of the DNS forwarder in Azure. Each has to lie in a VNet that is linked to the zones of the endpoint.',
      minItems: 1,
      maxItems: 4,
      'x-kubernetes-list-type': 'set',
      items: text('An IPv4 address.', 15, {
        pattern: String.raw`^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$`,
      }),
    },
  },
};

const dns: Schema = {
  type: 'object',
  title: 'DnsExport',
  description:
    "The endpoints' DNS records, in the forms that name servers and hosts files take. Default: off.",
  properties: {
    configMapName: configMapName('<name of this object>-dns'),
    privateEndpoints: {
      type: 'array',
      description: 'Names of the private endpoints whose records are exported. Default: all.',
      default: [],
      maxItems: 50,
      'x-kubernetes-list-type': 'set',
      items: label('Name of a private endpoint of this object.'),
    },
    formats: {
      type: 'array',
      description:
        'Hosts: blocks for hosts files and scripts that apply and remove them. Bind, Dnsmasq, Unbound, CoreDNS, WindowsDNS: what those name servers load. Default: all.',
      default: [...dnsFormats],
      minItems: 1,
      maxItems: dnsFormats.length,
      'x-kubernetes-list-type': 'set',
      items: choice('A form.', dnsFormats),
    },
    forwarders: {
      type: 'array',
      description:
        'Conditional forwarders for endpoints with Azure DNS, in every form but Hosts. Default: none.',
      default: [],
      maxItems: 50,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['privateEndpoint'],
      items: forwarder,
    },
  },
};

/** As a scope's servers need them (learn, "Connected Machine agent network requirements"). */
const usualServiceTags = [
  'AzureActiveDirectory',
  'AzureResourceManager',
  'AzureTrafficManager',
  'AzureArcInfrastructure',
  'Storage',
  'AzureFrontDoor.Frontend',
];

const firewall: Schema = {
  type: 'object',
  title: 'FirewallExport',
  description: 'The address ranges of service tags, as Azure publishes them, for firewalls. Default: off.',
  properties: {
    configMapName: configMapName('<name of this object>-firewall'),
    serviceTags: {
      type: 'array',
      description:
        'Service tags. Default: those that servers need which stay on public addresses with private link.',
      default: usualServiceTags,
      minItems: 1,
      maxItems: 50,
      'x-kubernetes-list-type': 'set',
      items: text('Name of a service tag, e.g. AzureActiveDirectory or Storage.WestEurope.', 80, {
        minLength: 1,
        pattern: String.raw`^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$`,
      }),
    },
    ipFamilies: {
      type: 'array',
      description: 'Which ranges are written. Default: IPv4 and IPv6.',
      default: ['IPv4', 'IPv6'],
      minItems: 1,
      maxItems: 2,
      'x-kubernetes-list-type': 'set',
      items: choice('A family of addresses.', ['IPv4', 'IPv6']),
    },
    fqdns: choice(
      'Include: host names as well that no tag covers (sign-in, notifications, downloads), as the cloud has them. Omit: ranges alone. Default: Include.',
      ['Include', 'Omit'],
      { default: 'Include' },
    ),
  },
};

export const exportsSpec: Schema = {
  type: 'object',
  title: 'ExportsSpec',
  description:
    'ConfigMaps that are written in the namespace of this object, owned by it and removed with the field. Default: none.',
  properties: { dns, firewall },
};

const endpointsOf = (names: string, what: string, more: string): string =>
  `!has(self.exports) || !has(self.exports.dns) || !has(self.exports.dns.${names}) || self.exports.dns.${names}.all(n, self.privateEndpoints.exists(e, e.name == ${what}${more}))`;

/** Rules on the whole spec: exports speak of its endpoints. */
export const exportsRules: readonly Rule[] = [
  {
    rule: endpointsOf('privateEndpoints', 'n', ''),
    message:
      'exports.dns.privateEndpoints names an endpoint that privateEndpoints does not have; correct the name',
  },
  {
    rule: endpointsOf('forwarders', 'n.privateEndpoint', " && e.dns.mode in ['Managed', 'Existing']"),
    message:
      'exports.dns.forwarders is for endpoints of privateEndpoints whose dns.mode is Managed or Existing: where no zones are known there is nothing to forward to',
  },
];

export const exportsStatus: Schema = {
  type: 'array',
  description: 'What was exported, one entry a part of spec.exports.',
  maxItems: 25,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: {
    type: 'object',
    title: 'ExportStatus',
    description: 'One part of spec.exports.',
    required: ['name', 'configMapNames'],
    properties: {
      name: text('dns or firewall.', 63),
      configMapNames: {
        type: 'array',
        description: 'ConfigMaps that hold it, and those that are about to be written.',
        maxItems: 40,
        'x-kubernetes-list-type': 'atomic',
        items: text('Name of a ConfigMap.', 253),
      },
      changeNumber: text('Of the service tags, as Azure counts their changes.', 64),
      reason: choice(
        'Written: it is as it shall be. WaitingForRecords: an endpoint cannot serve yet, or no longer. ExportNameTaken: a ConfigMap of that name is not ours. TooLarge: it does not fit into 20 ConfigMaps. Absent while it is still to be written.',
        ['Written', 'WaitingForRecords', 'ExportNameTaken', 'TooLarge'],
      ),
    },
  },
};

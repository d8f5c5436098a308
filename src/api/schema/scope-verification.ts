import { choice, integer, label, text, type Rule, type Schema } from './schema.ts';

/** Whether resolvers give the addresses of a scope's endpoints. */

const resolver: Schema = {
  type: 'object',
  title: 'Resolver',
  description: 'A DNS server that is asked.',
  required: ['name', 'address'],
  properties: {
    name: label('Name of the resolver within this object; "pod" is the Pod\'s own.'),
    address: text(
      'IP address; it has to lie in the ranges of the flag --allowed-resolver-cidrs, by default private ones.',
      45,
      { minLength: 2, pattern: '^[0-9a-fA-F:.]+$' },
    ),
    port: integer('Port. Default: 53.', 1, 65_535, { default: 53 }),
    protocol: choice('UDP or TCP. Default: UDP.', ['UDP', 'TCP'], { default: 'UDP' }),
    privateEndpoint: label(
      'Name of the private endpoint whose addresses are expected. Default: the only one.',
    ),
  },
};

export const dnsVerification: Schema = {
  type: 'object',
  title: 'DnsVerificationSpec',
  description:
    'Resolvers are asked for every name of the endpoints, from where the operator runs; the condition DNSVerified says what they answer. Default: off.',
  properties: {
    intervalSeconds: integer('How often. Default: 300.', 60, 86_400, { default: 300 }),
    timeoutSeconds: integer('How long a question may take. Default: 5.', 1, 30, { default: 5 }),
    resolvers: {
      type: 'array',
      description: "The resolvers. Default: the Pod's own, named pod.",
      default: [],
      maxItems: 20,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: resolver,
    },
    podPrivateEndpoint: label(
      "Name of the private endpoint whose addresses the Pod's own resolver is expected to give. Default: the only one.",
    ),
  },
};

const isOne = (name: string): string =>
  `(has(${name}) ? self.privateEndpoints.exists(e, e.name == ${name}) : size(self.privateEndpoints) == 1)`;

export const dnsVerificationRules: readonly Rule[] = [
  {
    rule: `!has(self.dnsVerification) || self.dnsVerification.resolvers.all(r, ${isOne('r.privateEndpoint')})`,
    message:
      'dnsVerification: each resolver names in privateEndpoint one of privateEndpoints, whose addresses it shall give; with a single endpoint it may be left out',
  },
  {
    rule: `!has(self.dnsVerification) || size(self.dnsVerification.resolvers) > 0 || ${isOne('self.dnsVerification.podPrivateEndpoint')}`,
    message:
      'dnsVerification: podPrivateEndpoint names one of privateEndpoints; with a single endpoint it may be left out',
  },
];

export const dnsVerificationStatus: Schema = {
  type: 'array',
  description: 'What each resolver answers; it changes only with that.',
  maxItems: 20,
  'x-kubernetes-list-type': 'atomic',
  items: {
    type: 'object',
    title: 'DnsVerification',
    description: 'What a resolver answers.',
    required: ['resolver', 'privateEndpoint', 'result', 'since'],
    properties: {
      resolver: text('Name of the resolver.', 63),
      privateEndpoint: text('Name of the endpoint whose addresses it shall give.', 63),
      result: choice(
        'Verified: for every name only addresses of the endpoint. PublicAddress, NameNotFound, TimedOut, ServerFailure, OtherEndpoint (of this object) or UnknownAddress (private, and none of the endpoint): what came for the first name that differs.',
        [
          'Verified',
          'PublicAddress',
          'NameNotFound',
          'TimedOut',
          'ServerFailure',
          'OtherEndpoint',
          'UnknownAddress',
        ],
      ),
      fqdn: text('The first name that differs.', 255),
      answers: {
        type: 'array',
        description: 'What came for it.',
        maxItems: 10,
        'x-kubernetes-list-type': 'atomic',
        items: text("An address, or the server's own word.", 45),
      },
      since: { type: 'string', format: 'date-time', description: 'Since when it is so.' },
    },
  },
};

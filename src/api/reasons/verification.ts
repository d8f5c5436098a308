import { tryAgain, type ReasonRow } from './row.ts';

/** What resolvers answer in place of the endpoints' addresses; none of it changes Ready. */

const on = { scope: ['DNSVerified'] } as const;
const show = "kubectl -n NAMESPACE get apls NAME -o jsonpath='{.status.dnsVerification}'";
const look = 'nslookup NAME_ASKED_FOR RESOLVER';

export const verification = {
  Verifying: {
    meaning: 'Resolvers are being asked, or the addresses of an endpoint are not known yet.',
    on,
    kind: 'aside',
    cause: 'The first round is not over, or an endpoint is not provisioned.',
    cure: 'Nothing to do; `status.endpoints` has the addresses as soon as they are known.',
    commands: ['kubectl -n NAMESPACE get apls NAME -o jsonpath="{.status.endpoints}"'],
  },
  ResolverNotAllowed: {
    meaning: 'The address of a resolver is in none of the ranges that the operator may ask.',
    on,
    kind: 'aside',
    cause: 'The operator asks only resolvers in `--allowed-resolver-cidrs`, by default private ranges.',
    cure: 'Name a resolver in these ranges, or have its range added to the flag (`allowedResolverCidrs` in the chart).',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  PublicAddress: {
    meaning: 'A resolver gives public addresses: servers that use it do not reach the endpoint.',
    on,
    kind: 'aside',
    cause: 'It does not forward the public suffix to Azure, or has no record of its own for the name.',
    cure: 'Add a conditional forwarder on the public suffix (not on `privatelink.…`) to a DNS forwarder in Azure, or the records; `spec.exports.dns` writes both.',
    commands: [look, show],
  },
  NameNotFound: {
    meaning: 'A resolver knows no address of a name of the endpoint.',
    on,
    kind: 'aside',
    cause:
      'A zone for the suffix is there without this record, or it forwards to where the zones are not linked.',
    cure: 'Make the record, or link the VNet of the DNS forwarder (`dns.linkVirtualNetworkIds`).',
    commands: [look, show],
  },
  TimedOut: {
    meaning: 'A resolver does not answer.',
    on,
    kind: 'aside',
    cause:
      "It is down, not reachable from the operator's Pod (a network policy, a firewall), or waits for what it forwards to.",
    cure: 'Ask it from a Pod of the same namespace; `networkPolicy.egressPorts` of the chart opens other ports than 53.',
    commands: [look, show],
  },
  ServerFailure: {
    meaning: 'A resolver answers that it cannot answer.',
    on,
    kind: 'aside',
    cause: 'What it forwards to fails or refuses, or it does not serve the network of the Pod.',
    cure: 'Look at its log, and ask what it forwards to.',
    commands: [look, show],
  },
  OtherEndpoint: {
    meaning: 'A resolver gives the addresses of another endpoint of this object.',
    on,
    kind: 'aside',
    cause: "It forwards to a DNS forwarder in another endpoint's network.",
    cure: 'Forward to one in the network of the endpoint that its servers are to use, or name that endpoint in `privateEndpoint`.',
    commands: [look, show],
  },
  UnknownAddress: {
    meaning: 'A resolver gives private addresses that are none of the endpoint.',
    on,
    kind: 'aside',
    cause: 'A record of an endpoint that was replaced, or of another private link.',
    cure: 'Bring the record up to date; `status.endpoints` has the addresses.',
    commands: [look, show, tryAgain('apls')],
  },
} as const satisfies Record<string, ReasonRow>;

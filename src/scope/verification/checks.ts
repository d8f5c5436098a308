import type { ArcPrivateLinkScope, DnsVerification, EndpointStatus } from '../../api/types.ts';
import type { Cidrs } from '../../base/cidrs.ts';
import type { Server } from '../../resolve/ask.ts';

/** What resolvers are to be asked, and what they have to answer: from the spec and from the records in the status. Pure. */

/** One resolver, and the names of one endpoint. */
export interface Check {
  resolver: string;
  server: Server;
  privateEndpoint: string;
  /** In the order in which they are asked. */
  names: readonly { fqdn: string; addresses: readonly string[] }[];
  /** Addresses of the object's other endpoints, with their names. */
  others: ReadonlyMap<string, string>;
}

export interface Checks {
  checks: readonly Check[];
  /** Resolvers that are not asked, because their address is in none of the ranges that the operator allows. */
  notAllowed: readonly { resolver: string; address: string }[];
  /** Endpoints whose addresses are not known yet. */
  waiting: readonly string[];
}

export interface Resolving {
  allowed: Cidrs;
  /** The Pod's own resolver; undefined where it has none. */
  own: Server | undefined;
}

export type Verified = DnsVerification;

/** The two that the article looks up; they tell most. */
const first = ['gbl.his.arc.azure.', 'agentserviceapi.guestconfiguration.azure.'];

export function checksOf({ spec, status }: ArcPrivateLinkScope, { allowed, own }: Resolving): Checks {
  const { dnsVerification } = spec;
  if (dnsVerification === undefined) return { checks: [], notAllowed: [], waiting: [] };
  const [only] = spec.privateEndpoints.length === 1 ? spec.privateEndpoints : [];
  const named = dnsVerification.resolvers.map(({ name, address, port, protocol, privateEndpoint }) => ({
    resolver: name,
    server: { address, port, protocol },
    privateEndpoint: privateEndpoint ?? only?.name,
  }));
  const pod = {
    resolver: 'pod',
    server: own,
    privateEndpoint: dnsVerification.podPrivateEndpoint ?? only?.name,
  };
  const all = named.length > 0 ? named : [pod];
  const notAllowed = named.filter(({ server }) => !allowed.has(server.address));
  const refused = new Set(notAllowed.map(({ resolver }) => resolver));
  const asked = all.filter(({ resolver }) => !refused.has(resolver));
  const endpoints = status?.endpoints ?? [];
  const checks = asked.flatMap(({ resolver, server, privateEndpoint }): Check[] => {
    const names = namesOf(endpoints.find(({ name }) => name === privateEndpoint));
    if (server === undefined || privateEndpoint === undefined || names.length === 0) return [];
    return [{ resolver, server, privateEndpoint, names, others: othersOf(endpoints, privateEndpoint) }];
  });
  const waiting = asked.flatMap(({ privateEndpoint = '' }) =>
    checks.some((check) => check.privateEndpoint === privateEndpoint) ? [] : [privateEndpoint],
  );
  return {
    checks,
    notAllowed: notAllowed.map(({ resolver, server }) => ({ resolver, address: server.address })),
    waiting: [...new Set(waiting)],
  };
}

function namesOf(endpoint: EndpointStatus | undefined): Check['names'] {
  const rank = (fqdn: string): number => {
    const at = first.findIndex((start) => fqdn.startsWith(start));
    return at < 0 ? first.length : at;
  };
  return (endpoint?.records ?? [])
    .filter(({ addresses }) => addresses.length > 0)
    .map(({ fqdn, addresses }) => ({ fqdn, addresses }))
    .sort((one, other) => rank(one.fqdn) - rank(other.fqdn) || (one.fqdn < other.fqdn ? -1 : 1));
}

function othersOf(endpoints: readonly EndpointStatus[], own: string): ReadonlyMap<string, string> {
  const others = endpoints.filter(({ name }) => name !== own);
  return new Map(
    others.flatMap(({ name, records = [] }) =>
      records.flatMap(({ addresses }) => addresses.map((address): [string, string] => [address, name])),
    ),
  );
}

import { fault } from '../../api/reasons.ts';
import type { Fault } from '../../base/errors.ts';
import { absent, type Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { Seen } from '../seen.ts';
import type { Verified } from '../verification/checks.ts';
import { failed, listed, nothing, working } from '../verdicts.ts';

/**
 * The resolvers that the spec names give the addresses of the endpoints (condition DNSVerified). It is looked at from
 * where the operator runs, and never makes the object red.
 */
export const dnsVerified: Concern<Seen, ScopeAction> = {
  name: 'dnsVerified',
  condition: 'DNSVerified',
  gatesReady: false,
  decide({ object, verification: { notAllowed, waiting, pending, found } }) {
    if (object.spec.dnsVerification === undefined) return absent();
    const [foreign] = notAllowed;
    if (foreign !== undefined) return failed(refused(foreign));
    const bad = found.filter(({ result }) => result !== 'Verified');
    const [first, ...rest] = bad;
    if (first !== undefined) return failed(differs(first, rest));
    if (waiting.length > 0) {
      const message = `Waiting for the addresses of private endpoint ${listed(waiting)}.`;
      return { verdict: working(message, { reason: 'Verifying' }), planned: nothing };
    }
    if (pending)
      return { verdict: working('Asking the resolvers.', { reason: 'Verifying' }), planned: nothing };
    const message =
      found.length === 1
        ? `Resolver ${found[0]?.resolver} gives the addresses of private endpoint ${found[0]?.privateEndpoint}.`
        : `All ${found.length} resolvers give the addresses of the private endpoints.`;
    return { verdict: { is: 'ready', message }, planned: nothing };
  },
};

function refused({ resolver, address }: { resolver: string; address: string }): Fault {
  const message = `Resolver ${resolver} is not asked: ${address} is in none of the ranges of --allowed-resolver-cidrs. Name another, or have the range added.`;
  return fault('ResolverNotAllowed', message);
}

function differs(first: Verified, rest: readonly Verified[]): Fault {
  const also = rest.length === 0 ? '' : ` Also: ${listed(rest.map(({ resolver }) => resolver))}.`;
  return fault(first.result as Exclude<Verified['result'], 'Verified'>, `${sentence(first)}${also}`);
}

function sentence({ resolver, privateEndpoint, result, fqdn = '', answers = [] }: Verified): string {
  const came = answers.join(', ');
  const suffix = fqdn.split('.').slice(1).join('.');
  switch (result) {
    case 'PublicAddress':
      return `Resolver ${resolver} answers ${fqdn} with the public address ${came}: it does not forward ${suffix} to Azure, or lacks the record of endpoint ${privateEndpoint}.`;
    case 'NameNotFound':
      return `Resolver ${resolver} knows no address of ${fqdn}: make its record, or forward ${suffix} to where the zones of endpoint ${privateEndpoint} are linked.`;
    case 'TimedOut':
      return `Resolver ${resolver} does not answer for ${fqdn}: is it reachable from the operator's Pod, and is what it forwards to?`;
    case 'ServerFailure':
      return `Resolver ${resolver} answers ${fqdn} with ${came}: look at its log and at what it forwards ${suffix} to.`;
    case 'OtherEndpoint':
      return `Resolver ${resolver} answers ${fqdn} with ${came}, an address of another endpoint than ${privateEndpoint}: forward ${suffix} to a DNS forwarder in that one's network.`;
    case 'UnknownAddress':
      return `Resolver ${resolver} answers ${fqdn} with ${came}, which is no address of endpoint ${privateEndpoint}: an old record, or another private link.`;
    case 'Verified':
      return `Resolver ${resolver} gives the addresses of private endpoint ${privateEndpoint}.`;
  }
}

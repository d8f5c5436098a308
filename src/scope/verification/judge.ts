import { parseCidrs } from '../../base/cidrs.ts';
import type { Answer } from '../../resolve/ask.ts';
import type { Check, Verified } from './checks.ts';

/** What an answer says of the way to the endpoint. Pure. */

export type Result = Verified['result'];

/** Addresses of private networks: RFC 1918, and RFC 6598, which VNets may use. */
const privateRanges = parseCidrs('10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10');

/** Every address that came has to be one of the endpoint's: a server takes any of them. */
export function judge(answer: Answer, expected: readonly string[], others: Check['others']): Result {
  if (answer.is === 'silent') return 'TimedOut';
  if (answer.is === 'failure') return 'ServerFailure';
  if (answer.is === 'noName' || answer.addresses.length === 0) return 'NameNotFound';
  const strange = answer.addresses.filter((address) => !expected.includes(address));
  if (strange.length === 0) return 'Verified';
  if (strange.some((address) => others.has(address))) return 'OtherEndpoint';
  return strange.some((address) => privateRanges?.has(address) !== true) ? 'PublicAddress' : 'UnknownAddress';
}

/** What came, as it is shown: addresses, or the server's own word. At most ten. */
export function shown(answer: Answer): string[] {
  if (answer.is === 'addresses') return answer.addresses.slice(0, 10);
  return answer.is === 'failure' ? [answer.code] : [];
}

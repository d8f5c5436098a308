import { parseCidrs, privateNetworks, sharedNetwork } from '../../base/cidrs.ts';
import type { Answer } from '../../resolve/ask.ts';
import type { Check, Verified } from './checks.ts';

/** What an answer says of the way to the endpoint. Pure. */

export type Result = Verified['result'];

const privateRanges = parseCidrs([...privateNetworks, sharedNetwork].join(','));

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

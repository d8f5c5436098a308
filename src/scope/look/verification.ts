import type { ArcPrivateLinkScope } from '../../api/types.ts';
import type { ScopeDeps } from '../deps.ts';
import { nothingVerified, type VerificationSeen } from '../seen.ts';
import { checksOf } from '../verification/checks.ts';

/** What the verifier has found beside the workers; nothing is asked here. */
export function lookAtVerification(
  { verifier }: Pick<ScopeDeps, 'verifier'>,
  object: ArcPrivateLinkScope,
): VerificationSeen {
  if (object.spec.dnsVerification === undefined) return nothingVerified;
  const { checks, notAllowed, waiting } = checksOf(object, verifier.resolving);
  const known = verifier.found(object) ?? object.status?.dnsVerification ?? [];
  const results = checks.map(({ resolver, privateEndpoint }) =>
    known.find((one) => one.resolver === resolver && one.privateEndpoint === privateEndpoint),
  );
  const found = results.filter((one) => one !== undefined);
  return { notAllowed, waiting, found, pending: found.length < checks.length };
}

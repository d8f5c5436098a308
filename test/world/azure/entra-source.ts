import type { Entra } from './entra.ts';
import { authenticationError, type Seen } from '../../../src/azure/authentication-errors.ts';
import type { Credential } from '../../../src/azure/credentials.ts';
import type { TokenSource } from '../../../src/azure/tokens.ts';
import type { Clock } from '../../../src/base/clock.ts';

/**
 * Tokens of the simulated Entra ID without @azure/identity, which reckons their life with the machine's own clock: for
 * laboratories in virtual time.
 */
export function entraSource(entra: Entra, clock: Clock): (credential: Credential) => TokenSource {
  return (credential) =>
    async ({ claims }) => {
      const seen: Seen = {};
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credential.clientId ?? '',
        scope: entra.audience,
        ...(await proof(credential, seen)),
        ...(claims === undefined ? {} : { claims }),
      });
      const tenant = credential.kind === 'managedIdentity' ? '' : credential.tenantId;
      const answer = entra.handle('https://login', `/${tenant}/oauth2/v2.0/token`, form.toString());
      if (answer === 'silent') return await new Promise<never>(() => {});
      if (answer === 'reset') seen.fault = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      else seen.answer = answer;
      if (answer === 'reset' || answer.status !== 200)
        throw authenticationError(new Error('refused'), credential, seen, clock.now());
      const body = JSON.parse(answer.body) as { access_token: string; expires_in: number };
      return { token: body.access_token, expiresOnTimestamp: clock.now() + body.expires_in * 1000 };
    };
}

async function proof(credential: Credential, seen: Seen): Promise<Record<string, string>> {
  if (credential.kind === 'clientSecret') return { client_secret: credential.clientSecret };
  if (credential.kind !== 'workloadIdentity')
    throw new Error(`the laboratory has no credential of kind ${credential.kind}`);
  seen.assertion = await credential.getAssertion();
  return { client_assertion: seen.assertion };
}

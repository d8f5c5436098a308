import { json, type ArmResponse } from './http.ts';
import type { Seed } from './seed.ts';
import type { Clock } from '../../../src/base/clock.ts';

/** The token endpoint of Microsoft Entra ID, as far as client credentials need it (OAuth 2.0, RFC 6749 section 4.4). */
export class Entra {
  readonly #clock: Clock;
  readonly #seed: Seed;
  readonly #newToken: () => string;
  readonly #tokens = new Map<string, number>();
  /** The forms that tokens were asked for with, oldest first. */
  readonly requests: URLSearchParams[] = [];
  /** Audience that tokens must be asked for: `<resource manager>/.default`. */
  audience = '';

  constructor(seed: Seed, clock: Clock, newToken: () => string) {
    this.#seed = seed;
    this.#clock = clock;
    this.#newToken = newToken;
  }

  /** Whether the request is for Entra ID, by its path. */
  static owns(path: string): boolean {
    return (
      /\/(oauth2\/v2\.0\/token|\.well-known\/openid-configuration)$/.test(path) ||
      path.includes('/discovery/')
    );
  }

  handle(origin: string, path: string, body: string): ArmResponse {
    const tenant = path.split('/')[1] ?? '';
    if (path.endsWith('/openid-configuration')) return this.#discovery(origin, tenant);
    if (path.endsWith('/token')) {
      this.requests.push(new URLSearchParams(body));
      return this.#token(tenant, new URLSearchParams(body));
    }
    return json(404, { error: 'not_found' });
  }

  /** Whether the Authorization header holds a token that is still good. */
  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    return (this.#tokens.get(token ?? '') ?? 0) > this.#clock.now();
  }

  /** As if every token had been revoked. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  #discovery(origin: string, tenant: string): ArmResponse {
    const base = `${origin}/${tenant}`;
    return json(200, {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      issuer: `${base}/v2.0`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    });
  }

  #token(tenant: string, form: URLSearchParams): ArmResponse {
    if (tenant !== this.#seed.tenantId)
      return refusal(400, 'invalid_request', 'AADSTS90002', `Tenant '${tenant}' not found.`);
    const application = this.#seed.applications.find(({ clientId }) => clientId === form.get('client_id'));
    if (application === undefined) {
      return refusal(
        400,
        'unauthorized_client',
        'AADSTS700016',
        `Application with identifier '${form.get('client_id')}' was not found in the directory.`,
      );
    }
    const assertion = form.get('client_assertion');
    if (assertion === null && form.get('client_secret') !== application.clientSecret) {
      return refusal(
        401,
        'invalid_client',
        'AADSTS7000215',
        'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.',
      );
    }
    if (assertion !== null && assertion.split('.').length !== 3) {
      return refusal(401, 'invalid_client', 'AADSTS50027', 'JWT token is invalid or malformed.');
    }
    if (this.audience !== '' && form.get('scope')?.split(' ')[0] !== this.audience) {
      return refusal(400, 'invalid_scope', 'AADSTS70011', `The scope '${form.get('scope')}' is not valid.`);
    }
    const token = this.#newToken();
    this.#tokens.set(token, this.#clock.now() + 3_600_000);
    return json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token });
  }
}

function refusal(status: number, error: string, code: string, text: string): ArmResponse {
  return json(status, {
    error,
    error_description: `${code}: ${text} Trace ID: simulated`,
    error_codes: [Number(code.slice(6))],
  });
}

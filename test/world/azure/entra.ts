import { json, type ArmResponse } from './http.ts';
import { checkAssertion, type FederatedCredential } from './assertions.ts';
import type { Seed } from './seed.ts';
import type { Clock } from '../../../src/base/clock.ts';

/** What can be wrong with the way to Entra ID: no answer at all, a connection that breaks, or 503. */
export type Trouble = 'silent' | 'reset' | 'unavailable';

interface Token {
  endMs: number;
  claims: string;
}

/**
 * The token endpoint of Microsoft Entra ID, as far as client credentials need it (OAuth 2.0, RFC 6749 section 4.4; with
 * assertions RFC 7523), and the check of its tokens that Resource Manager makes.
 */
export class Entra {
  readonly #clock: Clock;
  readonly #seed: Seed;
  readonly #newToken: () => string;
  readonly #tokens = new Map<string, Token>();
  readonly #secrets = new Map<string, Set<string>>();
  readonly #federated = new Map<string, FederatedCredential[]>();
  readonly #certificates = new Map<string, Set<string>>();
  #demanded: string | undefined;
  #refusals = 0;
  /** The forms that tokens were asked for with, oldest first. */
  readonly requests: URLSearchParams[] = [];
  /** Audience that tokens must be asked for: `<resource manager>/.default`. */
  audience = '';
  tokenLifeMs = 3_600_000;
  /** By tenant; `*` stands for all. */
  readonly troubles = new Map<string, Trouble>();

  constructor(seed: Seed, clock: Clock, newToken: () => string) {
    this.#seed = seed;
    this.#clock = clock;
    this.#newToken = newToken;
    for (const { clientId, clientSecret } of seed.applications)
      this.#secrets.set(clientId, new Set(clientSecret === undefined ? [] : [clientSecret]));
  }

  /** Whether the request is for Entra ID, by its path. */
  static owns(path: string): boolean {
    return (
      /\/(oauth2\/v2\.0\/token|\.well-known\/openid-configuration)$/.test(path) ||
      path.includes('/discovery/')
    );
  }

  handle(origin: string, path: string, body: string): ArmResponse | 'silent' | 'reset' {
    const tenant = path.split('/')[1] ?? '';
    const asksForToken = path.endsWith('/token');
    const form = new URLSearchParams(body);
    if (asksForToken) this.requests.push(form);
    const trouble = this.troubles.get(tenant) ?? this.troubles.get('*');
    if (trouble === 'unavailable') return json(503, { error: 'temporarily_unavailable' });
    if (trouble !== undefined) return trouble;
    if (path.endsWith('/openid-configuration')) return this.#discovery(origin, tenant);
    return asksForToken ? this.#token(tenant, form) : json(404, { error: 'not_found' });
  }

  /** A secret more: several are valid at the same time, which is how they are rotated. */
  addSecret(clientId: string, secret: string): void {
    this.#secrets.get(clientId)?.add(secret);
  }

  /** Tokens that were given for it live on, as in Azure. */
  revokeSecret(clientId: string, secret: string): void {
    this.#secrets.get(clientId)?.delete(secret);
  }

  /** From the first on, assertions must fit one of them. */
  trust(clientId: string, credential: FederatedCredential): void {
    this.#federated.set(clientId, [...(this.#federated.get(clientId) ?? []), credential]);
  }

  /** From the first on, certificates must be among them; by SHA-256 of the certificate, base64url. */
  register(clientId: string, thumbprint: string): void {
    this.#certificates.set(clientId, new Set([...(this.#certificates.get(clientId) ?? []), thumbprint]));
  }

  /** Whether the Authorization header holds a token that is still good. */
  accepts(authorization: string | undefined): boolean {
    return this.refusal(authorization) === undefined;
  }

  /** Resource Manager's 401, or undefined when the token is good. */
  refusal(authorization: string | undefined): ArmResponse | undefined {
    const token = this.#tokens.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
    if (token === undefined) return unauthenticated();
    if (token.endMs <= this.#clock.now()) return unauthenticated('ExpiredAuthenticationToken');
    if (this.#demanded === undefined || token.claims === this.#demanded) return undefined;
    const claims = Buffer.from(this.#demanded).toString('base64');
    return unauthenticated('InvalidAuthenticationToken', `error="insufficient_claims", claims="${claims}"`);
  }

  /** As if every token had been revoked. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  /** Continuous access evaluation: tokens count only when they were asked for with these claims of the access token. */
  demand(claims: Record<string, unknown>): void {
    this.#demanded = JSON.stringify({ access_token: claims });
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
    const refusal = this.#refusal(tenant, form);
    if (refusal !== undefined) return refusal;
    const token = this.#newToken();
    this.#tokens.set(token, { endMs: this.#clock.now() + this.tokenLifeMs, claims: claimsIn(form) });
    const seconds = Math.floor(this.tokenLifeMs / 1000);
    return json(200, {
      token_type: 'Bearer',
      expires_in: seconds,
      ext_expires_in: seconds,
      access_token: token,
    });
  }

  #refusal(tenant: string, form: URLSearchParams): ArmResponse | undefined {
    const { applications, tenantId } = this.#seed;
    const of = applications.filter((application) => (application.tenantId ?? tenantId) === tenant);
    if (tenant !== tenantId && of.length === 0)
      return this.#refuse(400, 'invalid_request', 'AADSTS90002', `Tenant '${tenant}' not found.`);
    const clientId = form.get('client_id') ?? '';
    if (!of.some((application) => application.clientId === clientId)) {
      const text = `Application with identifier '${clientId}' was not found in the directory.`;
      return this.#refuse(400, 'unauthorized_client', 'AADSTS700016', text);
    }
    if (this.audience !== '' && form.get('scope')?.split(' ')[0] !== this.audience) {
      const text = `The scope '${form.get('scope')}' is not valid.`;
      return this.#refuse(400, 'invalid_scope', 'AADSTS70011', text);
    }
    return this.#unproven(clientId, form);
  }

  #unproven(clientId: string, form: URLSearchParams): ArmResponse | undefined {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      const problem = checkAssertion(assertion, {
        clientId,
        nowMs: this.#clock.now(),
        federated: this.#federated.get(clientId),
        certificates: this.#certificates.get(clientId),
      });
      return problem && this.#refuse(401, 'invalid_client', problem.code, problem.text);
    }
    if (this.#secrets.get(clientId)?.has(form.get('client_secret') ?? '')) return undefined;
    const text =
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.';
    return this.#refuse(401, 'invalid_client', 'AADSTS7000215', text);
  }

  /** As recorded by others (Azure/azure-workload-identity#616): every answer has a trace id of its own. */
  #refuse(status: number, error: string, code: string, text: string): ArmResponse {
    this.#refusals += 1;
    const id = (kind: number): string =>
      `00000000-0000-0000-000${kind}-${String(this.#refusals).padStart(12, '0')}`;
    const [trace, correlation] = [id(1), id(2)];
    return json(status, {
      error,
      error_description: `${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation}`,
      error_codes: [Number(code.slice(6))],
      trace_id: trace,
      correlation_id: correlation,
    });
  }
}

/** What was demanded of the token; the SDK adds what it can do itself (`xms_cc`). */
function claimsIn(form: URLSearchParams): string {
  const { access_token: claims = {} } = JSON.parse(form.get('claims') ?? '{}') as { access_token?: object };
  const { xms_cc: _able, ...demanded } = claims as Record<string, unknown>;
  return JSON.stringify({ access_token: demanded });
}

/** Recorded: 401 with the code and a WWW-Authenticate header. */
export function unauthenticated(
  code = 'InvalidAuthenticationToken',
  challenge = 'error="invalid_token"',
): ArmResponse {
  const message = 'The access token is missing, invalid or has expired.';
  return json(401, { error: { code, message } }, { 'www-authenticate': `Bearer ${challenge}` });
}

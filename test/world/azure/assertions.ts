/** What Entra ID trusts in the stead of a secret: tokens of one issuer for one subject and audience. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
}

export interface Trusted {
  clientId: string;
  nowMs: number;
  /** Undefined: any token that was meant for an exchange. */
  federated: readonly FederatedCredential[] | undefined;
  /** Undefined: any certificate. */
  certificates: ReadonlySet<string> | undefined;
}

interface Refusal {
  code: string;
  text: string;
}

interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  exp?: number;
}

/** Why Entra ID refuses a client assertion (RFC 7523); signatures are believed. */
export function checkAssertion(assertion: string, trusted: Trusted): Refusal | undefined {
  const [header, payload, signature] = assertion.split('.');
  const head = decoded(header) as { 'x5t#S256'?: string } | undefined;
  const claims = decoded(payload) as Claims | undefined;
  if (head === undefined || claims === undefined || signature === undefined)
    return { code: 'AADSTS50027', text: 'JWT token is invalid or malformed.' };
  if ((claims.exp ?? 0) * 1000 <= trusted.nowMs)
    return { code: 'AADSTS700024', text: 'Client assertion is not within its valid time range.' };
  if (claims.iss === trusted.clientId) {
    const known = trusted.certificates?.has(head['x5t#S256'] ?? '') ?? true;
    return known ? undefined : { code: 'AADSTS700027', text: 'The certificate is not registered.' };
  }
  return checkFederation(claims, trusted);
}

/** Codes and words as in Azure/azure-workload-identity#1200 and hashicorp/terraform-provider-azuread#1755. */
function checkFederation(claims: Claims, { federated }: Trusted): Refusal | undefined {
  const audiences = [claims.aud ?? []].flat();
  const refuse = (code: string, part: string, value = ''): Refusal => ({
    code,
    text: `No matching federated identity record found for presented assertion ${part} '${value}'.`,
  });
  const wrongAudience = (): Refusal => refuse('AADSTS700212', 'audience', audiences.join(','));
  if (federated === undefined) {
    const exchanged = audiences.some((audience) => /^api:\/\/AzureADTokenExchange\w*$/.test(audience));
    return exchanged ? undefined : wrongAudience();
  }
  const ofIssuer = federated.filter(({ issuer }) => issuer === claims.iss);
  if (ofIssuer.length === 0) return refuse('AADSTS700211', 'issuer', claims.iss);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === claims.sub);
  if (ofSubject.length === 0) return refuse('AADSTS700213', 'subject', claims.sub);
  return ofSubject.some(({ audience }) => audiences.includes(audience)) ? undefined : wrongAudience();
}

function decoded(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as unknown;
  } catch {
    // Not a JSON Web Token.
    return undefined;
  }
}

/** What to do about the codes that people meet (learn: "Microsoft Entra authentication and authorization error codes"). */
const remedies: Readonly<Record<string, string>> = {
  AADSTS7000215: 'the client secret is wrong; put the value of a current secret (not its id) into the Secret',
  AADSTS7000222: 'the client secret has expired; make a new one and update the Secret',
  AADSTS700016: 'the application does not exist in the tenant; check AZURE_CLIENT_ID and AZURE_TENANT_ID',
  AADSTS7000229: 'the application has no service principal in the tenant; create it',
  AADSTS7000112: 'the application is disabled; enable it',
  AADSTS90002: 'the tenant does not exist; check AZURE_TENANT_ID',
  AADSTS700027: 'the certificate is not registered with the application, or has expired',
  AADSTS700024: 'the assertion is not valid at this time; check the clocks of the nodes',
  AADSTS500011: 'the tenant does not know the resource manager; check AZURE_RESOURCE_MANAGER_AUDIENCE',
  AADSTS53003: 'a Conditional Access policy blocks it; let the application in',
};

/** What a person can do about a refusal; `assertion` is what was sent in a secret's stead. */
export function remedyFor(code: string, assertion: string | undefined): string {
  return federation(code, assertion) ?? remedies[code] ?? 'look the code up, and check the credentials';
}

/**
 * No federated credential fits the assertion: 700211 means its issuer, 700212 its audience, 700213 its subject, and
 * 7002138 a subject in another case (Azure/login#517); 70021 does not say which.
 */
function federation(code: string, assertion: string | undefined): string | undefined {
  const [, digit] = /^AADSTS70021(?:([123])\d*)?$/.exec(code) ?? ['', 'none'];
  if (digit === 'none') return undefined;
  const part = { '1': 'issuer', '2': 'audience', '3': 'subject' }[digit ?? ''] ?? 'ServiceAccount';
  const { iss = '?', sub = '?', aud = '?' } = claimsOf(assertion);
  return `no federated credential of the application fits the ${part}; add one with issuer ${iss}, subject ${sub}, audience ${aud}`;
}

function claimsOf(assertion: string | undefined): { iss?: string; sub?: string; aud?: string } {
  const payload = Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString('utf8');
  const read = (name: 'iss' | 'sub' | 'aud'): string | undefined => {
    const value = parsed(payload)[name];
    const text = Array.isArray(value) ? value.join(',') : value;
    return typeof text === 'string' && /^[\x21-\x7e]{1,300}$/.test(text) ? text : undefined;
  };
  const [iss, sub, aud] = [read('iss'), read('sub'), read('aud')];
  return { ...(iss && { iss }), ...(sub && { sub }), ...(aud && { aud }) };
}

/** The object that a text is in JSON; empty for anything else, such as a proxy's page. */
export function parsed(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    return value ?? {};
  } catch {
    // Whoever asks for a field of it finds none, and says so.
    return {};
  }
}

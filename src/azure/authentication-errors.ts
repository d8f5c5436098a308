import type { Credential } from './credentials.ts';
import { parsed, remedyFor } from './remedies.ts';
import { fault } from '../api/reasons.ts';
import { OperatorError } from '../base/errors.ts';

/** Why there is no token, as a sentence that a person can act on. No message and no cause ever holds a secret. */

/** What was seen of an exchange with Entra ID underneath the SDK, which keeps little of it. */
export interface Seen {
  /** The last answer. */
  answer?: { status: number; body: string; retryAfter?: string };
  /** Why there was no answer. */
  fault?: unknown;
  /** The assertion that was sent. Only its issuer, subject and audience are ever told. */
  assertion?: string;
}

/** The error for a request that got no token. `nowMs` is wall time, for a Retry-After that is a date. */
export function authenticationError(
  error: unknown,
  credential: Credential,
  seen: Seen,
  nowMs: number,
): OperatorError {
  // An assertion that could not be had has said why already.
  if (error instanceof OperatorError) return error;
  const { answer, fault: broken } = seen;
  const said = answer === undefined || answer.status < 400 ? undefined : read(answer);
  if (said !== undefined && (said.status === 429 || said.status >= 500)) {
    return busy(credential, said, retryAfter(answer?.retryAfter, nowMs));
  }
  if (credential.kind === 'managedIdentity') return noManagedIdentity(credential, brief(broken ?? error));
  if (broken !== undefined) return unreachable(credential, broken);
  if (said === undefined) return unusable(credential, error);
  return refused(credential, said, seen.assertion);
}

/** No answer within the time that a token request has. */
export function unanswered(credential: Credential): OperatorError {
  if (credential.kind === 'managedIdentity') return noManagedIdentity(credential, 'no answer');
  const text =
    `Microsoft Entra ID does not answer for client ${credential.clientId}; ` +
    "look at the cluster's way to the login host (DNS, proxy, firewall).";
  return fault('AuthenticationUnavailable', text);
}

/** Whether both say the same, whatever Entra ID's trace id. */
export function sameTrouble(one: OperatorError, other: OperatorError): boolean {
  const said = ({ message }: OperatorError): string => message.replace(/ Trace [\w-]+\.$/, '');
  return one.reason === other.reason && said(one) === said(other);
}

interface Said {
  status: number;
  code: string | undefined;
  /** The end of a message: by the trace id Microsoft finds the request again. */
  trace: string;
  cause: Error;
}

/** The fields of OAuth 2.0 (RFC 6749 section 5.2) and Entra ID's own beside them. */
function read({ status, body }: NonNullable<Seen['answer']>): Said {
  const { error_description: text, trace_id: id } = parsed(body);
  const description = typeof text === 'string' ? text : '';
  const [code] = /AADSTS\d+/.exec(description) ?? [];
  const given = typeof id === 'string' ? id : /Trace ID: ([\w-]+)/.exec(description)?.[1];
  const trace = given !== undefined && /^[\w-]{1,40}$/.test(given) ? ` Trace ${given}.` : '';
  return { status, code, trace, cause: new Error(`Entra ID answered ${status} ${code ?? ''}${trace}`) };
}

function busy(credential: Credential, said: Said, retryAfterMs: number | undefined): OperatorError {
  const text = `Microsoft Entra ID gave no token for client ${credential.clientId ?? 'system'} (status ${said.status}); it is asked again.${said.trace}`;
  const when = retryAfterMs === undefined ? {} : { retryAfterMs };
  return fault('AuthenticationUnavailable', text, { cause: said.cause, ...when });
}

function refused(credential: Credential, said: Said, assertion: string | undefined): OperatorError {
  const { status, code, trace, cause } = said;
  const { clientId } = credential;
  if (code === undefined) {
    const text = `Something on the way to Microsoft Entra ID answered ${status} in its place, for client ${clientId}; look at the proxy.`;
    return fault('AuthenticationUnavailable', text, { cause });
  }
  const text = `Microsoft Entra ID refuses client ${clientId} (${code}): ${remedyFor(code, assertion)}.${trace}`;
  return fault('AuthenticationFailed', text, { cause });
}

/** Of Node's TLS (nodejs.org/api/tls.html, "X509 certificate error codes"), by code and by OpenSSL's words. */
const distrust =
  /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|CERT_(HAS_EXPIRED|UNTRUSTED|ALTNAME)|self[- ]signed certificate|issuer certificate|verify the first certificate/i;

function unreachable(credential: Credential, broken: unknown): OperatorError {
  const why = brief(broken);
  const cause = new Error(why);
  if (distrust.test(`${why} ${broken instanceof Error ? broken.message : ''}`)) {
    const text = `The way to Microsoft Entra ID shows a certificate that nobody here trusts (${why}), as a proxy that inspects TLS does; give its CA to the operator by NODE_EXTRA_CA_CERTS.`;
    return fault('AuthenticationUnavailable', text, { cause });
  }
  const text = `Microsoft Entra ID cannot be reached for client ${credential.clientId} (${why}); look at the cluster's way to the login host.`;
  return fault('AuthenticationUnavailable', text, { cause });
}

/** Nothing was refused: the credential is not fit to be sent. */
function unusable(credential: Credential, error: unknown): OperatorError {
  const { clientId } = credential;
  const cause = new Error(brief(error));
  if (credential.kind === 'clientCertificate') {
    const text = `The certificate of client ${clientId} cannot be used: AZURE_CLIENT_CERTIFICATE must hold certificate and RSA key as PEM, and the password must fit.`;
    return fault('InvalidCredentials', text, { cause });
  }
  const file = files.get(credential.kind);
  if (file === undefined) {
    const text = `Microsoft Entra ID gave no token for client ${clientId}; it is asked again.`;
    return fault('AuthenticationUnavailable', text, { cause });
  }
  const text = `The operator cannot act as client ${clientId}: the file of ${file}.`;
  return fault('AuthenticationFailed', text, { cause });
}

/** What can be wrong with the operator's own files, which others write and may still put right. */
const files: ReadonlyMap<Credential['kind'], string> = new Map([
  [
    'clientCertificateFile',
    'AZURE_CLIENT_CERTIFICATE_PATH is missing or holds no certificate with RSA key as PEM',
  ],
  ['federatedTokenFile', 'AZURE_FEDERATED_TOKEN_FILE is missing or holds no token'],
]);

function noManagedIdentity(credential: Credential, why: string): OperatorError {
  const which = credential.kind === 'managedIdentity' && credential.clientId ? ` ${credential.clientId}` : '';
  const text =
    `No managed identity${which} is to be had where the operator runs (${why}); give the operator credentials, ` +
    'or the namespace a Secret arc-private-link-credentials.';
  return fault('AuthenticationFailed', text);
}

/** The code of an error, else its name: its message may quote what it choked on. */
function brief(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const found = [code, name].find((text) => typeof text === 'string' && /^\w{1,60}$/.test(text));
  return (found as string | undefined) ?? 'unknown';
}

/** In milliseconds, said in seconds or as a date (RFC 9110 section 10.2.3). */
function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return milliseconds > 0 ? milliseconds : undefined;
}

import { codesOf, parseError, wordsOf, type ErrorBody } from './error-body.ts';
import { byStatus, isKnown, treatments, type Asked, type Treatment } from './treatments.ts';
import { OperatorError, type ErrorKind, type OperatorErrorOptions } from '../base/errors.ts';

export { parseError } from './error-body.ts';
export { treatments, type AzureCode, type Treatment } from './treatments.ts';

/** By what Azure's support finds a request. For logs; the same error has other ones at every try. */
export interface RequestIds {
  requestId?: string;
  correlationId?: string;
}

/** A refusal of Azure Resource Manager. `reason` is its code where that is a word, so that a person can look it up. */
export class AzureError extends OperatorError {
  /** HTTP status; 0 when no answer came, or for an operation that failed. */
  readonly status: number;
  /** Azure's own; `Http404` and the like where it gave none. */
  readonly code: string;
  readonly requestId: string | undefined;
  readonly correlationId: string | undefined;

  constructor(
    kind: ErrorKind,
    status: number,
    code: string,
    message: string,
    options: OperatorErrorOptions & RequestIds & { reason?: string } = {},
  ) {
    const word = /^[A-Za-z][A-Za-z0-9_]*$/.test(code) ? code : 'AzureError';
    super(kind, options.reason ?? word, message, options);
    this.status = status;
    this.code = code;
    this.requestId = options.requestId;
    this.correlationId = options.correlationId;
  }
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof AzureError && error.status === status;
}

/** What Resource Manager and its providers answer for a resource that is not there. */
const absent = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'NotFound']);

/**
 * Whether the error proves that the resource is not there. A subscription that cannot be seen, a proxy's page or an
 * empty 404 prove nothing.
 */
export function isAbsence(error: unknown): boolean {
  return error instanceof AzureError && error.status === 404 && absent.has(error.code);
}

/** The answer, or undefined where it proves that the resource is not there. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export interface Refusal extends RequestIds {
  status: number;
  /** The answer's text: JSON as a rule, plain text for some 429. */
  body: string;
  retryAfterMs?: number;
  /** What was asked, for the message: `PUT private endpoint hub`. */
  operation: string;
  asked?: Asked;
}

/** The error for an answer that is not a success. */
export function refused(refusal: Refusal): AzureError {
  const body = parseError(refusal.body);
  const codes = codesOf(body);
  const busy = codes.some((code) => code.startsWith('Retryable'));
  if (refusal.status === 429 && !busy)
    return throttled(refusal.operation, refusal.retryAfterMs, { ...refusal, code: codes[0] });
  return azureError(refusal, body, codes);
}

/** The error for an operation that failed after it had been accepted. */
export function operationFailed(operation: string, code: string, message: string): AzureError {
  const body: ErrorBody = { code, message, details: [], policies: [] };
  return azureError({ status: 0, body: '', operation }, body, [code]);
}

/**
 * Azure takes no more calls of a kind for now. The text is the same at every try, however long is left. Without
 * `retryAfterMs` (a 429 that does not say, or says 0) whoever asks again does so with growing pauses.
 */
export function throttled(
  operation: string,
  retryAfterMs: number | undefined,
  from: RequestIds & { code?: string | undefined } = {},
): AzureError {
  const message = `${operation}: Azure takes no more calls of this kind for now; it goes on by itself.`;
  return new AzureError('waiting', 429, from.code ?? 'TooManyRequests', message, {
    reason: 'Throttled',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...idsOf(from),
  });
}

/** An answer that Resource Manager cannot have given: a proxy's page, or an address that is not followed. */
export function unexpected(
  operation: string,
  status: number,
  what: string,
  ids: RequestIds = {},
): AzureError {
  const message = `${operation}: ${what}. Check proxies and firewalls between the operator and Azure.`;
  return new AzureError('transient', status, 'UnexpectedAnswer', message, idsOf(ids));
}

function idsOf({ requestId, correlationId }: RequestIds): RequestIds {
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function azureError(refusal: Refusal, body: ErrorBody, codes: readonly string[]): AzureError {
  const { status } = refusal;
  const known = codes.find(isKnown);
  const treatment: Treatment = known === undefined ? byStatus(status, codes.length > 0) : treatments[known];
  const retryAfterMs = refusal.retryAfterMs ?? treatment.retryAfterMs;
  const code = body.code ?? `Http${status}`;
  return new AzureError(treatment.kind, status, code, sentence(refusal, body, treatment), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    stalls: treatment.stalls ?? false,
    ...idsOf(refusal),
  });
}

/** Of Azure's own words; what to do comes after them, whole. */
const longestWords = 600;

function sentence(refusal: Refusal, body: ErrorBody, treatment: Treatment): string {
  const { operation, status, asked = { namespace: '', subscription: '' } } = refusal;
  const words = wordsOf(body) || nothingSaid(status, body);
  const { advice } = treatment;
  const parts = [
    `${operation}: ${shortened(words)}`,
    ...(body.policies.length === 0 ? [] : [`Policy: ${body.policies.join(', ')}.`]),
    ...(advice === undefined ? [] : [typeof advice === 'string' ? advice : advice(asked)]),
  ];
  return parts.join(' ').replace(/:$/, '.');
}

function nothingSaid(status: number, { code }: ErrorBody): string {
  if (code !== undefined)
    return status === 0 ? `The operation ended with ${code}.` : `Azure answered ${code}.`;
  if (status >= 500) return `Azure answered ${status}.`;
  return `answered ${status}, not in the way of Azure: a proxy or firewall may have done so.`;
}

function shortened(text: string): string {
  return text.length <= longestWords ? text : `${text.slice(0, longestWords - 1)}…`;
}

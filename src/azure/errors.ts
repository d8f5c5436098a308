import { OperatorError, type ErrorKind, type OperatorErrorOptions } from '../base/errors.ts';

/** A refusal of Azure Resource Manager. `reason` is its code where that is a word, so that a person can look it up. */
export class AzureError extends OperatorError {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;

  constructor(kind: ErrorKind, status: number, code: string, message: string, options: OperatorErrorOptions) {
    super(kind, /^[A-Za-z][A-Za-z0-9_]*$/.test(code) ? code : 'AzureError', message, options);
    this.status = status;
    this.code = code;
  }
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof AzureError && error.status === status;
}

export interface Treatment {
  kind: ErrorKind;
  stalls?: boolean;
  retryAfterMs?: number;
  /** What to do, after Azure's own words. */
  advice?: string;
}

const soon = 5_000;
const personEventually = { kind: 'waiting', stalls: true } as const;
const person = { kind: 'stalled' } as const;
const busy = { kind: 'waiting', retryAfterMs: soon } as const;

/**
 * Code → what it means for the operator, the only such table. Codes: learn "Common Azure deployment errors", and as
 * recorded. What is not listed is treated by its HTTP status (`byStatus`).
 */
export const treatments = {
  AuthorizationFailed: {
    ...personEventually,
    advice: 'Grant the identity that action; a new role may take minutes to work.',
  },
  LinkedAuthorizationFailed: {
    ...personEventually,
    advice: 'Grant the identity that action on the referenced resource.',
  },
  InvalidAuthenticationToken: personEventually,
  ExpiredAuthenticationToken: busy,
  InvalidAuthenticationTokenTenant: personEventually,
  RequestDisallowedByPolicy: {
    ...person,
    advice: 'Change the policy, get an exemption, or change the spec.',
  },
  ScopeLocked: { ...person, advice: 'Remove the lock.' },
  MissingSubscriptionRegistration: {
    ...personEventually,
    advice: 'Register the provider: az provider register --namespace <name>.',
  },
  NoRegisteredProviderFound: {
    ...personEventually,
    advice: 'Register the provider: az provider register --namespace <name>.',
  },
  SubscriptionNotFound: personEventually,
  InvalidSubscriptionId: person,
  ResourceGroupNotFound: {
    ...personEventually,
    advice: 'Create the resource group, or correct resourceGroup.',
  },
  ResourceNotFound: personEventually,
  ParentResourceNotFound: busy,
  InvalidResourceReference: personEventually,
  ResourceGroupBeingDeleted: personEventually,
  SubnetIsFull: person,
  PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled: person,
  AnotherOperationInProgress: busy,
  CannotDeleteResource: busy,
  Conflict: busy,
  RetryableError: busy,
  RetryableErrorDueToAnotherOperation: busy,
  ReferencedResourceNotProvisioned: busy,
  ResourceNotProvisioned: busy,
  PreconditionFailed: busy,
} as const satisfies Record<string, Treatment>;

/** A code of Azure's that the operator treats in a way of its own. */
export type AzureCode = keyof typeof treatments;

function isKnown(code: string): code is AzureCode {
  return Object.hasOwn(treatments, code);
}

function byStatus(status: number): Treatment {
  if (status === 400 || status === 405 || status === 422) return person;
  if (status === 401 || status === 403 || status === 404) return personEventually;
  if (status === 409 || status === 412) return busy;
  if (status === 429) return { kind: 'waiting', retryAfterMs: soon };
  return { kind: 'transient' };
}

export interface Refusal {
  status: number;
  /** The answer's text: JSON as a rule, plain text for some 429. */
  body: string;
  retryAfterMs?: number;
  /** What was asked, for the message: `PUT private endpoint hub`. */
  operation: string;
}

interface ErrorBody {
  code?: string;
  message?: string;
  details?: ErrorBody[];
  additionalInfo?: { type?: string; info?: { policyAssignmentId?: string; policyDefinitionId?: string } }[];
}

/** The error for an answer that is not a success. */
export function refused(refusal: Refusal): AzureError {
  const body = parseError(refusal.body);
  return azureError(refusal, body);
}

/** The error for an operation that failed after it had been accepted. */
export function operationFailed(operation: string, code: string, message: string): AzureError {
  return azureError({ status: 0, body: '', operation }, { code, message });
}

function azureError(refusal: Refusal, body: ErrorBody): AzureError {
  const code = body.code ?? (refusal.status === 429 ? 'TooManyRequests' : `Http${refusal.status}`);
  const known = [code, ...(body.details ?? []).map((detail) => detail.code ?? '')].find(isKnown);
  const treatment: Treatment = known === undefined ? byStatus(refusal.status) : treatments[known];
  const retryAfterMs = refusal.retryAfterMs ?? treatment.retryAfterMs;
  return new AzureError(treatment.kind, refusal.status, code, sentence(refusal, body, treatment), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    stalls: treatment.stalls ?? false,
  });
}

const longestMessage = 1000;

function sentence(refusal: Refusal, body: ErrorBody, treatment: Treatment): string {
  const policies = (body.additionalInfo ?? [])
    .map(({ info }) => info?.policyAssignmentId ?? info?.policyDefinitionId)
    .filter((id) => id !== undefined);
  const parts = [
    `${refusal.operation}: ${(body.message ?? `Azure answered ${refusal.status}`).trim().replace(/\.?$/, '.')}`,
    ...(policies.length === 0 ? [] : [`Policy: ${policies.join(', ')}.`]),
    ...(treatment.advice === undefined ? [] : [treatment.advice]),
  ];
  const text = parts.join(' ').replaceAll(/\s+/g, ' ');
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 1)}…`;
}

/** With the envelope `{error: …}`, without it (private DNS record sets), or plain text (some 429). */
export function parseError(body: string): ErrorBody {
  try {
    const parsed = JSON.parse(body) as ErrorBody & { error?: ErrorBody };
    return parsed.error ?? parsed;
  } catch {
    const text = body.trim();
    return text === '' || text.startsWith('<') ? {} : { message: text };
  }
}

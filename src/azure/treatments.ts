import type { ErrorKind } from '../base/errors.ts';

/** What was asked for when Azure refused, as far as advice needs it. */
export interface Asked {
  /** `Microsoft.Network`; empty where the path has none. */
  namespace: string;
  subscription: string;
}

export interface Treatment {
  kind: ErrorKind;
  stalls?: boolean;
  retryAfterMs?: number;
  /** What to do, after Azure's own words; a command last. */
  advice?: string | ((asked: Asked) => string);
}

const soon = 5_000;
const slowly = 60_000;
const personEventually = { kind: 'waiting', stalls: true } as const;
const person = { kind: 'stalled' } as const;
const busy = { kind: 'waiting', retryAfterMs: soon } as const;
/** Nobody knows what it is: it may pass, and a person is told when it does not. */
const unknown = { kind: 'waiting', stalls: true, retryAfterMs: slowly } as const;

function register({ namespace, subscription }: Asked): string {
  if (namespace === '') return '';
  return ` az provider register --subscription ${subscription} --namespace ${namespace}`;
}

/**
 * Code → what it means for the operator, the only such table. Codes: learn "Common Azure deployment errors", and as
 * recorded. What is not listed is treated by its HTTP status (`byStatus`). No advice names a field that cannot be
 * changed without saying that the object has to be made anew.
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
  ReadOnlyDisabledSubscription: {
    ...unknown,
    advice: 'The subscription is disabled, by its owner or for payment; have it enabled again.',
  },
  MissingSubscriptionRegistration: {
    ...personEventually,
    advice: (asked: Asked) => `Register the provider:${register(asked)}`,
  },
  SubscriptionNotRegistered: {
    ...personEventually,
    advice: (asked: Asked) => `Register the provider:${register(asked)}`,
  },
  NoRegisteredProviderFound: {
    ...personEventually,
    advice: (asked: Asked) =>
      `The provider is not registered, or this cloud or region lacks the service or this version of its API. Register it:${register(asked)}`,
  },
  SubscriptionNotFound: {
    ...personEventually,
    advice: 'It is gone, of another tenant or cloud, or the identity has no role in it; grant it one.',
  },
  InvalidSubscriptionId: {
    ...person,
    advice: 'Correct it; where the field cannot be changed, make the object anew.',
  },
  ResourceGroupNotFound: {
    ...personEventually,
    advice:
      'Create the resource group; for another one make the object (or the endpoint, by another name) anew.',
  },
  ResourceNotFound: personEventually,
  ParentResourceNotFound: busy,
  InvalidResourceReference: {
    ...personEventually,
    advice: 'Create what is missing, in the same region; for another one make the object or endpoint anew.',
  },
  ResourceGroupBeingDeleted: {
    ...personEventually,
    advice: 'Create the resource group again when it has gone.',
  },
  SubnetIsFull: {
    ...person,
    advice: 'Free seven addresses in the subnet; for another subnet add an endpoint of another name.',
  },
  PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled: {
    ...person,
    advice: 'Turn the private endpoint network policies of the subnet off.',
  },
  SecurityRuleConflict: {
    ...personEventually,
    retryAfterMs: soon,
    advice: 'Another rule has that priority; give one of the two another.',
  },
  AnotherOperationInProgress: busy,
  CannotDeleteResource: {
    ...personEventually,
    retryAfterMs: 15_000,
    advice: 'Whoever made what lies below it has to remove that first.',
  },
  Conflict: { ...personEventually, retryAfterMs: soon },
  RetryableError: busy,
  RetryableErrorDueToAnotherOperation: busy,
  ReferencedResourceNotProvisioned: busy,
  ResourceNotProvisioned: busy,
  PreconditionFailed: busy,
  Canceled: { ...personEventually, retryAfterMs: soon },
  InternalServerError: { kind: 'transient' },
} as const satisfies Record<string, Treatment>;

/** A code of Azure's that the operator treats in a way of its own. */
export type AzureCode = keyof typeof treatments;

export function isKnown(code: string): code is AzureCode {
  return Object.hasOwn(treatments, code);
}

/**
 * What is not listed, by HTTP status; 0 is an operation that failed after it had been accepted. `told` is whether
 * Resource Manager gave a code: what answers 403 or 404 without one is something on the way there.
 */
export function byStatus(status: number, told: boolean): Treatment {
  const [treatment, untold = treatment] = statuses[status] ?? [passing];
  return told ? treatment : untold;
}

const passing = { kind: 'transient' } as const;

/** With a code of Azure's, and without one. */
const statuses: Record<number, readonly [told: Treatment, untold?: Treatment]> = {
  0: [unknown],
  400: [person, unknown],
  401: [personEventually],
  403: [personEventually],
  404: [personEventually, passing],
  405: [person, unknown],
  409: [unknown],
  412: [unknown],
  422: [person, unknown],
  429: [busy],
};

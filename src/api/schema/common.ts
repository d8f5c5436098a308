import { choice, count, objectName, text, type Column, type Rule, type Schema } from './schema.ts';

/** What both kinds share. */

export const conditions: Schema = {
  type: 'array',
  description:
    'What is known of the object, one entry a concern; see docs/reference.md for types and reasons.',
  maxItems: 20,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    type: 'object',
    title: 'Condition',
    description: 'A metav1.Condition.',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: text('The concern, in CamelCase.', 316, {
        pattern:
          '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
      }),
      status: { type: 'string', description: 'True, False or Unknown.', enum: ['True', 'False', 'Unknown'] },
      reason: text('Why, as one stable word in CamelCase.', 1024, {
        minLength: 1,
        pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      }),
      message: text('Why, as a sentence that says what a person can do.', 32_768),
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        description: 'The metadata.generation that this was found for.',
      },
      lastTransitionTime: {
        type: 'string',
        format: 'date-time',
        description: 'When the status last changed.',
      },
    },
  },
};

export const observedGeneration: Schema = {
  type: 'integer',
  format: 'int64',
  description:
    'The metadata.generation that the operator has acted on last; -1 until it has seen the object.',
};

export const lastHandledReconcileAt = text(
  'The value of the annotation arcprivatelink.io/reconcile-requested-at that was acted on last.',
  253,
);

export const credentialsSecretRef: Schema = {
  type: 'object',
  title: 'SecretReference',
  description:
    'The Secret of this namespace with the Azure credentials (keys AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE). ' +
    "Default: the namespace's Secret arc-private-link-credentials, else the operator's own identity where it is allowed.",
  required: ['name'],
  properties: { name: objectName('Name of the Secret.', 253) },
};

export const suspend: Schema = {
  type: 'boolean',
  default: false,
  description:
    'True: nothing is read or written in Azure; the condition Suspended says so, Ready stays as it was, and deletion leaves Azure as it is. Default: false.',
};

export const managementPolicy = choice(
  'Manage: Azure is brought to what the spec says. Observe: nothing is ever written to Azure; status.plannedActions says what would be done, and deletion leaves Azure as it is. Default: Manage.',
  ['Manage', 'Observe'],
  { default: 'Manage' },
);

export const plannedActions: Schema = {
  type: 'array',
  description:
    'Under managementPolicy: Observe, what would be done in Azure, one entry a call, in order; at most 100.',
  maxItems: 100,
  'x-kubernetes-list-type': 'atomic',
  items: {
    type: 'object',
    title: 'PlannedAction',
    description: 'A call of Azure that would be made.',
    required: ['verb', 'id', 'because'],
    properties: {
      verb: choice('PUT, PATCH or DELETE.', ['PUT', 'PATCH', 'DELETE']),
      id: text('ARM id that it would be sent to.', 800),
      because: text('Why, as a sentence.', 1024),
      waitsFor: text('What has to come first; absent when it could be done now.', 1024),
    },
  },
};

export const plannedActionsTotal = count('How many actions are planned, also those that are not listed.');

/** Names become parts of labels and of Azure names. */
export const nameLength: Rule = {
  rule: 'size(self.metadata.name) <= 63',
  message: 'metadata.name must have at most 63 characters',
};

/** The last columns of every kind: how it is, why, and for how long. */
export const summaryColumns: readonly Column[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].status',
    description: 'Ready',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
    description: 'Why',
  },
  {
    name: 'Message',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].message',
    description: 'What to do',
    priority: 1,
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age' },
];

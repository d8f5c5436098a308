import {
  conditions,
  credentialsSecretRef,
  lastHandledReconcileAt,
  managementPolicy,
  nameLength,
  observedGeneration,
  plannedActions,
  plannedActionsTotal,
  summaryColumns,
  suspend,
} from './common.ts';
import {
  armIdPattern,
  choice,
  count,
  objectName,
  resourceGroup,
  scopeName,
  subscriptionId,
  text,
  type KindDefinition,
  type Schema,
} from './schema.ts';
import { tagSelector } from './tag-selector.ts';

/** ArcServerAssociation. */

const list = (description: string, items: Schema, most = 1000): Schema => ({
  type: 'array',
  description,
  maxItems: most,
  'x-kubernetes-list-type': 'atomic',
  items,
});

const machines: Schema = {
  type: 'object',
  title: 'MachineSelector',
  description: 'Which Arc-enabled servers belong to the scope. All parts that are given must match.',
  properties: {
    subscriptionIds: list(
      "Subscriptions whose servers are looked at. Default: the scope's.",
      subscriptionId('A subscription.'),
      100,
    ),
    names: list(
      'Names of servers, compared without case. Default: any.',
      text('Name of a server.', 54, { minLength: 1 }),
    ),
    resourceGroups: list(
      'Resource groups of servers, compared without case. Default: any.',
      resourceGroup('A resource group.'),
    ),
    tagSelector,
    selectionMode: choice(
      'Matching: the servers that match names, resourceGroups and tagSelector, of which at least one must be given. All: every server of the subscriptions. Default: Matching.',
      ['Matching', 'All'],
      { default: 'Matching' },
    ),
  },
  'x-kubernetes-validations': [
    {
      rule:
        "self.selectionMode == 'All' || (has(self.names) && size(self.names) > 0) || (has(self.resourceGroups) && size(self.resourceGroups) > 0) || " +
        '(has(self.tagSelector) && ((has(self.tagSelector.matchTags) && size(self.tagSelector.matchTags) > 0) || (has(self.tagSelector.matchExpressions) && size(self.tagSelector.matchExpressions) > 0)))',
      message:
        'nothing is selected: give names, resourceGroups or tagSelector, or set selectionMode: All to take every server of the subscriptions',
    },
    {
      rule: "self.selectionMode != 'All' || (!has(self.names) && !has(self.resourceGroups) && !has(self.tagSelector))",
      message: 'selectionMode: All takes every server; remove names, resourceGroups and tagSelector',
    },
  ],
};

const scopePattern = armIdPattern('Microsoft.HybridCompute/privateLinkScopes', scopeName);

const spec: Schema = {
  type: 'object',
  title: 'ArcServerAssociationSpec',
  description: 'Which servers belong to which scope.',
  required: ['machines'],
  properties: {
    scopeRef: {
      type: 'object',
      title: 'ScopeReference',
      description:
        'The ArcPrivateLinkScope of this namespace. Exactly one of scopeRef and scopeResourceId. Immutable.',
      required: ['name'],
      properties: { name: objectName('Name of the ArcPrivateLinkScope.', 63) },
    },
    scopeResourceId: text(
      'ARM id of a scope that no ArcPrivateLinkScope of this operator manages. Exactly one of scopeRef and scopeResourceId. Immutable.',
      500,
      { pattern: scopePattern },
    ),
    machines,
    conflictPolicy: choice(
      'What happens to a selected server that belongs to another scope. Refuse: it is listed and never touched. Move: it is taken over, unless a live association holds it. Default: Refuse.',
      ['Refuse', 'Move'],
      { default: 'Refuse' },
    ),
    deletionPolicy: choice(
      'What deleting this object does in Azure. Disassociate: its servers leave the scope. Retain: they stay. May be changed while the object is terminating. Default: Disassociate.',
      ['Disassociate', 'Retain'],
      { default: 'Disassociate' },
    ),
    adoptionPolicy: choice(
      'Servers that were in the scope before this association knew them. Never: they stay there when they leave the selection and at deletion. IfUnowned: they count as if this association had taken them. Default: Never.',
      ['Never', 'IfUnowned'],
      { default: 'Never' },
    ),
    credentialsSecretRef,
    managementPolicy,
    suspend,
  },
  'x-kubernetes-validations': [
    {
      rule: 'has(self.scopeRef) != has(self.scopeResourceId)',
      message: 'give exactly one of scopeRef and scopeResourceId',
    },
    {
      rule: 'has(self.scopeRef) == has(oldSelf.scopeRef) && (!has(self.scopeRef) || self.scopeRef.name == oldSelf.scopeRef.name)',
      message: 'scopeRef cannot be changed later; create another object instead',
    },
    {
      rule: 'has(self.scopeResourceId) == has(oldSelf.scopeResourceId) && (!has(self.scopeResourceId) || self.scopeResourceId.lowerAscii() == oldSelf.scopeResourceId.lowerAscii())',
      message: 'scopeResourceId cannot be changed later; create another object instead',
    },
  ],
};

const exception: Schema = {
  type: 'object',
  title: 'ServerException',
  description: 'A server that needs a person.',
  required: ['id', 'reason', 'message'],
  properties: {
    id: text('ARM id of the server, or its name when Azure has no such server.', 500),
    reason: text('Why, as one stable word in CamelCase.', 100),
    message: text('Why, as a sentence that says what to do.', 1024),
  },
};

const status: Schema = {
  type: 'object',
  title: 'ArcServerAssociationStatus',
  description:
    'Where the servers stand. Written by the operator alone; the state of each server is in the slices.',
  default: { observedGeneration: -1 },
  properties: {
    observedGeneration,
    lastHandledReconcileAt,
    scope: text('The scope: its object, or its ARM id.', 500),
    scopeId: text('ARM id of the scope.', 800),
    previousScopeIds: {
      type: 'array',
      description:
        'ARM ids of scopes that servers of this association were taken into before (its scope object was replaced) and have not left yet.',
      maxItems: 10,
      'x-kubernetes-list-type': 'atomic',
      items: text('ARM id of a scope.', 800),
    },
    selected: count('Servers that match the selection.'),
    associated: count(
      'Servers that Azure shows in the scope for this association, whether or not their wait is over.',
    ),
    propagating: count('Servers that wait for the scope to accept them, up to 15 minutes each.'),
    propagated: count('Servers whose wait is over.'),
    refused: count('Servers that are not taken: of another scope, region or association.'),
    found: count(
      'Of the associated, those that were in the scope before this association knew them and are not released by it.',
    ),
    releasing: count('Servers that are to leave the scope and are still in it.'),
    failed: count('Servers that Azure refused to change.'),
    disconnected: count('Servers in the scope whose agent Azure shows as disconnected.'),
    propagatedBy: { type: 'string', format: 'date-time', description: 'When the last wait ends.' },
    rolledOutGeneration: {
      type: 'integer',
      format: 'int64',
      description:
        'The metadata.generation whose servers have all been taken, whose waits are over, and whose releases are done.',
    },
    exceptions: {
      type: 'array',
      description: 'Servers that need a person, sorted by id; at most 50.',
      maxItems: 50,
      'x-kubernetes-list-type': 'atomic',
      items: exception,
    },
    recentReleases: {
      type: 'array',
      description: 'Servers released within the last hour; a mass release is told by them.',
      maxItems: 60,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        title: 'RecentReleases',
        description: 'Servers released within one minute.',
        required: ['at', 'count'],
        properties: {
          at: { type: 'string', format: 'date-time', description: 'The minute.' },
          count: count('How many.'),
        },
      },
    },
    blockedRelease: {
      type: 'object',
      title: 'BlockedRelease',
      description:
        'Servers that would leave the scope and are held back until a person says that it is meant.',
      required: ['count', 'held', 'token'],
      properties: {
        count: count('How many would leave.'),
        held: count(
          'How many were held when these were first seen to leave; what joins later makes them no fewer.',
        ),
        token: text('What the annotation arcprivatelink.io/confirm-release has to be for them to leave.', 64),
      },
    },
    plannedActions,
    plannedActionsTotal,
    conditions,
  },
};

export const associationKind: KindDefinition = {
  kind: 'ArcServerAssociation',
  plural: 'arcserverassociations',
  singular: 'arcserverassociation',
  shortName: 'asa',
  description:
    'Arc-enabled servers that belong to a private link scope. The operator associates them one by one, waits until the scope accepts them, and releases only servers that it associated.',
  columns: [
    { name: 'Scope', type: 'string', jsonPath: '.status.scope', description: 'The scope' },
    { name: 'Selected', type: 'integer', jsonPath: '.status.selected', description: 'Servers that match' },
    {
      name: 'Propagated',
      type: 'integer',
      jsonPath: '.status.propagated',
      description: 'Servers whose wait is over',
    },
    {
      name: 'Propagating',
      type: 'integer',
      jsonPath: '.status.propagating',
      description: 'Servers that wait',
    },
    {
      name: 'Refused',
      type: 'integer',
      jsonPath: '.status.refused',
      description: 'Servers that are not taken',
    },
    ...summaryColumns,
  ],
  properties: { spec, status },
  required: ['spec'],
  rules: [nameLength],
  hasStatus: true,
};

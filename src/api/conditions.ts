/** Every condition type and every reason, with what it means: the source of docs/reference.md. What to do: runbook.ts. */

interface ConditionMeaning {
  on: string;
  meaning: string;
}

const both = 'both';
const scope = 'ArcPrivateLinkScope';
const association = 'ArcServerAssociation';

export const conditionTypes = {
  Ready: { on: both, meaning: 'The summary: Azure is as the object says.' },
  Reconciling: {
    on: both,
    meaning: 'Only while True: the operator is at work, or waits for what comes by itself.',
  },
  Stalled: {
    on: both,
    meaning:
      'Only while True: a person has to do something; the message says what. It is tried again slowly.',
  },
  Suspended: {
    on: both,
    meaning: 'Only while True: spec.suspend is set, nothing is read or written in Azure.',
  },
  DeletionBlocked: {
    on: scope,
    meaning: 'Only while True: the object is being deleted and waits for associations or servers.',
  },
  PreflightPassed: {
    on: scope,
    meaning: 'Nothing stands in the way: networks exist and are free of other scopes and zones.',
  },
  ScopeReady: { on: scope, meaning: 'The scope exists as it shall.' },
  PrivateEndpointsReady: { on: scope, meaning: 'All private endpoints are provisioned and approved.' },
  DNSReady: { on: scope, meaning: 'Zones, links and records are there for every endpoint.' },
  MachinesSelected: { on: association, meaning: 'At least one server matches the selection.' },
  Associated: { on: association, meaning: 'Every server that can be taken is in the scope.' },
  Propagated: { on: association, meaning: 'The wait of every associated server is over.' },
  Complete: {
    on: association,
    meaning: 'No server is refused, missing or failed, and no release is held back.',
  },
} as const satisfies Record<string, ConditionMeaning>;

export type ConditionType = keyof typeof conditionTypes;

export const reasons = {
  Ready: 'All is as it shall be.',
  Provisioning: 'Azure is creating or changing something; nothing to do.',
  Deleting: 'The object is being deleted; nothing to do.',
  Removed: 'Name resolution has been taken down because the object is being deleted.',
  Suspended: 'spec.suspend is true; set it to false to go on.',
  NotRequired: 'The object asks for none of it.',
  WaitingForScope: 'Waits until the ArcPrivateLinkScope is ready.',
  WaitingForPropagation: 'Waits until the scope has accepted its new servers, up to 15 minutes.',
  WaitingForNameResolution:
    'The scope is being deleted as well: its DNS goes first, then the servers are released.',
  AlreadyExists:
    'A resource of that name exists and is not ours. It is left untouched: choose another azureName or zone resource group, or delete it.',
  ManagementConflict:
    'The resource belongs to another object or another cluster, as its tag says. Remove one of the two.',
  AwaitingApproval:
    'The owner of the scope has to approve the private endpoint connection; the message has the command.',
  ConnectionRejected: 'The private endpoint connection was rejected. Approve it, or remove the endpoint.',
  VirtualNetworkInUse: 'The VNet already reaches another scope. Use one endpoint for each VNet.',
  ZoneSetInUse:
    'The DNS zones already serve another endpoint. Give each endpoint a dns.resourceGroup of its own.',
  VirtualNetworkLinked:
    'The VNet is linked to other zones of the same names. Remove those links or use those zones.',
  RegionMismatch:
    'Two resources that must share a region do not. A server and its scope, an endpoint and its VNet.',
  EndpointMismatch:
    'An endpoint of that name exists with another subnet or scope. Remove it, or add the endpoint under another name.',
  SubnetNotFound:
    'The subnet does not exist, or the identity may not read it. Create it, or correct subnetId.',
  SubnetFull: 'The subnet has not the seven free addresses that an endpoint needs. Use a larger one.',
  OverriddenByPolicy:
    'An Azure policy rewrote what the operator wrote. Change the policy or the spec; it is not fought.',
  AssociationsExist: 'Associations still use the scope. Delete them first.',
  ConnectionsExist: 'Private endpoints of others still lead to the scope. Remove them first.',
  ServersAssociated: 'Servers still point to the scope. Take them out of it first.',
  ScopeNotFound: 'The scope does not exist. Create it, or correct the reference.',
  ScopeCannotServe:
    'The scope has no approved endpoint and public access is not Enabled: servers would be cut off.',
  UseScopeRef: 'The scope is managed by an ArcPrivateLinkScope. Use scopeRef in its namespace.',
  NoneMatched: 'No server matches the selection. Check names and tags.',
  Matched: 'Servers match the selection.',
  Associating: 'Servers are being associated.',
  Associated: 'Every server that can be taken is in the scope.',
  Propagating: 'Servers wait for the scope to accept them.',
  Propagated: 'Every wait is over.',
  Complete: 'No server needs a person.',
  ServersNeedAttention: 'Some servers are refused, missing or failed; see status.exceptions.',
  InOtherScope: 'The server belongs to another scope. Take it out there, or set conflictPolicy: Move.',
  HeldByAssociation: 'Another association holds the server. Narrow one of the two selections.',
  MovedAway: 'Someone moved the server to another scope. Move it back, or take it out of the selection.',
  Contested: 'The server is moved away again and again. Find who does it.',
  ServerNotFound: 'No server of that name exists in the subscriptions.',
  MassReleaseBlocked:
    'More servers than usual would be released. Set the annotation that the message names if that is meant.',
  SecretNotFound:
    'There is no such Secret with Azure credentials, or it is being deleted. Create it, or correct credentialsSecretRef.',
  SecretNotReadable: 'The operator may not read the Secret. Grant it.',
  KubernetesForbidden:
    "The operator's ServiceAccount lacks a right in Kubernetes. Grant it; the chart's roles have every right it needs.",
  InvalidCredentials:
    "The Secret lacks a key or has a wrong one, or the operator's own identity lacks a variable. Correct it.",
  OperatorIdentityNotAllowed:
    "No Secret, and the namespace may not use the operator's own identity. Create one, or set --operator-identity-namespaces.",
  ServiceAccountNotUsable:
    'No token for the ServiceAccount of the Secret. Create it, and let the operator request its tokens.',
  AuthenticationFailed: 'Microsoft Entra ID refuses the credentials. Correct or renew them.',
  AuthenticationUnavailable: 'Microsoft Entra ID did not answer; tried again.',
  InvalidResourceId: 'An id is not one of an Azure resource. Correct it.',
  Throttled: 'Azure asks to slow down; nothing to do.',
  AzureUnavailable: 'Azure did not answer or answered with a fault; tried again.',
  KubernetesUnavailable: 'The Kubernetes API did not answer; tried again.',
  InternalError: 'A fault of the operator; tried again. Please report it.',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof reasons;

import { roleName } from './azure-role.ts';
import type { AzureCode } from '../../src/azure/errors.ts';

/** What to do about Azure's own codes; how each mends comes from the table of src/azure/errors.ts itself. */
export interface CodeEntry {
  cause: string;
  cure: string;
  commands?: readonly string[];
}

const nothing = 'Nothing to do: it is tried again after a few seconds.';
const permissions = '[azure-permissions.md](azure-permissions.md) lists what each action is for.';

export const azureCodes: Readonly<Record<AzureCode, CodeEntry>> = {
  AuthorizationFailed: {
    cause: 'The identity has no role with the action that the message names, on that resource.',
    cure: `Assign the role there; a new assignment may take minutes to work. ${permissions}`,
    commands: [
      `az role assignment create --assignee CLIENT --role "${roleName}" --scope GROUP_ID`,
      'az role assignment list --assignee CLIENT --all -o table',
    ],
  },
  LinkedAuthorizationFailed: {
    cause:
      'The identity may write the resource itself but not use another one that it refers to: a subnet, a VNet, a zone or the scope.',
    cure: `Assign the role on the linked scope that the message names. ${permissions}`,
    commands: [`az role assignment create --assignee CLIENT --role "${roleName}" --scope LINKED_ID`],
  },
  InvalidAuthenticationToken: {
    cause:
      'Azure does not accept the token: wrong cloud or audience, or a clock that is wrong by more than minutes.',
    cure: 'Check `--azure-cloud`, the `AZURE_RESOURCE_MANAGER_*` variables and the clock of the node.',
  },
  ExpiredAuthenticationToken: {
    cause: 'The token ended between being taken and being used.',
    cure: nothing,
  },
  InvalidAuthenticationTokenTenant: {
    cause: 'The token is of another tenant than the subscription.',
    cure: "Put the subscription's tenant into the Secret's `AZURE_TENANT_ID`.",
    commands: ['az account show --subscription SUBSCRIPTION --query tenantId -o tsv'],
  },
  RequestDisallowedByPolicy: {
    cause: 'A policy with effect Deny forbids the resource as it would be written; the message has its id.',
    cure: 'Change the policy, get an exemption, or change the spec (location, tags, public access, names).',
    commands: [
      'az policy assignment list --scope GROUP_ID --query "[].{name:displayName, id:id}" -o table',
      'az policy exemption create --name arc-private-link --policy-assignment ASSIGNMENT_ID --exemption-category Waiver --scope GROUP_ID',
    ],
  },
  ScopeLocked: {
    cause: 'A lock (CanNotDelete or ReadOnly) is on the resource, its resource group or subscription.',
    cure: 'Remove the lock that the message names; set it again afterwards.',
    commands: ['az lock list --resource-group GROUP -o table', 'az lock delete --ids LOCK_ID'],
  },
  ReadOnlyDisabledSubscription: {
    cause:
      'The subscription is disabled, by its owner or because it was not paid for; nothing can be written in it.',
    cure: 'Have it enabled again. It is tried again every minute, later less often.',
    commands: ['az account show --subscription SUBSCRIPTION --query state -o tsv'],
  },
  MissingSubscriptionRegistration: {
    cause: 'The resource provider is not registered in the subscription.',
    cure: 'Register it; that takes a minute or two.',
    commands: [
      'az provider register --subscription SUBSCRIPTION --namespace Microsoft.HybridCompute --wait',
      'az provider register --subscription SUBSCRIPTION --namespace Microsoft.Network --wait',
    ],
  },
  SubscriptionNotRegistered: {
    cause: 'The resource provider is not registered in the subscription.',
    cure: 'Register it; that takes a minute or two.',
    commands: [
      'az provider register --subscription SUBSCRIPTION --namespace Microsoft.HybridCompute --wait',
      'az provider register --subscription SUBSCRIPTION --namespace Microsoft.Network --wait',
    ],
  },
  NoRegisteredProviderFound: {
    cause:
      'The provider is not registered; or this cloud or region does not have the service, or not the API version of the call.',
    cure: 'Register it, and check that the region and the version are among those that the commands list. A `location` cannot be changed: an object in the wrong region has to be made anew.',
    commands: [
      'az provider register --subscription SUBSCRIPTION --namespace Microsoft.HybridCompute --wait',
      'az provider show --namespace Microsoft.HybridCompute --query "resourceTypes[?resourceType==\'privateLinkScopes\'].[locations, apiVersions]" -o json',
    ],
  },
  SubscriptionNotFound: {
    cause:
      'The subscription does not exist, is of another tenant or cloud, or the identity has no role in it.',
    cure: 'Grant the identity a role there; where the id is wrong and cannot be changed, make the object anew.',
    commands: ['az account show --subscription SUBSCRIPTION'],
  },
  InvalidSubscriptionId: {
    cause: 'The subscription id is malformed.',
    cure: 'Correct it; where the field cannot be changed, make the object anew.',
  },
  ResourceGroupNotFound: {
    cause: 'The resource group does not exist. The operator never makes resource groups.',
    cure: 'Create it; in any order, it is waited for. `resourceGroup` cannot be changed: for another one make the object anew, or the endpoint under another name.',
    commands: ['az group create --subscription SUBSCRIPTION --name GROUP --location REGION'],
  },
  ResourceNotFound: {
    cause: 'Something that the call needs is not there; the message names it.',
    cure: 'Create it. What the operator made itself is made anew.',
  },
  ParentResourceNotFound: {
    cause: 'A zone or endpoint went away while something below it was written.',
    cure: nothing,
  },
  InvalidResourceReference: {
    cause:
      'A subnet, VNet, zone or scope that the request refers to does not exist, or is of another region.',
    cure: 'Create it; a server and its scope, an endpoint and its VNet share a region. `subnetId` cannot be changed: add an endpoint of another name instead.',
    commands: ['az resource show --ids REFERENCED_ID --query "{id:id, location:location}"'],
  },
  ResourceGroupBeingDeleted: {
    cause: 'The resource group is being deleted.',
    cure: 'Create it again when it has gone, or let the object go.',
    commands: ['az group wait --name GROUP --deleted', 'az group create --name GROUP --location REGION'],
  },
  SubnetIsFull: {
    cause: 'The subnet has no seven addresses left.',
    cure: 'Free addresses in it. `subnetId` cannot be changed: for another subnet add an endpoint of another name and remove this one.',
    commands: ['az network vnet subnet show --ids SUBNET_ID --query addressPrefix'],
  },
  PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled: {
    cause: 'The subnet enforces network policies on private endpoints in a way that Azure does not allow.',
    cure: 'Turn them off for the subnet.',
    commands: ['az network vnet subnet update --ids SUBNET_ID --private-endpoint-network-policies Disabled'],
  },
  SecurityRuleConflict: {
    cause: 'Another outbound rule of the network security group took the priority meanwhile.',
    cure: 'The next look names that rule, as `PriorityConflict`: give one of the two another priority.',
    commands: ['az network nsg rule list --ids GROUP_ID -o table'],
  },
  AnotherOperationInProgress: {
    cause: 'Azure is still at an earlier change of the resource.',
    cure: nothing,
  },
  CannotDeleteResource: {
    cause: 'A zone still has links, or something else still lies below the resource.',
    cure: 'Nothing to do while they are being removed. A link of someone else has to be removed by them; the message names it where Azure does.',
    commands: ['az network private-dns link vnet list -g GROUP -z ZONE -o table'],
  },
  Conflict: {
    cause: 'Azure is busy with the resource, or something that depends on it is still there.',
    cure: 'It is tried again. When it stays, the message says what stands in the way.',
    commands: ['az resource show --ids RESOURCE_ID'],
  },
  RetryableError: { cause: 'Azure is busy with another change in the same VNet.', cure: nothing },
  RetryableErrorDueToAnotherOperation: {
    cause: 'Azure is busy with another change in the same VNet.',
    cure: nothing,
  },
  ReferencedResourceNotProvisioned: {
    cause: 'A VNet or subnet is being changed and is not ready yet.',
    cure: nothing,
  },
  ResourceNotProvisioned: { cause: 'The resource is not finished yet.', cure: nothing },
  Canceled: {
    cause:
      'An operation that Azure had accepted was canceled, by a person or by a later change of the same resource.',
    cure: 'It is repeated. When it is canceled every time, see who else changes the resource.',
    commands: ['az monitor activity-log list --resource-id RESOURCE_ID --offset 1h -o table'],
  },
  InternalServerError: { cause: 'A fault of the service.', cure: 'It is tried again with growing pauses.' },
  PreconditionFailed: {
    cause: 'Someone else wrote the resource at the same moment. It is looked at anew.',
    cure: nothing,
  },
};

/** Reasons that the operator makes where Azure gives no code of its own, or none that is known. */
export const otherCodes: readonly [string, string][] = [
  ['`AzureError`', 'Azure gave a code that is not a word; the message has it.'],
  ['`AzureUnavailable`', 'No answer came within a minute, or the connection broke.'],
  [
    '`UnexpectedAnswer`',
    'The answer cannot be of Azure: a page to log in, an empty or endless listing, a redirection. A proxy gave it.',
  ],
  ['`TooManyRequests`', 'A 429 without a code; it is told as `Throttled`.'],
  ['`Http404`, `Http503` …', 'An answer without a code, named by its HTTP status: of a proxy, as a rule.'],
  ['`Failed`', 'An operation that Azure had accepted ended so and gave no code.'],
];

/** How a code that is not listed is treated: by the HTTP status of the answer. */
export const byStatusRows: readonly [string, string][] = [
  ['400, 405, 422', 'stalled; without a code of Azure overdue'],
  ['401, 403', 'overdue'],
  ['404', 'overdue; without a code of Azure transient'],
  ['409, 412, and operations that failed', 'overdue, tried again every minute'],
  ['429', 'waiting, as `Throttled`'],
  ['others, and no answer', 'transient'],
];

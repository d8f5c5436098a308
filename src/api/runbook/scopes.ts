import { everyConcern, tryAgain, type RunbookEntry } from './entry.ts';

/** What can stand in the way of a scope, its endpoints and its DNS. */
export const scopes = {
  AlreadyExists: {
    on: { scope: ['ScopeReady', 'PrivateEndpointsReady', 'DNSReady'] },
    mends: ['stalled'],
    cause:
      'A scope, endpoint, zone or zone group of that name exists and does not carry the ownership tag of this object. It is left untouched.',
    cure: 'Choose another `azureName` or `dns.resourceGroup`, or delete the resource that the message names if nobody needs it.',
    commands: ['az resource show --ids RESOURCE_ID --query "{id:id, tags:tags}"', tryAgain('apls')],
  },
  ManagementConflict: {
    on: { scope: everyConcern },
    mends: ['stalled'],
    cause:
      'Another object of this cluster describes the same Azure resource and is older, or the ownership tag names another object or cluster.',
    cure: 'Remove one of the two objects. After a cluster was rebuilt, start the operator with the `--owner-id` of the tag.',
    commands: [
      'az resource show --ids RESOURCE_ID --query "tags.\\"arc-private-link-operator\\""',
      'kubectl get apls -A',
    ],
  },
  AwaitingApproval: {
    on: { scope: ['PrivateEndpointsReady'] },
    mends: ['waiting'],
    cause:
      'The connection of an endpoint is Pending: with `approval: Manual` the owner of the scope decides.',
    cure: 'The owner approves it; the message has the command with all ids filled in.',
    commands: [
      'az network private-endpoint-connection list --id SCOPE_ID -o table',
      'az network private-endpoint-connection approve --id CONNECTION_ID --description "as agreed"',
    ],
  },
  ConnectionRejected: {
    on: { scope: ['PrivateEndpointsReady'] },
    mends: ['stalled'],
    cause: 'The owner of the scope rejected the connection of an endpoint.',
    cure: 'Have it approved after all, or remove the endpoint from the spec.',
    commands: [
      'az network private-endpoint-connection approve --id CONNECTION_ID --description "as agreed"',
      tryAgain('apls'),
    ],
  },
  EndpointMismatch: {
    on: { scope: ['PrivateEndpointsReady'] },
    mends: ['stalled'],
    cause: 'The endpoint exists with another subnet or leads to another scope; Azure cannot move it.',
    cure: 'Delete it, then it is made anew; or add the endpoint under another name.',
    commands: ['az network private-endpoint delete --ids ENDPOINT_ID', tryAgain('apls')],
  },
  VirtualNetworkInUse: {
    on: { scope: ['PreflightPassed'] },
    mends: ['stalled'],
    cause:
      'The VNet already reaches a scope through another endpoint, in this object, an older one, or made by others. A VNet can reach one scope only.',
    cure: 'Use another VNet, or remove the endpoint that the message names.',
    commands: [
      'az network private-endpoint list --query "[?contains(subnet.id, \'/virtualNetworks/VNET/\')].id" -o tsv',
    ],
  },
  ZoneSetInUse: {
    on: { scope: ['PreflightPassed'] },
    mends: ['stalled'],
    cause:
      'Two endpoints name the same resource group for their zones: the records of one would overwrite those of the other.',
    cure: 'Give each endpoint a `dns.resourceGroup` of its own; further VNets join with `dns.linkVirtualNetworkIds`.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  VirtualNetworkLinked: {
    on: { scope: ['PreflightPassed'] },
    mends: ['stalled'],
    cause:
      'The VNet is linked to a zone of the same name elsewhere. Azure allows one link of a name to a VNet.',
    cure: 'Remove that link, leave the VNet out, or set `dns.mode: None` and use those zones.',
    commands: [
      'az network private-dns link vnet list -g GROUP -z ZONE -o table',
      'az network private-dns link vnet delete -g GROUP -z ZONE -n LINK',
      tryAgain('apls'),
    ],
  },
  RegionMismatch: {
    on: { scope: ['ScopeReady'], servers: true },
    mends: ['stalled', 'aside'],
    cause:
      'The scope exists in another region than the spec says (Stalled); or a server is not in the region of its scope and is refused.',
    cure: 'Choose another `azureName` or correct `location`; take the server out of the selection, or use a scope of its region.',
    commands: ['az resource show --ids RESOURCE_ID --query location'],
  },
  SubnetNotFound: {
    on: { scope: ['PreflightPassed'] },
    mends: ['overdue'],
    cause:
      'The VNet or the subnet of `subnetId` does not exist. Azure also answers 404 where it hides what the identity may not see.',
    cure: 'Create it or correct `subnetId`; in any order: it is waited for.',
    commands: ['az network vnet subnet show --ids SUBNET_ID'],
  },
  SubnetFull: {
    on: { scope: ['PreflightPassed'] },
    mends: ['stalled'],
    cause: 'The subnet has fewer than the seven free addresses that an endpoint of a scope takes.',
    cure: 'Use a larger subnet (/28 is the smallest that has room), or free addresses in it.',
    commands: [
      "az network vnet subnet show --ids SUBNET_ID --query '{prefix:addressPrefix, used:length(ipConfigurations || `[]`)}'",
    ],
  },
  OverriddenByPolicy: {
    on: { scope: ['ScopeReady'], servers: true },
    mends: ['normal', 'aside'],
    cause:
      'An Azure policy (effect Modify) rewrote public access of the scope, or the scope of a server. It is told once and not fought: a scope stays Ready, a server is tried again after an hour.',
    cure: 'Change the policy or get an exemption, or change the spec to what the policy wants.',
    commands: [
      'az policy state list --resource RESOURCE_ID --query "[].policyAssignmentId" -o tsv',
      'az policy exemption create --name arc-private-link --policy-assignment ASSIGNMENT_ID --exemption-category Waiver --scope GROUP_ID',
    ],
  },
  InvalidResourceId: {
    on: { scope: everyConcern, association: [] },
    mends: ['stalled'],
    cause: 'An id is not one of an Azure resource. `kubectl apply` refuses the usual ones already.',
    cure: 'Correct the id that the message quotes: `/subscriptions/…/resourceGroups/…/providers/…/…`.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  AssociationsExist: {
    on: { scope: ['DeletionBlocked'] },
    mends: ['waiting'],
    cause: 'The scope is being deleted, but live associations still use it.',
    cure: 'Delete them, or let the object go without Azure.',
    commands: [
      'kubectl -n NAMESPACE delete asa ASSOCIATION',
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"deletionPolicy":"Retain"}}\'',
    ],
  },
  ServersAssociated: {
    on: { scope: ['DeletionBlocked'] },
    mends: ['waiting'],
    cause: 'The scope is being deleted, but servers that no association released still point to it.',
    cure: 'Take them out of it (the message names them), or let the object go without Azure.',
    commands: [
      "az graph query -q \"resources | where type =~ 'microsoft.hybridcompute/machines' and properties.privateLinkScopeResourceId =~ 'SCOPE_ID' | project id\"",
      'az rest --method patch --url "https://management.azure.com/SERVER_ID?api-version=2021-05-20" --body \'{"properties":{"privateLinkScopeResourceId":""}}\'',
    ],
  },
  ConnectionsExist: {
    on: { scope: ['DeletionBlocked'] },
    mends: ['waiting'],
    cause: 'The scope is being deleted, but endpoints that this object did not make still lead to it.',
    cure: 'Have their owners delete them, or let the object go without Azure.',
    commands: ['az network private-endpoint-connection list --id SCOPE_ID -o table'],
  },
} as const satisfies Record<string, RunbookEntry>;

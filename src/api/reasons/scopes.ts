import { everyConcern, tryAgain, type ReasonRow } from './row.ts';

/** What can stand in the way of a scope, its endpoints and its DNS. */
export const scopes = {
  AlreadyExists: {
    meaning:
      'A resource of that name or for that purpose exists and is not ours. It is left untouched; adoptionPolicy: IfUnowned manages it.',
    on: { scope: ['ScopeReady', 'PrivateEndpointsReady', 'DNSReady'] },
    kind: 'stalled',
    cause:
      'A scope, endpoint, zone or zone group exists and does not carry the ownership tag of this object. With `adoptionPolicy: Never` it is left untouched.',
    cure: 'To manage it from now on, and leave it in place when the object is deleted, set `adoptionPolicy: IfUnowned`; look at the plan first with `managementPolicy: Observe`. Or name other resources: `dns.resourceGroup` may be changed, other names need another object (or endpoint).',
    commands: [
      'az resource show --ids RESOURCE_ID --query "{id:id, tags:tags}"',
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"adoptionPolicy":"IfUnowned"}}\'',
    ],
  },
  ManagementConflict: {
    meaning:
      'The resource belongs to another object or another cluster, as its tag says. Remove one of the two, or take it over.',
    on: { scope: everyConcern },
    kind: 'stalled',
    cause:
      'Another object of this cluster has the same Azure resource already, or the ownership tag names another object or cluster.',
    cure: 'Remove one of the two objects; two scopes may share the rules of a network security group when both ask for the same. After a cluster was rebuilt, start the operator with the `--owner-id` of the tag, or take the resources over with the annotation. Objects of another namespace of the same cluster are never taken over.',
    commands: [
      'az resource show --ids RESOURCE_ID --query "tags.\\"arc-private-link-operator\\""',
      'kubectl get apls -A',
      'kubectl -n NAMESPACE annotate apls/NAME --overwrite arcprivatelink.io/take-over-from=OWNER',
    ],
  },
  AwaitingApproval: {
    meaning:
      'The owner of the scope has to approve the private endpoint connection; the message has the command.',
    on: { scope: ['PrivateEndpointsReady'] },
    kind: 'waiting',
    cause:
      'The connection of an endpoint is Pending: with `approval: Manual` the owner of the scope decides.',
    cure: 'The owner approves it; the message has the command with all ids filled in.',
    commands: [
      'az network private-endpoint-connection list --id SCOPE_ID -o table',
      'az network private-endpoint-connection approve --id CONNECTION_ID --description "as agreed"',
    ],
  },
  ConnectionRejected: {
    meaning: 'The private endpoint connection was rejected. Approve it, or remove the endpoint.',
    on: { scope: ['PrivateEndpointsReady'] },
    kind: 'stalled',
    cause: 'The owner of the scope rejected the connection of an endpoint.',
    cure: 'Have it approved after all, or remove the endpoint from the spec.',
    commands: [
      'az network private-endpoint-connection approve --id CONNECTION_ID --description "as agreed"',
      tryAgain('apls'),
    ],
  },
  EndpointMismatch: {
    meaning:
      'An endpoint of that name exists with another subnet or scope. Remove it, or add the endpoint under another name.',
    on: { scope: ['PrivateEndpointsReady'] },
    kind: 'stalled',
    cause: 'The endpoint exists with another subnet or leads to another scope; Azure cannot move it.',
    cure: 'Remove it from the spec and add it under another name; or delete it in Azure, then it is made anew.',
    commands: ['az network private-endpoint delete --ids ENDPOINT_ID', tryAgain('apls')],
  },
  EndpointDisconnected: {
    meaning: 'The connection of an adopted endpoint was removed. Delete the endpoint; it is made anew.',
    on: { scope: ['PrivateEndpointsReady'] },
    kind: 'stalled',
    cause:
      'Someone removed the connection of an endpoint that was adopted. Such an endpoint is only good for deletion, and what was adopted is never deleted by the operator.',
    cure: 'Delete the endpoint in Azure, then it is made anew; or remove it from the spec.',
    commands: ['az network private-endpoint delete --ids ENDPOINT_ID', tryAgain('apls')],
  },
  RecordsMissing: {
    meaning: "The endpoint's records are not in its zones, although Azure was asked to write them.",
    on: { scope: ['DNSReady'] },
    kind: 'overdue',
    cause:
      "Records of the zone group are not in the zones: someone removes them, another endpoint has the same zones, or the group is somebody else's and is not written by the operator.",
    cure: 'Find who changes the records; where the group is not ours, have its owner write it again.',
    commands: [
      'az network private-endpoint dns-zone-group list --ids ENDPOINT_ID',
      'az network private-dns record-set a list -g GROUP -z ZONE -o table',
    ],
  },
  VirtualNetworkInUse: {
    meaning: 'The VNet already reaches another scope. Use one endpoint for each VNet.',
    on: { scope: ['PreflightPassed'] },
    kind: 'stalled',
    cause:
      'The VNet already reaches a scope through another endpoint, in this object, an older one, or made by others. A VNet can reach one scope only.',
    cure: 'Use another VNet, or remove the endpoint that the message names.',
    commands: [
      'az network private-endpoint list --query "[?contains(subnet.id, \'/virtualNetworks/VNET/\')].id" -o tsv',
    ],
  },
  ZoneSetInUse: {
    meaning:
      'The DNS zones already serve another endpoint. Give each endpoint a dns.resourceGroup of its own.',
    on: { scope: ['PreflightPassed'] },
    kind: 'stalled',
    cause:
      'Two endpoints name the same resource group for their zones: the records of one would overwrite those of the other.',
    cure: 'Give each endpoint a `dns.resourceGroup` of its own; further VNets join with `dns.linkVirtualNetworkIds`.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  VirtualNetworkLinked: {
    meaning: 'The VNet is linked to other zones of the same names. Remove those links or use those zones.',
    on: { scope: ['PreflightPassed'] },
    kind: 'stalled',
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
    meaning:
      'Two resources that must share a region do not. A server and its scope, an endpoint and its VNet.',
    on: { scope: ['ScopeReady'], servers: true },
    kind: 'stalled',
    also: ['aside'],
    cause:
      'The scope exists in another region than the spec says (Stalled); or a server is not in the region of its scope and is refused.',
    cure: 'Create another object with the region that the scope has, or with another `azureName`; take the server out of the selection, or use a scope of its region.',
    commands: ['az resource show --ids RESOURCE_ID --query location'],
  },
  SubnetNotFound: {
    meaning: 'The subnet does not exist, or the identity may not read it. Create it.',
    on: { scope: ['PreflightPassed'] },
    kind: 'overdue',
    cause:
      'The VNet or the subnet of `subnetId` does not exist. Azure also answers 404 where it hides what the identity may not see.',
    cure: 'Create it, in any order: it is waited for. For another subnet, remove the endpoint and add one with another name.',
    commands: ['az network vnet subnet show --ids SUBNET_ID'],
  },
  DNSZoneNotFound: {
    meaning: 'A private DNS zone that is to exist already (dns.mode: Existing) does not.',
    on: { scope: ['DNSReady'] },
    kind: 'overdue',
    cause:
      'With `dns.mode: Existing` the zones of the service are looked for in the subscription and resource group of `dns`, and one of them is not there. Azure also answers 404 where it hides what the identity may not see.',
    cure: 'Have it created by whoever has the zones, correct `dns.subscriptionId` and `dns.resourceGroup`, or set `dns.mode: Managed`. It is waited for.',
    commands: ['az network private-dns zone list --resource-group ZONE_GROUP -o table'],
  },
  WaitingForZoneGroup: {
    meaning: 'The DNS zone group that a policy or another team makes (dns.mode: External) is not there yet.',
    on: { scope: ['DNSReady'] },
    kind: 'overdue',
    patienceMs: 3_600_000,
    cause:
      'With `dns.mode: External` the operator makes no zone group. Policies that deploy one (`deployIfNotExists`) do so minutes after the endpoint was made, or with a remediation task; or the group that is there lacks zones of the service. It is waited for an hour before the object is `Stalled`.',
    cure: 'Look at the policy and its remediation, or have the team make the group. To have it made here, set `dns.mode: Managed` or `Existing`.',
    commands: [
      'az network private-endpoint dns-zone-group list --ids ENDPOINT_ID',
      'az policy state list --resource ENDPOINT_ID -o table',
    ],
  },
  SubnetFull: {
    meaning: 'The subnet has not the seven free addresses that an endpoint needs. Free some, or use another.',
    on: { scope: ['PreflightPassed'] },
    kind: 'stalled',
    cause: 'The subnet has fewer than the seven free addresses that an endpoint of a scope takes.',
    cure: 'Free addresses in it; or remove the endpoint and add one with another name in a larger subnet (/28 is the smallest that has room).',
    commands: [
      "az network vnet subnet show --ids SUBNET_ID --query '{prefix:addressPrefix, used:length(ipConfigurations || `[]`)}'",
    ],
  },
  OverriddenByPolicy: {
    meaning:
      'An Azure policy rewrote what the operator wrote. Change the policy or the spec; it is not fought.',
    on: { scope: ['ScopeReady', 'PrivateEndpointsReady', 'DNSReady', 'NetworkRulesReady'], servers: true },
    kind: 'normal',
    also: ['aside'],
    cause:
      'An Azure policy (effect Modify) rewrote public access of the scope, tags, or the scope of a server. It is told and not fought: a scope stays Ready, and the change is tried again with pauses that grow to an hour, so that it is made when the policy has gone.',
    cure: 'Change the policy or get an exemption, or change the spec to what the policy wants.',
    commands: [
      'az policy state list --resource RESOURCE_ID --query "[].policyAssignmentId" -o tsv',
      'az policy exemption create --name arc-private-link --policy-assignment ASSIGNMENT_ID --exemption-category Waiver --scope GROUP_ID',
    ],
  },
  InvalidResourceId: {
    meaning: 'An id is not one of an Azure resource. Correct it.',
    on: { scope: everyConcern, association: [] },
    kind: 'stalled',
    cause: 'An id is not one of an Azure resource. `kubectl apply` refuses the usual ones already.',
    cure: 'Correct the id that the message quotes: `/subscriptions/…/resourceGroups/…/providers/…/…`.',
    commands: ['kubectl -n NAMESPACE edit apls NAME'],
  },
  AssociationsExist: {
    meaning: 'Associations still use the scope. Delete them first.',
    on: { scope: ['DeletionBlocked'] },
    kind: 'waiting',
    cause: 'The scope is being deleted, but live associations still use it.',
    cure: 'Delete them, or let the object go without Azure.',
    commands: [
      'kubectl -n NAMESPACE delete asa ASSOCIATION',
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"deletionPolicy":"Retain"}}\'',
    ],
  },
  ServersAssociated: {
    meaning: 'Servers still point to the scope. Take them out of it first.',
    on: { scope: ['DeletionBlocked'] },
    kind: 'waiting',
    cause: 'The scope is being deleted, but servers that no association released still point to it.',
    cure: 'Take them out of it (the message names them), or let the object go without Azure.',
    commands: [
      "az graph query -q \"resources | where type =~ 'microsoft.hybridcompute/machines' and properties.privateLinkScopeResourceId =~ 'SCOPE_ID' | project id\"",
      'az rest --method patch --url "https://management.azure.com/SERVER_ID?api-version=2021-05-20" --body \'{"properties":{"privateLinkScopeResourceId":""}}\'',
    ],
  },
  ServersNotVisible: {
    meaning: 'Whether servers still point to the scope could not be looked at. Let the identity list them.',
    on: { scope: ['DeletionBlocked'] },
    kind: 'overdue',
    cause:
      'The scope is being deleted, and the servers of a subscription in which some are to be expected could not be listed: a missing role, or trouble on the way.',
    cure: 'Give the identity read access to the servers of the subscription that the message names, or let the object go without Azure.',
    commands: [
      'az role assignment create --assignee CLIENT --role Reader --scope /subscriptions/SUBSCRIPTION',
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"deletionPolicy":"Retain"}}\'',
    ],
  },
  ZoneInUse: {
    meaning: "A DNS zone that is to be deleted has a link of someone else's. Have its owner remove it.",
    on: {},
    kind: 'overdue',
    cause:
      'A zone that the operator made is to go, because the spec no longer asks for it or the object is being deleted, but someone else has linked a VNet to it.',
    cure: 'Have the owner of the link remove it; the message has the command. It is looked at again by itself.',
    commands: ['az network private-dns link vnet delete --ids LINK_ID', tryAgain('apls')],
  },
} as const satisfies Record<string, ReasonRow>;

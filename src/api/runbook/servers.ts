import { tryAgain, type RunbookEntry } from './entry.ts';

/** What an association says of its scope, of its servers together and of single ones. */
export const servers = {
  ScopeNotFound: {
    on: { association: [] },
    mends: ['overdue'],
    cause: 'The ArcPrivateLinkScope of `scopeRef`, or the Azure scope of `scopeResourceId`, does not exist.',
    cure: 'Create it, or delete the association and make another with the right name. In any order: it is waited for.',
    commands: ['kubectl -n NAMESPACE get apls', 'az resource show --ids SCOPE_ID'],
  },
  ScopeCannotServe: {
    on: { association: [] },
    mends: ['overdue'],
    cause:
      'The scope has no approved endpoint and its public access is not Enabled: servers in it would be cut off, so none is taken.',
    cure: 'Add a private endpoint, have its connection approved, or enable public access.',
    commands: [
      'kubectl -n NAMESPACE patch apls/SCOPE --type=merge -p \'{"spec":{"publicNetworkAccess":"Enabled"}}\'',
    ],
  },
  UseScopeRef: {
    on: { association: [] },
    mends: ['stalled'],
    cause:
      'The scope of `scopeResourceId` carries an ownership tag: an ArcPrivateLinkScope manages it, of this cluster or another.',
    cure: "Delete the association and create it with `scopeRef` in that object's namespace.",
    commands: ['kubectl get apls -A', 'kubectl -n NAMESPACE delete asa NAME'],
  },
  Matched: {
    on: { association: ['MachinesSelected'] },
    mends: ['normal'],
    cause: 'At least one server matches the selection.',
    cure: 'Nothing to do.',
  },
  NoneMatched: {
    on: { association: ['MachinesSelected'] },
    mends: ['aside'],
    cause:
      'No server of the subscriptions matches the selection, or the identity may not read those that would.',
    cure: 'Check names, resource groups, tags and `subscriptionIds`; tag values are compared with case. Servers that come to match are taken up.',
    commands: [
      'az resource list --resource-type Microsoft.HybridCompute/machines --query "[].{name:name, group:resourceGroup, tags:tags}"',
    ],
  },
  Associating: {
    on: { association: ['Associated'] },
    mends: ['waiting'],
    cause: "Servers are being associated, as fast as Azure's limits allow.",
    cure: 'Nothing to do.',
    commands: ['kubectl -n NAMESPACE get asas -o yaml'],
  },
  Associated: {
    on: { association: ['Associated'] },
    mends: ['normal'],
    cause: 'Every server that can be taken is in the scope.',
    cure: 'Nothing to do.',
  },
  Propagating: {
    on: { association: ['Propagated'] },
    mends: ['normal'],
    cause:
      'Servers are within the 15 minutes that a scope may take to accept them, or still to be associated.',
    cure: 'Nothing to do; `status.propagatedBy` says when the last wait ends.',
    commands: ["kubectl -n NAMESPACE get asa/NAME -o jsonpath='{.status.propagatedBy}'"],
  },
  Propagated: {
    on: { association: ['Propagated'] },
    mends: ['normal'],
    cause: 'Every wait is over.',
    cure: 'Nothing to do.',
  },
  Complete: {
    on: { association: ['Complete'] },
    mends: ['normal'],
    cause: 'No server is refused, failed or missing, and no release is held back.',
    cure: 'Nothing to do.',
  },
  ServersNeedAttention: {
    on: { association: ['Complete'] },
    mends: ['aside'],
    cause: 'Some servers are refused, failed or missing.',
    cure: 'Each is listed with its reason; look that up here.',
    commands: [
      'kubectl -n NAMESPACE get asa/NAME -o jsonpath=\'{range .status.exceptions[*]}{.reason}{"\\t"}{.id}{"\\n"}{end}\'',
    ],
  },
  MassReleaseBlocked: {
    on: { association: ['Complete'] },
    mends: ['aside'],
    cause:
      'A change of the selection or of tags would release more than ten servers and more than a tenth of those held, so none is.',
    cure: 'Undo the change, or confirm it with the count of the message. Another count needs another confirmation.',
    commands: [
      'kubectl -n NAMESPACE annotate asa/NAME --overwrite arcprivatelink.io/confirm-release="COUNT"',
    ],
  },
  InOtherScope: {
    on: { servers: true },
    mends: ['aside'],
    cause: 'The server belongs to another scope and `conflictPolicy` is Refuse. It is never touched.',
    cure: 'Have it taken out there, or set `conflictPolicy: Move` (that moves every such server of the selection).',
    commands: ['kubectl -n NAMESPACE patch asa/NAME --type=merge -p \'{"spec":{"conflictPolicy":"Move"}}\''],
  },
  HeldByAssociation: {
    on: { servers: true },
    mends: ['aside'],
    cause: 'Another association of this cluster selects the server as well and holds it or is older.',
    cure: 'Narrow one of the two selections.',
    commands: ['kubectl get asa -A'],
  },
  MovedAway: {
    on: { servers: true },
    mends: ['aside'],
    cause: 'Someone moved the server from our scope to another one, and `conflictPolicy` is Refuse.',
    cure: 'Move it back, or take it out of the selection.',
    commands: [
      'az rest --method patch --url "https://management.azure.com/SERVER_ID?api-version=2021-05-20" --body \'{"properties":{"privateLinkScopeResourceId":"SCOPE_ID"}}\'',
    ],
  },
  Contested: {
    on: { servers: true },
    mends: ['aside'],
    cause:
      'With `conflictPolicy: Move` the server was taken back twice within an hour and moved away again. It is tried again when the hour is over.',
    cure: 'Find who or what moves it.',
    commands: [
      'az monitor activity-log list --resource-id SERVER_ID --offset 1d --query "[?contains(operationName.value, \'machines/write\')].{at:eventTimestamp, by:caller}" -o table',
    ],
  },
  ServerNotFound: {
    on: { servers: true },
    mends: ['aside'],
    cause: 'No server of that name exists in the subscriptions, or the identity may not read it.',
    cure: 'Onboard it (it is then taken up), correct the name, or take it out of `machines.names`.',
    commands: [
      'az resource list --resource-type Microsoft.HybridCompute/machines --name SERVER -o table',
      tryAgain('asa'),
    ],
  },
} as const satisfies Record<string, RunbookEntry>;

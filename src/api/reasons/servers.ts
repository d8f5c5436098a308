import { tryAgain, type ReasonRow } from './row.ts';

/** What an association says of its scope, of its servers together and of single ones. */
export const servers = {
  ScopeNotFound: {
    meaning: 'The scope does not exist. Create it, or correct the reference.',
    on: { association: ['Associated'] },
    kind: 'overdue',
    cause: 'The ArcPrivateLinkScope of `scopeRef`, or the Azure scope of `scopeResourceId`, does not exist.',
    cure: 'Create it, or delete the association and make another with the right name. In any order: it is waited for.',
    commands: ['kubectl -n NAMESPACE get apls', 'az resource show --ids SCOPE_ID'],
  },
  ScopeCannotServe: {
    meaning: 'The scope has no approved endpoint and public access is not Enabled: servers would be cut off.',
    on: { association: ['Associated'] },
    kind: 'overdue',
    cause:
      'The scope has no approved endpoint and its public access is not Enabled: servers in it would be cut off, so none is taken.',
    cure: 'Add a private endpoint, have its connection approved, or enable public access.',
    commands: [
      'kubectl -n NAMESPACE patch apls/SCOPE --type=merge -p \'{"spec":{"publicNetworkAccess":"Enabled"}}\'',
    ],
  },
  UseScopeRef: {
    meaning:
      'The scope is managed by an ArcPrivateLinkScope of this operator. Create an association with scopeRef in its namespace, and delete this one when that is Ready.',
    on: { association: ['Associated'] },
    kind: 'stalled',
    cause:
      "The scope of `scopeResourceId` carries this operator's own ownership tag: one of its ArcPrivateLinkScopes manages it.",
    cure: "Create an association with `scopeRef` in that object's namespace. When it is Ready, delete this one: its servers stay in the scope. Deleted first, it would release the servers that it took. A scope of another cluster may be used by its id.",
    commands: ['kubectl get apls -A', 'kubectl -n NAMESPACE get asa', 'kubectl -n NAMESPACE delete asa NAME'],
  },
  Matched: {
    meaning: 'Servers match the selection.',
    on: { association: ['MachinesSelected'] },
    kind: 'normal',
    cause: 'At least one server matches the selection.',
    cure: 'Nothing to do.',
  },
  NoneMatched: {
    meaning: 'No server matches the selection. Check names and tags.',
    on: { association: ['MachinesSelected'] },
    kind: 'aside',
    cause:
      'No server of the subscriptions matches the selection, or the identity may not read those that would.',
    cure: 'Check names, resource groups, tags and `subscriptionIds`; tag values are compared with case. Servers that come to match are taken up.',
    commands: [
      'az resource list --resource-type Microsoft.HybridCompute/machines --query "[].{name:name, group:resourceGroup, tags:tags}"',
    ],
  },
  Associating: {
    meaning: 'Servers are being associated.',
    on: { association: ['Associated'] },
    kind: 'waiting',
    cause: "Servers are being associated, as fast as Azure's limits allow.",
    cure: 'Nothing to do.',
    commands: ['kubectl -n NAMESPACE get asas -o yaml'],
  },
  Associated: {
    meaning: 'Every server that can be taken is in the scope.',
    on: { association: ['Associated'] },
    kind: 'normal',
    cause: 'Every server that can be taken is in the scope.',
    cure: 'Nothing to do.',
  },
  Propagating: {
    meaning: 'Servers wait for the scope to accept them.',
    on: { association: ['Propagated'] },
    kind: 'normal',
    cause:
      'Servers are within the 15 minutes that a scope may take to accept them, or still to be associated.',
    cure: 'Nothing to do; `status.propagatedBy` says when the last wait ends.',
    commands: ["kubectl -n NAMESPACE get asa/NAME -o jsonpath='{.status.propagatedBy}'"],
  },
  Propagated: {
    meaning: 'Every wait is over.',
    on: { association: ['Propagated'] },
    kind: 'normal',
    cause: 'Every wait is over.',
    cure: 'Nothing to do.',
  },
  Complete: {
    meaning: 'No server needs a person.',
    on: { association: ['Complete'] },
    kind: 'normal',
    cause: 'No server is refused, failed or missing, and no release is held back.',
    cure: 'Nothing to do.',
  },
  ServersNeedAttention: {
    meaning: 'Some servers are refused, missing or failed; see status.exceptions.',
    on: { association: ['Complete'] },
    kind: 'aside',
    cause: 'Some servers are refused, failed or missing.',
    cure: 'Each is listed with its reason; look that up here.',
    commands: [
      'kubectl -n NAMESPACE get asa/NAME -o jsonpath=\'{range .status.exceptions[*]}{.reason}{"\\t"}{.id}{"\\n"}{end}\'',
    ],
  },
  MassReleaseBlocked: {
    meaning:
      'More servers than usual would be released, so none is. Run the command of the message if that is meant.',
    on: { association: ['Complete'] },
    kind: 'stalled',
    cause:
      'A change of the selection or of tags would release more servers than may go within an hour: ten, or a tenth of those held if that is more; more than half of them (if more than two); or the last ones, where nothing is selected any more. None is released.',
    cure: 'Undo the change, or run the command that the message ends with. It is good for just these servers and once; other servers, or the same ones later, need another.',
    commands: [
      'kubectl -n NAMESPACE get asa/NAME -o jsonpath=\'{.status.conditions[?(@.type=="Complete")].message}\'',
      'kubectl -n NAMESPACE annotate asa/NAME --overwrite arcprivatelink.io/confirm-release="COUNT-DIGEST"',
    ],
  },
  ListingIncomplete: {
    meaning:
      'The listing of a subscription lacks too many held servers to be believed; nothing is concluded from it.',
    on: { association: ['MachinesSelected', 'Complete'] },
    kind: 'aside',
    cause:
      'Azure listed a subscription without many of the servers that are held, as it does when the identity may read only a part of it. They stay as they are; no server is released or forgotten.',
    cure: 'Give the identity the right to read all servers of the subscription. When the servers are gone for good, run the command that the message ends with: each is then asked for by itself.',
    commands: [
      'az role assignment list --assignee CLIENT_ID --all -o table',
      'kubectl -n NAMESPACE annotate asa/NAME --overwrite arcprivatelink.io/confirm-release="COUNT-DIGEST"',
    ],
  },
  NotVisible: {
    meaning: 'The server is held, but the identity may no longer read it. Grant that right.',
    on: { servers: true },
    kind: 'aside',
    cause: 'Two listings lacked the server, and asked for it by itself Azure did not say that it is gone.',
    cure: 'Grant the identity the right to read it. It stays as it is until Azure shows it again or says that it is gone.',
    commands: ['az role assignment list --assignee CLIENT_ID --all -o table'],
  },
  LookedTooLongAgo: {
    meaning: 'The server is looked at again before it is changed; nothing to do.',
    on: { servers: true },
    kind: 'waiting',
    cause:
      'More than a minute passed between the look at a server and its turn. It is seen in the log alone.',
    cure: 'Nothing to do.',
  },
  InOtherScope: {
    meaning: 'The server belongs to another scope. Take it out there, or set conflictPolicy: Move.',
    on: { servers: true },
    kind: 'aside',
    cause: 'The server belongs to another scope and `conflictPolicy` is Refuse. It is never touched.',
    cure: 'Have it taken out there, or set `conflictPolicy: Move` (that moves every such server of the selection).',
    commands: ['kubectl -n NAMESPACE patch asa/NAME --type=merge -p \'{"spec":{"conflictPolicy":"Move"}}\''],
  },
  HeldByAssociation: {
    meaning: 'Another association holds the server. Narrow one of the two selections.',
    on: { servers: true },
    kind: 'aside',
    cause:
      'Another association of this cluster selects the server as well, could take it, and holds it or is older; or holds it, and nothing is taken from a live association.',
    cure: 'Narrow one of the two selections.',
    commands: ['kubectl get asa -A'],
  },
  MovedAway: {
    meaning: 'Someone moved the server to another scope. Move it back, or take it out of the selection.',
    on: { servers: true },
    kind: 'aside',
    cause:
      'Someone moved the server from our scope to another one, and `conflictPolicy` is Refuse. A server of the scope that this association had before is moved on instead.',
    cure: 'Move it back, or take it out of the selection.',
    commands: [
      'az rest --method patch --url "https://management.azure.com/SERVER_ID?api-version=2021-05-20" --body \'{"properties":{"privateLinkScopeResourceId":"SCOPE_ID"}}\'',
    ],
  },
  Contested: {
    meaning: 'The server is moved away again and again. Find who does it.',
    on: { servers: true },
    kind: 'aside',
    cause:
      'With `conflictPolicy: Move` the server was taken back twice within an hour and moved away again. It is tried again when the hour is over.',
    cure: 'Find who or what moves it.',
    commands: [
      'az monitor activity-log list --resource-id SERVER_ID --offset 1d --query "[?contains(operationName.value, \'machines/write\')].{at:eventTimestamp, by:caller}" -o table',
    ],
  },
  ServerNotFound: {
    meaning: 'No server of that name exists in the subscriptions.',
    on: { servers: true },
    kind: 'aside',
    cause: 'No server of that name exists in the subscriptions, or the identity may not read it.',
    cure: 'Onboard it (it is then taken up), correct the name, or take it out of `machines.names`.',
    commands: [
      'az resource list --resource-type Microsoft.HybridCompute/machines --name SERVER -o table',
      tryAgain('asa'),
    ],
  },
} as const satisfies Record<string, ReasonRow>;

import { everyConcern, type ReasonRow } from './row.ts';

/** Reasons of objects that are well or on their way, and faults that pass by themselves. */
export const progress = {
  Ready: {
    meaning: 'All is as it shall be.',
    on: { scope: ['Ready', ...everyConcern], association: ['Ready'] },
    kind: 'normal',
    cause: 'Azure is as the object says.',
    cure: 'Nothing to do.',
  },
  ChangesPlanned: {
    meaning: 'Under managementPolicy: Observe, calls of Azure would be made; see status.plannedActions.',
    on: { scope: ['Ready', ...everyConcern], association: ['Ready', 'Associated'] },
    kind: 'normal',
    cause:
      'The object or the whole operator only observes (`managementPolicy: Observe`), and Azure differs from the spec.',
    cure: 'Read the planned actions; when they are what you want, set `managementPolicy: Manage`.',
    commands: [
      'kubectl -n NAMESPACE get apls/NAME -o jsonpath=\'{range .status.plannedActions[*]}{.verb} {.id}: {.because}{"\\n"}{end}\'',
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"managementPolicy":"Manage"}}\'',
    ],
  },
  SubscriptionNotAllowed: {
    meaning: 'The object names a subscription in which this operator may not act. No call was made.',
    on: { scope: ['PreflightPassed'], association: ['MachinesSelected'] },
    kind: 'stalled',
    cause:
      'The operator runs with `--allowed-subscriptions`, and the object names another one, be it in an ARM id.',
    cure: 'Have the subscription added to the flag, or create the object anew with an allowed one.',
    commands: ['kubectl -n NAMESPACE describe apls/NAME'],
  },
  Provisioning: {
    meaning: 'Azure is creating or changing something; nothing to do.',
    on: { scope: ['PrivateEndpointsReady', 'DNSReady'] },
    kind: 'waiting',
    cause: 'Azure is creating, changing or removing something; the message says what.',
    cure: 'Nothing to do: an endpoint takes about half a minute. When it lasts, look at what Azure says of it.',
    commands: ['az network private-endpoint show --ids ENDPOINT_ID --query provisioningState'],
  },
  Deleting: {
    meaning: 'The object is being deleted; nothing to do.',
    on: { scope: [], association: [] },
    kind: 'waiting',
    cause: 'The object is being deleted and Azure is still taking down what it made; the message says what.',
    cure: 'Nothing to do. When the credentials are gone for good, let the object go without Azure.',
    commands: [
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"deletionPolicy":"Retain"}}\'',
      'kubectl -n NAMESPACE patch asa/NAME --type=merge -p \'{"spec":{"deletionPolicy":"Retain"}}\'',
    ],
  },
  Removed: {
    meaning: 'Name resolution has been taken down because the object is being deleted.',
    on: { scope: ['DNSReady'] },
    kind: 'normal',
    cause: 'The scope is being deleted, and its names no longer resolve to the endpoints.',
    cure: 'Nothing to do: servers leave the scope next.',
  },
  Suspended: {
    meaning: 'spec.suspend is true; set it to false to go on.',
    on: { scope: ['Suspended'], association: ['Suspended'] },
    kind: 'normal',
    cause:
      '`spec.suspend` is true: nothing is read or written in Azure, and deletion would leave it as it is.',
    cure: 'Set it to false to go on.',
    commands: ['kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"suspend":false}}\''],
  },
  NotRequired: {
    meaning: 'The object asks for none of it.',
    on: { scope: ['PrivateEndpointsReady', 'DNSReady'] },
    kind: 'normal',
    cause: 'The spec asks for no endpoint, or for no zones (`dns.mode: None`).',
    cure: 'Nothing to do. With `dns.mode: None` the records to make elsewhere are in the status.',
    commands: ["kubectl -n NAMESPACE get apls/NAME -o jsonpath='{.status.endpoints[*].records}'"],
  },
  WaitingForEndpoints: {
    meaning: 'Public access is turned off when a private endpoint serves the servers of the scope.',
    on: { scope: ['ScopeReady'] },
    kind: 'waiting',
    cause:
      '`publicNetworkAccess` is to be `Disabled`, servers are in the scope, and no endpoint of the object is approved with names that resolve: they would be cut off.',
    cure: 'Look at the endpoints and their DNS: this goes on by itself when one of them serves. With `dnsActivation: Hold` set `Automatic` first.',
    commands: [
      'kubectl -n NAMESPACE get apls/NAME -o jsonpath=\'{range .status.conditions[*]}{.type} {.status} {.message}{"\\n"}{end}\'',
    ],
  },
  HeldBack: {
    meaning: 'What makes names resolve is not made because of dnsActivation: Hold; see status.heldBack.',
    on: { scope: ['DNSReady'] },
    kind: 'normal',
    cause:
      'With `dnsActivation: Hold` zones and records are made, and neither VNet links nor the DNS export: servers go on using the public names.',
    cure: 'When the servers are associated, and the scope accepts them, set `dnsActivation: Automatic`.',
    commands: [
      "kubectl -n NAMESPACE get apls/NAME -o jsonpath='{.status.heldBack}'",
      'kubectl -n NAMESPACE patch apls/NAME --type=merge -p \'{"spec":{"dnsActivation":"Automatic"}}\'',
    ],
  },
  WaitingForScope: {
    meaning: 'Waits until the ArcPrivateLinkScope is ready.',
    on: { association: ['Associated'] },
    kind: 'waiting',
    cause:
      'The ArcPrivateLinkScope is not there yet in Azure, has no approved endpoint yet, or is being deleted.',
    cure: 'Look at the scope: when it is ready, this goes on by itself.',
    commands: ['kubectl -n NAMESPACE get apls SCOPE -o wide'],
  },
  WaitingForPropagation: {
    meaning: 'Waits until the scope has accepted its new servers, up to 15 minutes.',
    on: { scope: ['ScopeReady'], association: [] },
    kind: 'waiting',
    cause:
      'Azure takes up to 15 minutes until a scope accepts a new server. A scope waits for it before public access is turned off.',
    cure: 'Nothing to do but to wait longer than that.',
    commands: ['kubectl -n NAMESPACE wait asa/NAME --for=condition=Ready --timeout=30m'],
  },
  Releasing: {
    meaning: 'Servers that left the selection are still to leave the scope; nothing to do.',
    on: { association: [] },
    kind: 'waiting',
    cause:
      'The selection was narrowed. A server leaves the scope when two listings have shown it outside of the selection, within seconds where Azure answers.',
    cure: 'Nothing to do.',
    commands: ['kubectl -n NAMESPACE wait asa/NAME --for=condition=Ready --timeout=30m'],
  },
  WaitingForNameResolution: {
    meaning: 'The scope is being deleted as well: its DNS goes first, then the servers are released.',
    on: { association: [] },
    kind: 'waiting',
    cause:
      'Association and scope are deleted together: while names still resolve to the endpoints, a server outside the scope would be refused there.',
    cure: 'Nothing to do. When it lasts, the scope is what holds it up.',
    commands: ['kubectl -n NAMESPACE describe apls SCOPE'],
  },
  Throttled: {
    meaning: 'Azure asks to slow down; nothing to do.',
    on: { scope: everyConcern, association: [] },
    kind: 'waiting',
    cause: 'Azure answered 429, and nothing is sent until the time that it asked for is over.',
    cure: 'Nothing to do. Other tools with the same identity or subscription use the same limit.',
  },
  AzureUnavailable: {
    meaning: 'Azure did not answer or answered with a fault; tried again.',
    on: { scope: everyConcern, association: [] },
    kind: 'transient',
    cause: 'Azure did not answer: the connection broke, or 60 seconds passed.',
    cure: "When it lasts, look at the cluster's way to Azure (DNS, proxy, firewall) and at Azure's own health.",
    commands: [
      'curl -sS -o /dev/null -w "%{http_code}\\n" https://management.azure.com/  # 400 is an answer',
    ],
  },
  KubernetesUnavailable: {
    meaning: 'The Kubernetes API did not answer; tried again.',
    on: { scope: everyConcern, association: [] },
    kind: 'transient',
    cause: 'The Kubernetes API did not answer. It is more often seen in the log than in a status.',
    cure: 'When it lasts, look at the API server and the way to it.',
    commands: ["kubectl get --raw '/readyz?verbose'"],
  },
  InternalError: {
    meaning: 'A fault of the operator; tried again. Please report it.',
    on: { scope: everyConcern, association: [] },
    kind: 'transient',
    cause: 'A fault of the operator itself.',
    cure: 'Please report it with the log of that time.',
    commands: [
      'kubectl -n OPERATOR_NAMESPACE logs deployment/OPERATOR --since=1h | grep \'"level":"error"\'',
    ],
  },
} as const satisfies Record<string, ReasonRow>;

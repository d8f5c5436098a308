import { everyConcern, type ReasonRow } from './row.ts';

/** Reasons that keep an object from acting on Azure at all; they stand on the first concern of a scope. */
const on = { scope: ['PreflightPassed'], association: [] } as const;
/** Tokens are only asked for by the first call, which without endpoints is the scope's own. */
const atFirstCall = { scope: ['PreflightPassed', 'ScopeReady'], association: [] } as const;

export const credentials = {
  SecretNotFound: {
    meaning:
      'There is no such Secret with Azure credentials, or it is being deleted. Create it, or correct credentialsSecretRef.',
    on,
    kind: 'overdue',
    cause:
      'The Secret that `spec.credentialsSecretRef` names does not exist in the namespace of the object, has none of the keys of Azure credentials, or is being deleted: then it serves only objects that are being deleted themselves.',
    cure: 'Create it, or correct `credentialsSecretRef`. In any order: it is waited for. One that is being deleted goes when no object uses it any more.',
    commands: [
      'kubectl -n NAMESPACE create secret generic SECRET --from-literal=AZURE_TENANT_ID=TENANT --from-literal=AZURE_CLIENT_ID=CLIENT --from-literal=AZURE_CLIENT_SECRET=VALUE',
    ],
  },
  SecretNotReadable: {
    meaning: 'The operator may not read the Secret. Grant it.',
    on,
    kind: 'overdue',
    cause: "The Kubernetes API refuses the operator's ServiceAccount to read the Secret (403).",
    cure: 'Grant it get and patch on Secrets in that namespace with a Role and a RoleBinding.',
    commands: [
      'kubectl auth can-i get secrets -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  KubernetesForbidden: {
    meaning:
      "The operator's ServiceAccount lacks a right in Kubernetes. Grant it; the chart's roles have every right it needs.",
    on: { scope: everyConcern, association: [] },
    kind: 'overdue',
    cause:
      "The Kubernetes API refuses the operator's ServiceAccount something it needs (403); the message has the verb and the resource.",
    cure: "Grant it; the chart's roles have every right it needs (`rbac.create`, `watchNamespaces`).",
    commands: [
      'kubectl auth can-i --list -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  InvalidCredentials: {
    meaning:
      "The Secret lacks a key or has a wrong one, or the operator's own identity lacks a variable. Correct it.",
    on,
    kind: 'stalled',
    cause:
      "The Secret lacks a key, has a malformed one, has an `AUTH_MODE` that is not known, or a key that would set an endpoint; or, without a Secret, the operator's own identity lacks a variable of its environment. The message names the key or the variable, never its value.",
    cure: "Correct the Secret, or the operator's environment.",
    commands: ['kubectl -n NAMESPACE edit secret SECRET'],
  },
  OperatorIdentityNotAllowed: {
    meaning:
      "No Secret, and the namespace may not use the operator's own identity. Create one, or set --operator-identity-namespaces.",
    on,
    kind: 'overdue',
    cause:
      "There is no Secret, or it asks for a managed identity, and the namespace may not use the operator's own identity. With `AUTH_MODE: podidentity` also where the operator itself runs with workload identity, which it lends to nobody.",
    cure: 'Create the Secret `arc-private-link-credentials`, or start the operator with the namespace in `--operator-identity-namespaces`.',
    commands: [
      'kubectl -n NAMESPACE create secret generic arc-private-link-credentials --from-literal=AZURE_TENANT_ID=TENANT --from-literal=AZURE_CLIENT_ID=CLIENT --from-literal=AZURE_CLIENT_SECRET=VALUE',
    ],
  },
  ServiceAccountNotUsable: {
    meaning:
      'No token for the ServiceAccount of the Secret. Create it, and let the operator request its tokens.',
    on,
    kind: 'overdue',
    cause:
      'With `AUTH_MODE: workloadidentity` the API server gave no token for the ServiceAccount: it does not exist, or the operator may not create its tokens.',
    cure: 'Create the ServiceAccount, and grant the operator create on `serviceaccounts/token` there.',
    commands: [
      'kubectl -n NAMESPACE create serviceaccount ACCOUNT',
      'kubectl auth can-i create serviceaccounts --subresource=token -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  AuthenticationFailed: {
    meaning: 'Microsoft Entra ID refuses the credentials. Correct or renew them.',
    on: atFirstCall,
    kind: 'overdue',
    cause:
      "Microsoft Entra ID refuses the credentials, the operator's certificate or token file is missing or malformed, or the host has no managed identity. The message has the AADSTS code where there is one, and the trace id by which Microsoft finds the request.",
    cure: 'Do what the message says: renew the secret or certificate and update the Secret, or add the federated credential of the ServiceAccount.',
    commands: [
      'az ad app credential reset --id CLIENT',
      'az ad app federated-credential create --id CLIENT --parameters \'{"name":"arc-private-link","issuer":"ISSUER","subject":"system:serviceaccount:NAMESPACE:ACCOUNT","audiences":["api://AzureADTokenExchange"]}\'',
    ],
  },
  AuthenticationUnavailable: {
    meaning: 'Microsoft Entra ID did not answer; tried again.',
    on: atFirstCall,
    kind: 'transient',
    cause:
      'Microsoft Entra ID did not answer, or something else did in its place: as a rule the way to it is broken. A token that is still good stays in use, and other identities are not held up.',
    cure: "Nothing within half a minute of its return. When it lasts, look at the cluster's way to the login host (DNS, proxy, firewall); where a proxy inspects TLS, give its CA to the operator by `NODE_EXTRA_CA_CERTS`.",
    commands: [
      'curl -sS https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration | head -c 200',
    ],
  },
} as const satisfies Record<string, ReasonRow>;

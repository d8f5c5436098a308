import { everyConcern, type RunbookEntry } from './entry.ts';

/** Reasons that keep an object from acting on Azure at all; they stand on the first concern of a scope. */
const on = { scope: ['PreflightPassed'], association: [] } as const;
/** Tokens are only asked for by the first call, which without endpoints is the scope's own. */
const atFirstCall = { scope: ['PreflightPassed', 'ScopeReady'], association: [] } as const;

export const credentials = {
  SecretNotFound: {
    on,
    mends: ['overdue'],
    cause: 'The Secret that `spec.credentialsSecretRef` names does not exist in the namespace of the object.',
    cure: 'Create it, or correct `credentialsSecretRef`. In any order: it is waited for.',
    commands: [
      'kubectl -n NAMESPACE create secret generic SECRET --from-literal=AZURE_TENANT_ID=TENANT --from-literal=AZURE_CLIENT_ID=CLIENT --from-literal=AZURE_CLIENT_SECRET=VALUE',
    ],
  },
  SecretNotReadable: {
    on,
    mends: ['overdue'],
    cause: "The Kubernetes API refuses the operator's ServiceAccount to read the Secret (403).",
    cure: 'Grant it get and patch on Secrets in that namespace with a Role and a RoleBinding.',
    commands: [
      'kubectl auth can-i get secrets -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  KubernetesForbidden: {
    on: { scope: everyConcern, association: [] },
    mends: ['overdue'],
    cause:
      "The Kubernetes API refuses the operator's ServiceAccount something it needs (403); the message has the verb and the resource.",
    cure: "Grant it; the chart's roles have every right it needs (`rbac.create`, `watchNamespaces`).",
    commands: [
      'kubectl auth can-i --list -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  InvalidCredentials: {
    on,
    mends: ['stalled'],
    cause:
      'The Secret lacks a key, has a malformed one, has an `AUTH_MODE` that is not known, or a key that would set an endpoint. The message names the key, never its value.',
    cure: 'Correct the Secret.',
    commands: ['kubectl -n NAMESPACE edit secret SECRET'],
  },
  OperatorIdentityNotAllowed: {
    on,
    mends: ['overdue'],
    cause:
      "There is no Secret, or it asks for a managed identity, and the namespace may not use the operator's own identity.",
    cure: 'Create the Secret `arc-private-link-credentials`, or start the operator with the namespace in `--operator-identity-namespaces`.',
    commands: [
      'kubectl -n NAMESPACE create secret generic arc-private-link-credentials --from-literal=AZURE_TENANT_ID=TENANT --from-literal=AZURE_CLIENT_ID=CLIENT --from-literal=AZURE_CLIENT_SECRET=VALUE',
    ],
  },
  ServiceAccountNotUsable: {
    on,
    mends: ['overdue', 'waiting'],
    cause:
      'With `AUTH_MODE: workloadidentity` the API server gave no token for the ServiceAccount: it does not exist, or the operator may not create its tokens.',
    cure: 'Create the ServiceAccount, and grant the operator create on `serviceaccounts/token` there.',
    commands: [
      'kubectl -n NAMESPACE create serviceaccount ACCOUNT',
      'kubectl auth can-i create serviceaccounts --subresource=token -n NAMESPACE --as=system:serviceaccount:OPERATOR_NAMESPACE:SERVICEACCOUNT',
    ],
  },
  AuthenticationFailed: {
    on: atFirstCall,
    mends: ['overdue', 'stalled'],
    cause:
      'Microsoft Entra ID refuses the credentials, a certificate or token file is missing or malformed (Stalled at once), or the host has no managed identity. The message has the AADSTS code where there is one.',
    cure: 'Do what the message says: renew the secret or certificate and update the Secret, or add the federated credential of the ServiceAccount.',
    commands: [
      'az ad app credential reset --id CLIENT',
      'az ad app federated-credential create --id CLIENT --parameters \'{"name":"arc-private-link","issuer":"ISSUER","subject":"system:serviceaccount:NAMESPACE:ACCOUNT","audiences":["api://AzureADTokenExchange"]}\'',
    ],
  },
  AuthenticationUnavailable: {
    on: atFirstCall,
    mends: ['transient'],
    cause: 'Microsoft Entra ID gave no token and no AADSTS code: as a rule the way to it is broken.',
    cure: "When it lasts, look at the cluster's way to the login host (DNS, proxy, firewall).",
    commands: [
      'curl -sS https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration | head -c 200',
    ],
  },
} as const satisfies Record<string, RunbookEntry>;

import type { Environment } from './flags.ts';
import type { Credential } from './azure/credentials.ts';

/** The operator's own identity as its environment gives it, secrets included. */
export interface OwnIdentity {
  credential: Credential | IncompleteCredential;
  /** Whether the Pod has a token that Entra ID would exchange. The SDK's managed identity would, for any client id. */
  federated: boolean;
}

/** Some variables of an identity without the others. */
export interface IncompleteCredential {
  kind: 'incomplete';
  /** The variable that is not set, and one that is. */
  missing: string;
  beside: string;
}

/** What proves the identity, in the order of preference. */
const proofs = [
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
] as const;

/**
 * By the variables of @azure/identity's EnvironmentCredential and of workload identity; with none of them the managed
 * identity of where the operator runs. Some of them never mean that: what was meant to be an application would act with
 * whatever the node may do. They are no reason not to start either, for the other namespaces have Secrets.
 */
export function ownIdentity(environment: Environment): OwnIdentity {
  const value = (name: string): string => environment[name] ?? '';
  return { credential: ownCredential(value), federated: value('AZURE_FEDERATED_TOKEN_FILE') !== '' };
}

function ownCredential(value: (name: string) => string): Credential | IncompleteCredential {
  const [tenantId, clientId] = [value('AZURE_TENANT_ID'), value('AZURE_CLIENT_ID')];
  const proof = proofs.find((name) => value(name) !== '');
  const incomplete = (missing: string, beside: string): IncompleteCredential => ({
    kind: 'incomplete',
    missing,
    beside,
  });
  if (proof === undefined) {
    const [first, ...others] = proofs;
    if (tenantId !== '') return incomplete(`${first} (or ${others.join(', ')})`, 'AZURE_TENANT_ID');
    return clientId === '' ? { kind: 'managedIdentity' } : { kind: 'managedIdentity', clientId };
  }
  if (tenantId === '') return incomplete('AZURE_TENANT_ID', proof);
  if (clientId === '') return incomplete('AZURE_CLIENT_ID', proof);
  switch (proof) {
    case 'AZURE_FEDERATED_TOKEN_FILE':
      return { kind: 'federatedTokenFile', tenantId, clientId, path: value(proof) };
    case 'AZURE_CLIENT_SECRET':
      return { kind: 'clientSecret', tenantId, clientId, clientSecret: value(proof) };
    case 'AZURE_CLIENT_CERTIFICATE_PATH':
      return { kind: 'clientCertificateFile', tenantId, clientId, path: value(proof) };
  }
}

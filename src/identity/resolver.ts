import { createHash } from 'node:crypto';
import { secretFinalizer, secretInUseLabel, secrets, serviceAccounts, type Secret } from './resources.ts';
import { readSecret, type SecretCredential } from './secret.ts';
import { waiting } from '../base/errors.ts';
import { hasStatus, type Client } from '../runtime/client.ts';
import { keyText, type Key, type KubeObject } from '../runtime/object.ts';
import type { Credential } from '../azure/credentials.ts';
import type { Azure } from '../azure/types.ts';

/** The namespace's Secret, used by objects that name none. */
export const namespaceSecretName = 'arc-private-link-credentials';

/** An object that acts on Azure. */
export interface Principal extends KubeObject {
  spec: { credentialsSecretRef?: { name: string } };
}

/** Whose identity acts for an object. */
export type AzureFor = (object: Principal) => Promise<Azure>;

export interface IdentityOptions {
  client: Client;
  /** Makes the calls of one identity; asked once for each distinct credential. */
  connect(credential: Credential): Azure;
  /** The operator's own identity, from its environment. */
  ownCredential: Credential;
  /** Namespaces that may use it; `*` stands for all. */
  ownIdentityNamespaces: readonly string[];
}

/** Connections kept: enough for every tenant of a cluster, few enough to forget rotated secrets. */
const mostConnections = 200;

/**
 * Resolves in the order of the contract: the object's Secret, the namespace's, the operator's own identity. A Secret
 * that is used gets a finalizer before the first call with it, so that it outlives the objects that need it.
 */
export function createIdentities(options: IdentityOptions): AzureFor {
  const connections = new Map<string, Azure>();

  const connected = (fingerprint: string, credential: () => Credential): Azure => {
    const known = connections.get(fingerprint);
    const azure = known ?? options.connect(credential());
    connections.delete(fingerprint);
    connections.set(fingerprint, azure);
    const [oldest] = connections.keys();
    if (connections.size > mostConnections && oldest !== undefined) connections.delete(oldest);
    return azure;
  };

  const own = (object: Principal): Azure => {
    const namespace = object.metadata.namespace ?? '';
    const allowed = options.ownIdentityNamespaces.some((name) => name === '*' || name === namespace);
    if (allowed) return connected('operator', () => options.ownCredential);
    const text =
      `Namespace ${namespace} has no Secret ${namespaceSecretName} and may not use the operator's own identity; ` +
      'create the Secret, or add the namespace to --operator-identity-namespaces.';
    throw waiting('OperatorIdentityNotAllowed', text, { stalls: true });
  };

  return async (object) => {
    const key = secretKey(object);
    const secret = await getSecret(options.client, key);
    if (secret === undefined) {
      if (object.spec.credentialsSecretRef === undefined) return own(object);
      const text = `Secret ${keyText(key)} does not exist; create it or correct credentialsSecretRef.`;
      throw waiting('SecretNotFound', text, { stalls: true });
    }
    const credential = readSecret(keyText(key), secret.data ?? {});
    if (credential.kind === 'managedIdentity') checkManagedIdentity(options, key);
    await hold(options.client, secret);
    return connected(fingerprintOf(key, credential), () => asCredential(options.client, key, credential));
  };
}

/** The Secret an object uses, whether it exists or not. */
export function secretKey(object: Principal): Key {
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.spec.credentialsSecretRef?.name ?? namespaceSecretName,
  };
}

async function getSecret(client: Client, key: Key): Promise<Secret | undefined> {
  try {
    return await client.get(secrets, key);
  } catch (error) {
    if (!hasStatus(error, 403)) throw error;
    const text = `The operator may not read Secret ${keyText(key)}; grant its ServiceAccount get on Secrets there.`;
    throw waiting('SecretNotReadable', text, { stalls: true, cause: error });
  }
}

/** A managed identity is the operator's host's: a Secret must not open it to a namespace that may not use it. */
function checkManagedIdentity(options: IdentityOptions, key: Key): void {
  if (options.ownIdentityNamespaces.some((name) => name === '*' || name === key.namespace)) return;
  const text =
    `Secret ${keyText(key)} asks for a managed identity of the operator, which namespace ${key.namespace} may not ` +
    'use; add the namespace to --operator-identity-namespaces or put a credential of its own into the Secret.';
  throw waiting('OperatorIdentityNotAllowed', text, { stalls: true });
}

async function hold(client: Client, secret: Secret): Promise<void> {
  const finalizers = secret.metadata.finalizers ?? [];
  if (finalizers.includes(secretFinalizer) || secret.metadata.deletionTimestamp !== undefined) return;
  const metadata = {
    resourceVersion: secret.metadata.resourceVersion,
    finalizers: [...finalizers, secretFinalizer],
    labels: { [secretInUseLabel]: 'true' },
  };
  await client.patch(
    secrets,
    { namespace: secret.metadata.namespace ?? '', name: secret.metadata.name },
    { metadata },
  );
}

/** Changes with the credential's content, so that a rotated Secret takes effect at the next reconcile. */
function fingerprintOf(key: Key, credential: SecretCredential): string {
  // A workload identity is its namespace's: equal text in two namespaces is not the same ServiceAccount.
  const where = credential.kind === 'workloadIdentity' ? key.namespace : '';
  return createHash('sha256')
    .update(JSON.stringify([where, credential]))
    .digest('hex');
}

function asCredential(client: Client, key: Key, credential: SecretCredential): Credential {
  if (credential.kind !== 'workloadIdentity') return credential;
  const { kind, tenantId, clientId, serviceAccountName } = credential;
  const account = { namespace: key.namespace, name: serviceAccountName };
  return { kind, tenantId, clientId, getAssertion: () => serviceAccountToken(client, account) };
}

/** The audience Entra ID expects of a Kubernetes token (workload identity federation). */
const exchangeAudience = 'api://AzureADTokenExchange';

/** A token of that ServiceAccount alone, by TokenRequest: the operator's own token is never handed out. */
async function serviceAccountToken(client: Client, account: Key): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account.name },
    spec: { audiences: [exchangeAudience], expirationSeconds: 3600 },
  };
  try {
    const answer: typeof request & { status?: { token: string } } = await client.createSubresource(
      serviceAccounts,
      account,
      'token',
      request,
    );
    if (answer.status?.token) return answer.status.token;
  } catch (error) {
    if (!hasStatus(error, 404) && !hasStatus(error, 403)) throw error;
    const text = `No token for ServiceAccount ${keyText(account)}: create it and let the operator request its tokens.`;
    throw waiting('ServiceAccountNotUsable', text, { stalls: true, cause: error });
  }
  throw waiting('ServiceAccountNotUsable', `The API server gave no token for ${keyText(account)}.`);
}

import { createHash } from 'node:crypto';
import { Connections } from './connections.ts';
import { secretFinalizer, secretInUseLabel, secrets, type Secret } from './resources.ts';
import { looksLikeCredentials, readSecret, type SecretCredential } from './secret.ts';
import { serviceAccountToken } from './service-account.ts';
import { fault } from '../api/reasons.ts';
import { finalizer } from '../api/resources.ts';
import { hasStatus, type Client } from '../runtime/client.ts';
import { keyOf, keyText, type Key, type KubeObject } from '../runtime/object.ts';
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

export interface Identities {
  azureFor: AzureFor;
  /** No object uses the Secret any more: what was kept for it goes. */
  forget(this: void, secret: Key): void;
}

/** The operator's own identity, and who may use it. */
export interface OperatorIdentity {
  /** From its environment; variables without their other half are no identity. */
  credential: Credential | { kind: 'incomplete'; missing: string; beside: string };
  /** The Pod has a token that the SDK would exchange for a managed identity's, whatever its client id. */
  federated: boolean;
  /** `*` stands for all. */
  namespaces: readonly string[];
}

export interface IdentityOptions {
  client: Client;
  /** Makes the calls of one identity; asked once for each distinct credential in use. */
  connect(credential: Credential): Azure;
  own: OperatorIdentity;
  /** The cloud's audience of Kubernetes tokens that are exchanged. */
  exchangeAudience: string;
}

/**
 * Resolves in the order of the contract: the object's Secret, the namespace's, the operator's own identity. A Secret
 * that is used gets a finalizer before the first call with it, so that it outlives the objects that need it. One that
 * is being deleted serves the removal of objects alone: deleting it takes the right to act away.
 */
export function createIdentities(options: IdentityOptions): Identities {
  const connections = new Connections<Azure>();

  return {
    async azureFor(object) {
      const key = secretKey(object);
      const secret = await getSecret(options.client, key);
      if (secret === undefined) connections.leave(keyText(key));
      if (secret === undefined && object.spec.credentialsSecretRef === undefined) {
        const own = ownCredential(options.own, key.namespace);
        return connections.use('operator', 'operator', () => options.connect(own));
      }
      const credential = credentialOf(object, key, secret);
      if (credential.kind === 'managedIdentity') checkManagedIdentity(options.own, key);
      // An object that is only observed is deleted without Azure: it needs no Secret to outlive it.
      const claimed = object.metadata.finalizers?.includes(finalizer) ?? false;
      if (secret !== undefined && claimed) await hold(options.client, secret);
      return connections.use(keyText(key), fingerprintOf(key, credential), () =>
        options.connect(asCredential(options, key, credential)),
      );
    },
    forget: (secret) => connections.leave(keyText(secret)),
  };
}

function mayUse(own: OperatorIdentity, namespace: string): boolean {
  return own.namespaces.some((name) => name === '*' || name === namespace);
}

function ownCredential(own: OperatorIdentity, namespace: string): Credential {
  const { credential } = own;
  if (!mayUse(own, namespace)) {
    const text =
      `Namespace ${namespace} has no Secret ${namespaceSecretName} and may not use the operator's own identity; ` +
      'create the Secret, or add the namespace to --operator-identity-namespaces.';
    throw fault('OperatorIdentityNotAllowed', text);
  }
  if (credential.kind !== 'incomplete') return credential;
  const text =
    `The operator's own identity is incomplete: ${credential.missing} is not set, although ${credential.beside} is; ` +
    `set it for the operator, or create a Secret ${namespaceSecretName} in namespace ${namespace}.`;
  throw fault('InvalidCredentials', text);
}

/** Of a Secret that has nothing to do with Azure nothing is told, not even that it exists. */
function credentialOf(object: Principal, key: Key, secret: Secret | undefined): SecretCredential {
  if (secret === undefined || !looksLikeCredentials(secret.data ?? {})) {
    const text = `No Secret ${keyText(key)} with Azure credentials: create it with the keys AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or correct credentialsSecretRef.`;
    throw fault('SecretNotFound', text);
  }
  const removing = object.metadata.deletionTimestamp !== undefined;
  if (secret.metadata.deletionTimestamp !== undefined && !removing) {
    const text = `Secret ${keyText(key)} is being deleted, and serves only the deletion of objects until then; name another one in credentialsSecretRef.`;
    throw fault('SecretNotFound', text);
  }
  return readSecret(keyText(key), secret.data ?? {});
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
    throw fault('SecretNotReadable', text, { cause: error });
  }
}

/**
 * A managed identity is the operator's host's: a Secret must not open it to a namespace that may not use it. Nor must it
 * be had by exchanging the token of the operator's own Pod, as the SDK does where it finds one, for any client id.
 */
function checkManagedIdentity(own: OperatorIdentity, key: Key): void {
  if (!mayUse(own, key.namespace)) {
    const text =
      `Secret ${keyText(key)} asks for a managed identity of the operator, which namespace ${key.namespace} may not ` +
      'use; add the namespace to --operator-identity-namespaces or put a credential of its own into the Secret.';
    throw fault('OperatorIdentityNotAllowed', text);
  }
  if (!own.federated) return;
  const text =
    `Secret ${keyText(key)} asks for a managed identity (AUTH_MODE podidentity), but the operator runs with workload ` +
    'identity, which it lends to nobody; use AUTH_MODE workloadidentity with a ServiceAccount of the namespace.';
  throw fault('OperatorIdentityNotAllowed', text);
}

async function hold(client: Client, secret: Secret): Promise<void> {
  const finalizers = secret.metadata.finalizers ?? [];
  if (finalizers.includes(secretFinalizer) || secret.metadata.deletionTimestamp !== undefined) return;
  const metadata = {
    resourceVersion: secret.metadata.resourceVersion,
    finalizers: [...finalizers, secretFinalizer],
    labels: { [secretInUseLabel]: 'true' },
  };
  await client.patch(secrets, keyOf(secret), { metadata });
}

/** Changes with the credential's content, so that a rotated Secret takes effect at the next reconcile. */
function fingerprintOf(key: Key, credential: SecretCredential): string {
  // A workload identity is its namespace's: equal text in two namespaces is not the same ServiceAccount.
  const where = credential.kind === 'workloadIdentity' ? key.namespace : '';
  return createHash('sha256')
    .update(JSON.stringify([where, credential]))
    .digest('hex');
}

function asCredential(options: IdentityOptions, key: Key, credential: SecretCredential): Credential {
  if (credential.kind !== 'workloadIdentity') return credential;
  const { client, exchangeAudience } = options;
  const { kind, tenantId, clientId, serviceAccountName } = credential;
  const account = { namespace: key.namespace, name: serviceAccountName };
  const getAssertion = (): Promise<string> => serviceAccountToken(client, account, exchangeAudience);
  return { kind, tenantId, clientId, getAssertion };
}

import { secretKey, type Principal } from './resolver.ts';
import { secretFinalizer, secretInUseLabel, secrets } from './resources.ts';
import type { Client } from '../runtime/client.ts';
import { keyOf, keyText, type Key } from '../runtime/object.ts';
import type { Reconcile } from '../runtime/reconciler.ts';

export interface ReleaseOptions {
  client: Client;
  /** The live objects of a namespace that may use a Secret, of every kind. */
  principals(namespace: string): readonly Principal[];
  /** Drops what was kept for a Secret. */
  forget(secret: Key): void;
}

/**
 * Lets a credentials Secret go when no object uses it any more; its key is the Secret's. The cache may be older than
 * an object that was just created: such an object takes the Secret again at its own reconcile.
 */
export function createSecretRelease(options: ReleaseOptions): Reconcile {
  return async (key, { log }) => {
    const used = options
      .principals(key.namespace)
      .some((object) => keyText(secretKey(object)) === keyText(key));
    if (used) return {};
    options.forget(key);
    const secret = await options.client.get(secrets, key);
    const finalizers = secret?.metadata.finalizers ?? [];
    if (!finalizers.includes(secretFinalizer)) return {};
    const metadata = {
      resourceVersion: secret?.metadata.resourceVersion,
      finalizers: finalizers.filter((name) => name !== secretFinalizer),
      labels: { [secretInUseLabel]: null },
    };
    await options.client.patch(secrets, key, { metadata });
    log.info({ secret: keyText(key) }, 'credentials are used no more');
    return {};
  };
}

/** The Secrets that this operator holds, by their label: those left over from before a restart are among them. */
export async function heldSecrets(client: Client, namespaces: readonly string[]): Promise<Key[]> {
  const keys: Key[] = [];
  for (const namespace of namespaces.length === 0 ? [undefined] : namespaces) {
    let continueToken: string | undefined;
    do {
      const page = await client.list(secrets, {
        labelSelector: `${secretInUseLabel}=true`,
        limit: 500,
        ...(namespace === undefined ? {} : { namespace }),
        ...(continueToken === undefined ? {} : { continueToken }),
      });
      keys.push(...page.items.map(keyOf));
      continueToken = page.continueToken;
    } while (continueToken !== undefined);
  }
  return keys;
}

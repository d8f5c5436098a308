import { serviceAccounts } from './resources.ts';
import { fault } from '../api/reasons.ts';
import { hasStatus, type Client } from '../runtime/client.ts';
import { keyText, type Key } from '../runtime/object.ts';

/**
 * A token of that ServiceAccount alone, by TokenRequest, for the audience at which its cloud exchanges it: the
 * operator's own token is never handed out.
 */
export async function serviceAccountToken(client: Client, account: Key, audience: string): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account.name },
    spec: { audiences: [audience], expirationSeconds: 3600 },
  };
  const answer: typeof request & { status?: { token: string } } = await asked(account, () =>
    client.createSubresource(serviceAccounts, account, 'token', request),
  );
  if (answer.status?.token) return answer.status.token;
  throw fault('ServiceAccountNotUsable', `The API server gave no token for ${keyText(account)}.`);
}

async function asked<T>(account: Key, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 403)) {
      const text = `No token for ServiceAccount ${keyText(account)}: create it and let the operator request its tokens.`;
      throw fault('ServiceAccountNotUsable', text, { cause: error });
    }
    const text = `The API server gave no token for ServiceAccount ${keyText(account)}; it is asked again.`;
    throw fault('KubernetesUnavailable', text, { cause: error });
  }
}

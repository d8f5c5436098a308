import { transient, type OperatorError, asOperatorError } from '../base/errors.ts';
import { kubernetesForbidden } from '../engine/tellable.ts';
import { askedWaitMs, KubernetesError } from '../runtime/client.ts';

/** What the API server's refusals become where they are about one thing beside the object, and the rest goes on. */
export function kubernetesFault(error: unknown): OperatorError {
  if (!(error instanceof KubernetesError)) return asOperatorError(error);
  if (error.status === 403) return kubernetesForbidden(error);
  const retryAfterMs = askedWaitMs(error);
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  const text = `The Kubernetes API refused it: ${error.message}`;
  return transient('KubernetesUnavailable', text, { ...options, cause: error });
}

/** The call's answer, or its refusal as such a fault. */
export async function withKubernetesFaults<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw kubernetesFault(error);
  }
}

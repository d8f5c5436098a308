import { KubernetesError, NoKubernetesAnswer } from '../runtime/client.ts';
import { fault } from '../api/reasons.ts';
import { asOperatorError, type OperatorError } from '../base/errors.ts';

/**
 * What a reconcile that failed tells in the object's status. Trouble with Kubernetes itself is thrown on, the queue's to
 * retry: there may be no status to write it to, and a status that says so has gone astray when it arrives. A refusal is
 * not: reading and status may well be granted, and only a person can grant the rest.
 */
export function tellable(error: unknown): OperatorError {
  if (error instanceof NoKubernetesAnswer) throw error;
  if (!(error instanceof KubernetesError)) return asOperatorError(error);
  if (error.status !== 403) throw error;
  return kubernetesForbidden(error);
}

/** What the API server does not let the operator do. */
export function kubernetesForbidden(error: KubernetesError): OperatorError {
  const text = `The operator may not do this in Kubernetes: ${error.message}. Grant it; the chart's roles have every right it needs.`;
  return fault('KubernetesForbidden', text, { cause: error });
}

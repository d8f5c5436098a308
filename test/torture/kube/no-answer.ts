import { asKubernetesError } from '../../../src/runtime/kube-errors.ts';

/** What kube-client.ts makes of a connection that broke. */
export const noAnswer = (): Error => asKubernetesError(new Error('other side closed'));

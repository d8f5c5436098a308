import type { KubeObject, Resource } from '../runtime/object.ts';

/** The core kinds that identities come from. */

export interface Secret extends KubeObject {
  /** Base64, as the API gives it. */
  data?: Record<string, string>;
}

export const secrets: Resource<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};

export const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** Keeps a Secret until the last object that needs it has gone. */
export const secretFinalizer = 'arcprivatelink.io/finalizer';

/** Marks the Secrets that carry the finalizer, so that they are found again after a restart. */
export const secretInUseLabel = 'arcprivatelink.io/in-use';

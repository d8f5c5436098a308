import type {
  ArcPrivateLinkScope,
  ArcServerAssociation,
  ArcServerAssociationSlice,
  Metadata,
} from './types.ts';

/** Where the kinds are served, and the names that are fixed for ever. */

export const group = 'arcprivatelink.io';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

/** Structurally the runtime's `Resource<T>`; the API folder knows no runtime. */
interface Served<T> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly objectType?: T;
}

const served = <T extends { metadata: Metadata }>(kind: string, plural: string): Served<T> => ({
  group,
  version,
  kind,
  plural,
  namespaced: true,
});

export const scopes = served<ArcPrivateLinkScope>('ArcPrivateLinkScope', 'arcprivatelinkscopes');
export const associations = served<ArcServerAssociation>('ArcServerAssociation', 'arcserverassociations');
export const slices = served<ArcServerAssociationSlice>(
  'ArcServerAssociationSlice',
  'arcserverassociationslices',
);

export const finalizer = 'arcprivatelink.io/finalizer';
/** Field manager, Lease and event source. */
export const operatorName = 'arc-private-link-operator';
/** The Azure tag of everything that the operator creates; its value is `<owner id>/<namespace>/<name>`. */
export const ownerTag = 'arc-private-link-operator';
/** Beside the owner's tag, on what existed before and is left in place at deletion. Its value is `true`. */
export const adoptedTag = 'arc-private-link-adopted';
/** On ConfigMaps that were exported: which part of `spec.exports` they are. */
export const exportLabel = 'arcprivatelink.io/export';
export const associationLabel = 'arcprivatelink.io/association';
/** Set it to any new value to have the object reconciled now. */
export const reconcileRequestedAt = 'arcprivatelink.io/reconcile-requested-at';
/** On a scope: the owner (the value of its tag) whose resources are managed from now on. */
export const takeOverFrom = 'arcprivatelink.io/take-over-from';
/** Set it to the count in the message to let a blocked mass release go on. */
export const confirmRelease = 'arcprivatelink.io/confirm-release';

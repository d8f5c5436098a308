import { createHash } from 'node:crypto';
import { apiVersion, exportLabel, scopes } from '../../api/resources.ts';
import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { once } from '../../base/once.ts';
import type { Data } from '../../exports/parts.ts';
import type { KubeObject, OwnerReference, Resource } from '../../runtime/object.ts';

/** ConfigMaps as exports make them: owned by their object, and told by what is in them. Pure. */

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

export const configMaps: Resource<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

/** Names of the endpoints whose records are in it: those stay while an endpoint is merely being changed. */
export const endpointsAnnotation = 'arcprivatelink.io/private-endpoints';
/** Of the service tags that are in it. */
export const changeNumberAnnotation = 'arcprivatelink.io/change-number';

const ours: ReadonlySet<string> = new Set([endpointsAnnotation, changeNumberAnnotation]);

/** What a ConfigMap of ours is to be. */
export interface WantedMap {
  name: string;
  /** `dns` or `firewall`. */
  part: string;
  annotations: Readonly<Record<string, string>>;
  data: Data;
}

/** What is known of one: no more than decisions need, for its content may have a megabyte. */
export interface SeenMap {
  name: string;
  owned: boolean;
  part: string;
  digest: string;
  endpoints: readonly string[];
}

export function configMapId(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps/${name}`;
}

export function ownerReference({ metadata }: ArcPrivateLinkScope): OwnerReference {
  const { name, uid = '' } = metadata;
  return { apiVersion, kind: scopes.kind, name, uid, controller: true };
}

export function isOwned({ metadata }: ConfigMap, uid: string | undefined): boolean {
  return uid !== undefined && (metadata.ownerReferences ?? []).some((owner) => owner.uid === uid);
}

export function seenMap(map: ConfigMap, uid: string | undefined): SeenMap {
  const { name, labels = {}, annotations = {} } = map.metadata;
  const part = labels[exportLabel] ?? '';
  const known = Object.fromEntries(Object.entries(annotations).filter(([key]) => ours.has(key)));
  const foreign = map.binaryData === undefined ? {} : { binaryData: map.binaryData };
  return {
    name,
    owned: isOwned(map, uid),
    part,
    digest: digestOf({ part, annotations: known, data: map.data ?? {} }, foreign),
    endpoints: endpointsIn(annotations),
  };
}

export function endpointsIn(annotations: Readonly<Record<string, string>>): string[] {
  const names = annotations[endpointsAnnotation] ?? '';
  return names === '' ? [] : names.split(',');
}

/** Equal exactly where nothing is to be written. */
export function digestOf({ part, annotations, data }: Omit<WantedMap, 'name'>, foreign: object = {}): string {
  return sha256(JSON.stringify([part, sorted(annotations), dataDigest(data), foreign]));
}

/** Data may have a megabyte, and is the same for many passes. */
const dataDigest = once((data: Data) => sha256(JSON.stringify(sorted(data))));

function sorted(all: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The ConfigMap that is there with ours in it; labels and annotations of others stay. */
export function replaced(
  before: ConfigMap | undefined,
  wanted: WantedMap,
  namespace: string,
  owner: OwnerReference,
): ConfigMap {
  const { binaryData: _, ...kept } = before ?? { metadata: { name: wanted.name } };
  const { metadata } = kept;
  const others = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.uid);
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => !ours.has(name));
  return {
    ...kept,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...metadata,
      namespace,
      labels: { ...metadata.labels, [exportLabel]: wanted.part },
      annotations: { ...Object.fromEntries(annotations), ...wanted.annotations },
      ownerReferences: [...others, owner],
    },
    data: { ...wanted.data },
  };
}

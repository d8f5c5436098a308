import { fault } from '../api/reasons.ts';

/** ARM ids: parsed, built and compared as Azure does, without case. */

export interface ResourceId {
  subscriptionId: string;
  resourceGroup: string;
  /** Namespace and types joined, e.g. `Microsoft.Network/virtualNetworks/subnets`. */
  type: string;
  /** One name for each type part, outermost first. */
  names: readonly string[];
}

const shape = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i;

const subscriptionPrefix = '/subscriptions/';

/**
 * The subscription of an ARM id, in lower case; empty where it is none. The rest of the id is not parsed: this is asked
 * for every server in every pass.
 */
export function subscriptionOf(id: string): string {
  const end = id.indexOf('/', subscriptionPrefix.length);
  return end < 0 ? '' : id.slice(subscriptionPrefix.length, end).toLowerCase();
}

/** Each id once, whatever its case. */
export function uniqueIds(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [idKey(id), id])).values()];
}

/** Undefined when the text is not the id of a resource in a resource group. */
export function parseResourceId(id: string): ResourceId | undefined {
  const [, subscriptionId, resourceGroup, namespace, rest] = shape.exec(id) ?? [];
  if (!subscriptionId || !resourceGroup || !namespace || !rest) return undefined;
  const parts = rest.split('/');
  if (parts.length % 2 !== 0 || parts.some((part) => /^\.{0,2}$/.test(part))) return undefined;
  const types = parts.filter((_, index) => index % 2 === 0);
  const names = parts.filter((_, index) => index % 2 === 1);
  return { subscriptionId, resourceGroup, type: [namespace, ...types].join('/'), names };
}

/** The parts of what must be the id of a resource in a resource group; throws where it is none. */
export function idParts(id: string): ResourceId {
  const parsed = parseResourceId(id);
  if (parsed === undefined) throw fault('InvalidResourceId', `"${id}" is not the id of an Azure resource.`);
  return parsed;
}

/** Where a resource or a child of one lies, in the words of an SDK's methods; throws as `idParts` does. */
export function placeOf(id: string): { subscriptionId: string; group: string; name: string; child: string } {
  const { subscriptionId, resourceGroup, names } = idParts(id);
  const [name = '', child = ''] = names;
  return { subscriptionId, group: resourceGroup, name, child };
}

/** `resourceId('s', 'rg', 'Microsoft.Network/privateEndpoints', 'pe')`. */
export function resourceId(
  subscriptionId: string,
  resourceGroup: string,
  type: string,
  ...names: readonly string[]
): string {
  const [namespace = '', ...types] = type.split('/');
  const path = types.map((part, index) => `${part}/${names[index] ?? ''}`).join('/');
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${namespace}/${path}`;
}

/** The id of a child resource: `childId(endpointId, 'privateDnsZoneGroups', 'default')`. */
export function childId(parentId: string, type: string, name: string): string {
  return `${parentId}/${type}/${name}`;
}

/** The id a key in a map: two ids are the same resource exactly when their keys are equal. */
export function idKey(id: string): string {
  const key = id.toLowerCase();
  return key.endsWith('/') ? key.replace(/\/+$/, '') : key;
}

export function sameId(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && (one === other || idKey(one) === idKey(other));
}

/** The last name of the id: a resource's own. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The VNet of a subnet's id. */
export function virtualNetworkOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]+\/?$/i, '');
}

/** Locations as Azure compares them: "West Europe" is "westeurope". */
export function sameLocation(one: string, other: string): boolean {
  return locationKey(one) === locationKey(other);
}

export function locationKey(location: string): string {
  return location.toLowerCase().replaceAll(' ', '');
}

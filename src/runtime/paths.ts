import type { Key, Resource } from './object.ts';

/** Paths of the Kubernetes API. */

/** Of an object, or of the collection when the name is empty, in its namespace or in all when that is empty. */
export function objectPath(resource: Resource, key: Key, subresource?: string): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const parts = [
    ...(resource.namespaced && key.namespace !== '' ? ['namespaces', key.namespace] : []),
    resource.plural,
    ...(key.name === '' ? [] : [key.name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}

/** `?a=1&b=2` of the parameters that are set; empty when none is. */
export function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}

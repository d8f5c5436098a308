import type { ArmRequest } from './http.ts';
import { parsePath } from './ids.ts';
import { newestVersion } from './versions.ts';

/**
 * A well-formed request for a path: of the newest version of what it asks for, unless the path says another one, and
 * JSON in what it sends. A body that is text is sent as it is.
 */
export function requestFor(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): ArmRequest {
  const url = new URL(path, 'https://management.azure.com');
  if (!url.searchParams.has('api-version')) {
    const type = parsePath(url.pathname)?.type;
    url.searchParams.set('api-version', newestVersion(type || 'microsoft.resources/resourcegroups'));
  }
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const sent = text === '' ? {} : { 'content-type': 'application/json' };
  return { method, url, headers: { ...sent, ...headers }, body: text };
}

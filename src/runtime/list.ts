import type { Client, ListOptions } from './client.ts';
import type { KubeObject, Resource } from './object.ts';

/** A slice may have 80 kB: a page stays below two megabytes. */
const pageSize = 20;

/** All objects that match, page after page. */
export async function listAll<T extends KubeObject>(
  client: Pick<Client, 'list'>,
  resource: Resource<T>,
  options: Omit<ListOptions, 'limit' | 'continueToken'>,
): Promise<T[]> {
  const items: T[] = [];
  let continueToken: string | undefined;
  do {
    const token = continueToken === undefined ? {} : { continueToken };
    const page = await client.list(resource, { ...options, limit: pageSize, ...token });
    items.push(...page.items);
    continueToken = page.continueToken;
  } while (continueToken !== undefined);
  return items;
}

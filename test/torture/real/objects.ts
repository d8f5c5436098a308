import { associations, scopes } from '../../../src/api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../../src/api/types.ts';
import { secrets } from '../../../src/identity/resources.ts';
import type { Client } from '../../../src/runtime/client.ts';

/** What people see of the objects of the namespace, and what holds them: without times, versions and words. */
export async function objectsOf(client: Client, namespace: string): Promise<unknown> {
  const all = [
    ...(await client.list(scopes, { namespace })).items,
    ...(await client.list(associations, { namespace })).items,
  ];
  const held = (await client.list(secrets, { namespace })).items;
  return {
    objects: Object.fromEntries(
      all.map((object) => [`${object.kind} ${object.metadata.name}`, shown(object)]),
    ),
    secrets: held.map(({ metadata: { name, finalizers = [], labels = {} } }) => ({
      name,
      finalizers,
      labels,
    })),
  };
}

function shown({ metadata, status }: ArcPrivateLinkScope | ArcServerAssociation): unknown {
  const { conditions = [], ...rest } = status ?? {};
  const { inventory, selected, associated, propagated, releasing, refused, failed, found } = rest as Record<
    string,
    unknown
  >;
  const made = (inventory as { id: string }[] | undefined)?.map(({ id }) => id.toLowerCase()).sort();
  return {
    finalizers: metadata.finalizers ?? [],
    conditions: conditions.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`).sort(),
    counts: { selected, associated, propagated, releasing, refused, failed, found },
    made,
  };
}

import { hasStatus, type Client } from '../../runtime/client.ts';
import type { DeleteConfigMap, WriteConfigMap } from '../actions.ts';
import { withKubernetesFaults } from '../kubernetes-faults.ts';
import { configMaps, isOwned, replaced, type ConfigMap } from './config-map.ts';
import { nameTaken } from './names.ts';

/**
 * Writes of ConfigMaps. Each looks at once before whose it is, and writes with the version that it saw: what somebody else
 * makes in between is never written over.
 */
export async function writeConfigMap(client: Client, action: WriteConfigMap): Promise<ConfigMap> {
  const { namespace, name, owner, wanted } = action;
  const before = await withKubernetesFaults(client.get(configMaps, { namespace, name }));
  if (before !== undefined && !isOwned(before, owner.uid)) throw taken(action);
  // Nothing changes in an immutable one: it is made anew.
  if (before?.immutable === true) await withKubernetesFaults(remove(client, before, action));
  const isNew = before === undefined || before.immutable === true;
  const map = replaced(isNew ? undefined : before, wanted(), namespace, owner);
  if (!isNew) return await withKubernetesFaults(client.replace(configMaps, map));
  try {
    return await client.create(configMaps, map);
  } catch (error) {
    if (hasStatus(error, 409)) throw taken(action);
    return await withKubernetesFaults(Promise.reject(error as Error));
  }
}

/** Gives true: nothing of it goes on in the background. */
export async function deleteConfigMap(client: Client, action: DeleteConfigMap): Promise<true> {
  const { namespace, name, owner } = action;
  const before = await withKubernetesFaults(client.get(configMaps, { namespace, name }));
  if (before !== undefined && isOwned(before, owner.uid))
    await withKubernetesFaults(remove(client, before, action));
  return true;
}

async function remove(
  client: Client,
  { metadata: { uid, resourceVersion } }: ConfigMap,
  { namespace, name }: { namespace: string; name: string },
): Promise<void> {
  await client.delete(
    configMaps,
    { namespace, name },
    {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  );
}

function taken({ namespace, name, becomes }: WriteConfigMap): Error {
  return nameTaken({ namespace }, becomes.part, name);
}

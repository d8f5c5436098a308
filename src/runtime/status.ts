import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.ts';
import { keyOf, type KubeObject, type Resource } from './object.ts';

/** Writes to the object itself that every controller makes: its status and its finalizer. */

interface WithStatus extends KubeObject {
  status?: object;
}

/**
 * Writes the status when it differs, and nothing when it does not. Fails with 409 when the object has changed since
 * it was read: the reconcile then starts afresh.
 */
export async function patchStatus<T extends WithStatus>(
  client: Client,
  resource: Resource<T>,
  object: T,
  next: NonNullable<T['status']>,
): Promise<T> {
  const difference = mergeDifference(object.status ?? {}, next);
  if (difference === undefined) return object;
  const { resourceVersion, uid } = object.metadata;
  const body = { metadata: { resourceVersion, uid }, status: difference };
  return await client.patch(resource, keyOf(object), body, { subresource: 'status' });
}

/** The merge patch (RFC 7396) from one object to another: null for what is gone; undefined when they are equal. */
export function mergeDifference(from: object, to: object): Record<string, unknown> | undefined {
  const before = from as Record<string, unknown>;
  const after = to as Record<string, unknown>;
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = difference(before[key], after[key]);
    if (value !== undefined) patch[key] = value;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function difference(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isPlain(before) && isPlain(after)) return mergeDifference(before, after);
  return isDeepStrictEqual(before, after) ? undefined : after;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Stores the finalizer; the first write of all, so that nothing in Azure can be orphaned. */
export async function addFinalizer<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  name: string,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(name)) return object;
  return await writeFinalizers(client, resource, object, [...finalizers, name]);
}

/** Takes the finalizer off; the object goes when it was the last. */
export async function removeFinalizer<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  name: string,
): Promise<void> {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(name)) return;
  await writeFinalizers(
    client,
    resource,
    object,
    finalizers.filter((other) => other !== name),
  );
}

function writeFinalizers<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  finalizers: string[],
): Promise<T> {
  const { resourceVersion, uid } = object.metadata;
  return client.patch(resource, keyOf(object), { metadata: { resourceVersion, uid, finalizers } });
}

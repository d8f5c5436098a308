import { associationKind } from '../../../src/api/schema/association.ts';
import { scopeKind } from '../../../src/api/schema/scope.ts';
import type { KindDefinition, Schema } from '../../../src/api/schema/schema.ts';
import { sliceKind } from '../../../src/api/schema/slice.ts';
import type { KubeObject, Resource } from '../../../src/runtime/object.ts';

const ofEvery: Schema['properties'] = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'object' },
};

const kinds = new Map<string, KindDefinition>(
  [scopeKind, associationKind, sliceKind].map((kind) => [kind.kind, kind]),
);

/** Fills in the schema's defaults and drops fields that it does not know, as the API server does at every write. */
export function withDefaults(resource: Resource, object: KubeObject): KubeObject {
  const kind = kinds.get(resource.kind);
  if (kind === undefined) return object;
  return fill({ type: 'object', properties: { ...ofEvery, ...kind.properties } }, object) as KubeObject;
}

function fill(schema: Schema, value: unknown): unknown {
  if (schema.type === 'array' && Array.isArray(value))
    return value.map((item) => fill(schema.items ?? { type: 'string' }, item));
  if (schema.type !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  if (schema.properties === undefined) return value;
  const known = Object.entries(value).filter(([name]) => schema.properties?.[name] !== undefined);
  const result: Record<string, unknown> = Object.fromEntries(known);
  for (const [name, child] of Object.entries(schema.properties)) {
    if (result[name] === undefined && child.default !== undefined)
      result[name] = structuredClone(child.default);
    if (result[name] !== undefined) result[name] = fill(child, result[name]);
  }
  return result;
}

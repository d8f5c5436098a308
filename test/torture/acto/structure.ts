import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../../../src/api/schema/schema.ts';

/**
 * What the API server finds wrong with a value by its structural schema, a line each as `spec.tags: Too many: …`.
 * Own code rather than a JSON Schema validator's: null, unknown fields, RE2 patterns, sets and list maps are Kubernetes'
 * own, and this is held to a real API server by test/scenarios/admission.test.ts.
 */
export function structuralProblems(schema: Schema, value: unknown, path = ''): string[] {
  const wrong = wrongType(schema, value);
  if (wrong !== undefined) return [`${path}: Invalid value: must be of type ${schema.type}: "${wrong}"`];
  switch (schema.type) {
    case 'string':
      return textProblems(schema, value as string, path);
    case 'array':
      return listProblems(schema, value as unknown[], path);
    case 'object':
      return objectProblems(schema, value as Record<string, unknown>, path);
    case 'integer':
      return numberProblems(schema, value as number, path);
    case 'boolean':
      return [];
  }
}

function wrongType({ type }: Schema, value: unknown): string | undefined {
  const own = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (type === 'integer') return Number.isInteger(value) ? undefined : own;
  return own === type ? undefined : own;
}

/** RE2's inline flag, which JavaScript does not have. */
export function pattern(text: string): RegExp {
  return text.startsWith('(?i)') ? new RegExp(text.slice(4), 'i') : new RegExp(text);
}

function textProblems(schema: Schema, value: string, path: string): string[] {
  const { length } = Array.from(value);
  const problems: string[] = [];
  if (schema.maxLength !== undefined && length > schema.maxLength)
    problems.push(`${path}: Too long: may not be more than ${schema.maxLength} bytes`);
  if (schema.minLength !== undefined && length < schema.minLength)
    problems.push(`${path}: should be at least ${schema.minLength} chars long`);
  if (schema.pattern !== undefined && !pattern(schema.pattern).test(value))
    problems.push(`${path}: should match '${schema.pattern}'`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    problems.push(`${path}: Unsupported value: supported values: ${schema.enum.join(', ')}`);
  return problems;
}

function numberProblems({ minimum, maximum }: Schema, value: number, path: string): string[] {
  if (minimum !== undefined && value < minimum)
    return [`${path}: should be greater than or equal to ${minimum}`];
  if (maximum !== undefined && value > maximum)
    return [`${path}: should be less than or equal to ${maximum}`];
  return [];
}

function listProblems(schema: Schema, value: readonly unknown[], path: string): string[] {
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return [`${path}: Too many: must have at most ${schema.maxItems} items`];
  if (value.length < (schema.minItems ?? 0))
    return [`${path}: should have at least ${schema.minItems} items`];
  const { items = { type: 'string' } } = schema;
  return [
    ...value.flatMap((item, index) => structuralProblems(items, item, `${path}[${index}]`)),
    ...duplicates(schema, value).map((index) => `${path}[${index}]: Duplicate value`),
  ];
}

function duplicates(schema: Schema, value: readonly unknown[]): number[] {
  const keys = schema['x-kubernetes-list-map-keys'];
  const kind = schema['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return [];
  const keyed = value.map((item) =>
    keys === undefined ? item : keys.map((key) => (item as Record<string, unknown> | null)?.[key]),
  );
  return keyed.flatMap((key, index) =>
    keyed.slice(0, index).some((before) => isDeepStrictEqual(before, key)) ? [index] : [],
  );
}

function objectProblems(schema: Schema, value: Record<string, unknown>, path: string): string[] {
  const { properties, additionalProperties, required = [], maxProperties } = schema;
  const missing = required.filter((name) => value[name] === undefined);
  const names = Object.keys(value);
  if (maxProperties !== undefined && names.length > maxProperties)
    return [`${path}: Too many: must have at most ${maxProperties} properties`];
  return [
    ...missing.map((name) => `${path}.${name}: Required value`),
    ...names.flatMap((name) => {
      const child = properties?.[name] ?? additionalProperties;
      if (child === undefined) return properties === undefined ? [] : [`unknown field "${path}.${name}"`];
      return structuralProblems(child, value[name], `${path}.${name}`);
    }),
  ];
}

/** Nulls that are not there for the API server: where the field has a default, and in objects without one too. */
export function withoutNulls(schema: Schema, value: unknown): unknown {
  if (schema.type === 'array' && Array.isArray(value))
    return value.map((item) => withoutNulls(schema.items ?? { type: 'string' }, item));
  if (schema.type !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  const kept = Object.entries(value as Record<string, unknown>).filter(([, one]) => one !== null);
  return Object.fromEntries(
    kept.map(([name, one]) => {
      const child = schema.properties?.[name] ?? schema.additionalProperties;
      return [name, child === undefined ? one : withoutNulls(child, one)];
    }),
  );
}

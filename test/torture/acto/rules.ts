import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Rule, Schema } from '../../../src/api/schema/schema.ts';

/** The CEL rules of a schema, evaluated as the API server does. */

const environment = new Environment({ unlistedVariablesAreDyn: true }).registerFunction(
  'string.replace(string, string): string',
  (text: string, from: string, to: string) => text.replaceAll(from, to),
);

const parsed = new Map<string, ParseResult>();

function holds({ rule }: Rule, self: unknown, oldSelf: unknown): boolean {
  const known = parsed.get(rule) ?? environment.parse(rule);
  parsed.set(rule, known);
  return known({ self, oldSelf }) === true;
}

/** The messages of the rules that do not hold; `before` is the stored value, where there is one to compare with. */
export function brokenRules(schema: Schema, value: unknown, before: unknown, path = ''): string[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const own = rules
    .filter(({ rule }) => before !== undefined || !rule.includes('oldSelf'))
    .filter((rule) => !holds(rule, value, before))
    .map(({ message }) => `${path}: Invalid value: ${message}`);
  return [...own, ...below(schema, value, before, path)];
}

function below(schema: Schema, value: unknown, before: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return [];
    return value.flatMap((item, index) =>
      brokenRules(items, item, counterpart(schema, item, before), `${path}[${index}]`),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const old = (before ?? {}) as Record<string, unknown>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const own = (value as Record<string, unknown>)[name];
    return own === undefined ? [] : brokenRules(child, own, old[name], `${path}.${name}`);
  });
}

/** Items of list maps are compared with the item of the same key; those of other lists with none. */
function counterpart(schema: Schema, item: unknown, before: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys === undefined || !Array.isArray(before)) return undefined;
  const of = (one: unknown): string =>
    JSON.stringify(keys.map((key) => (one as Record<string, unknown>)[key]));
  return before.find((one) => of(one) === of(item)) as unknown;
}

import fc from 'fast-check';
import type { Schema } from '../../../src/api/schema/schema.ts';
import type { Deed, Mutation } from './mutation.ts';
import { sitesOf, type Site } from './sites.ts';

/** Mutations drawn from a schema with fast-check, as Acto draws them from a CRD: by type, by meaning, and wrong on purpose. */

/** Values that mean something at a path: `privateEndpoints[].subnetId` → ids that exist, or nearly. */
export type Meanings = Readonly<Record<string, readonly unknown[]>>;

/** One change of a spec: a few mutations at once. */
export type Change = readonly Mutation[];

export function changesOf(schema: Schema, meanings: Meanings): fc.Arbitrary<Change> {
  const mutations = sitesOf(schema).map((site) => mutationsAt(site, meanings[site.path] ?? []));
  return fc.array(fc.oneof(...mutations), { minLength: 1, maxLength: 3, size: 'max' });
}

function mutationsAt({ path, schema }: Site, meant: readonly unknown[]): fc.Arbitrary<Mutation> {
  const byMeaning = meant.map((value): Deed =>
    schema.type === 'array' && !Array.isArray(value) ? { add: value } : { to: value },
  );
  const generic = { weight: 1, arbitrary: fc.oneof(...byType(schema)) };
  const deed =
    byMeaning.length === 0
      ? generic.arbitrary
      : fc.oneof(generic, { weight: 3, arbitrary: fc.constantFrom(...byMeaning) });
  return fc.record({ path: fc.constant(path), at: fc.nat({ max: 2 }), deed });
}

const as = (...hows: Extract<Deed, { as: string }>['as'][]): fc.Arbitrary<Deed>[] =>
  hows.map((how) => fc.constant<Deed>({ as: how }));
const to = (...values: unknown[]): fc.Arbitrary<Deed>[] =>
  values.map((value) => fc.constant<Deed>({ to: value }));

function byType(schema: Schema): fc.Arbitrary<Deed>[] {
  const always = [...as('drop'), ...to(null)];
  switch (schema.type) {
    case 'string':
      return [...always, ...texts(schema)];
    case 'boolean':
      return [...always, ...to(true, false, 'true', 1)];
    case 'integer':
      return [...always, ...to(-1, 0, 1, 2 ** 31, 0.5, '1')];
    case 'array':
      return [...always, ...lists(schema)];
    case 'object':
      return [...always, ...to({}, [], 'text'), ...maps(schema)];
  }
}

function texts(schema: Schema): fc.Arbitrary<Deed>[] {
  const { maxLength = 10, minLength = 0 } = schema;
  const sizes = [minLength, maxLength, maxLength + 1].map((size) => 'a'.repeat(size));
  const odd = [
    '',
    ' ',
    'é',
    '服务器',
    '😀'.repeat(3),
    'a b',
    'a/b',
    '..',
    '.',
    'a?b#c',
    '%2e',
    'a\'b"',
    'a\nb',
    'a.b',
  ];
  return [
    ...as('wrong case'),
    ...to(...sizes, 7, true, ['a'], {}),
    fc.constantFrom(...odd).map((value): Deed => ({ to: value })),
    fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 40) }).map((value): Deed => ({ to: value })),
    ...(schema.enum ?? []).flatMap((value) => to(value, value, value, value.toLowerCase())),
  ];
}

function lists(schema: Schema): fc.Arbitrary<Deed>[] {
  const { maxItems = 10 } = schema;
  const long = Array.from({ length: Math.min(maxItems, 200) + 1 }, (_, index) => `item-${index}`);
  return [
    ...as('twice', 'reversed', 'without the first'),
    ...to([], long, long.slice(1), ['a', 'a'], [null], 'text', {}),
  ];
}

function maps(schema: Schema): fc.Arbitrary<Deed>[] {
  if (schema.additionalProperties === undefined) return [fc.constant<Deed>({ add: 1, name: 'notAField' })];
  const { maxProperties = 10 } = schema;
  const many = (size: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: size }, (_, index) => [`key-${index}`, `value ${index}`]));
  return [
    ...to(many(maxProperties), many(maxProperties + 1)),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((name): Deed => ({ add: 'value', name })),
    fc
      .constantFrom(
        'with space',
        'a:b',
        'SITE',
        'site',
        '<>',
        'a/b',
        'é',
        'toString',
        '__proto__',
        'constructor',
      )
      .map((name): Deed => ({ add: 'value', name })),
  ];
}

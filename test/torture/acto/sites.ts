import type { Schema } from '../../../src/api/schema/schema.ts';

/** Every place of a schema that a spec may differ in: `privateEndpoints[].dns.mode`, `tags{}`. */
export interface Site {
  readonly path: string;
  readonly schema: Schema;
}

export function sitesOf(schema: Schema, path = ''): Site[] {
  const own = path === '' ? [] : [{ path, schema }];
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    sitesOf(child, path === '' ? name : `${path}.${name}`),
  );
  const items = schema.items === undefined ? [] : sitesOf(schema.items, `${path}[]`);
  const others = schema.additionalProperties;
  return [...own, ...named, ...items, ...(others === undefined ? [] : sitesOf(others, `${path}{}`))];
}

/** One step of a path: a property, an item of a list, or a value of a map. */
export type Step = { name: string } | 'item' | 'value';

export function stepsOf(path: string): Step[] {
  return path
    .split('.')
    .flatMap((part) =>
      part
        .split(/(?=\[\]|\{\})/)
        .map((one): Step => (one === '[]' ? 'item' : one === '{}' ? 'value' : { name: one })),
    );
}

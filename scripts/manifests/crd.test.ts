import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Property {
  description?: string;
  required?: string[];
  properties?: Record<string, Property>;
  items?: Property;
}

/** Every field below, with its path and whether its parent requires it. */
function fields(property: Property, path: string): [string, Property, boolean][] {
  const own = Object.entries(property.properties ?? {}).flatMap(([name, child]) => [
    [`${path}.${name}`, child, property.required?.includes(name) ?? false] as [string, Property, boolean],
    ...fields(child, `${path}.${name}`),
  ]);
  return property.items === undefined ? own : [...own, ...fields(property.items, `${path}[]`)];
}

const all = readdirSync('crds').flatMap((file) => {
  const crd = parse(readFileSync(`crds/${file}`, 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Property } }[] };
  };
  const { properties = {} } = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {};
  return ['spec', 'status', 'machines'].flatMap((name) => fields(properties[name] ?? {}, name));
});

it('every field tells in kubectl explain what it is for', () => {
  expect(all.length).toBeGreaterThan(60);
  expect(all.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
});

it('every field that may be left out says what holds then', () => {
  const silent = all
    .filter(([path, , required]) => path.startsWith('spec') && !required)
    .filter(([, { description = '' }]) => !/default|required|unset|exactly one|none/i.test(description));
  expect(silent.map(([path]) => path)).toEqual([]);
});

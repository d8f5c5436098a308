import { group, version } from '../../src/api/resources.ts';
import type { KindDefinition, Schema } from '../../src/api/schema/schema.ts';

/** The CustomResourceDefinition of a kind. */
export function customResourceDefinition(kind: KindDefinition): Record<string, unknown> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}` },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: [kind.shortName],
        ...(kind.hasStatus ? { categories: ['arc'] } : {}),
      },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: kind.columns,
          ...(kind.hasStatus ? { subresources: { status: {} } } : {}),
          schema: { openAPIV3Schema: rootSchema(kind) },
        },
      ],
    },
  };
}

function rootSchema(kind: KindDefinition): Record<string, unknown> {
  const properties = Object.entries(kind.properties).map(([name, schema]) => [name, published(schema)]);
  return {
    type: 'object',
    description: kind.description,
    required: kind.required,
    properties: {
      apiVersion: { type: 'string', description: 'Version of this schema of the object.' },
      kind: { type: 'string', description: 'Kind of the object.' },
      metadata: { type: 'object' },
      ...Object.fromEntries(properties),
    },
    ...(kind.rules ? { 'x-kubernetes-validations': kind.rules } : {}),
  };
}

/** The schema without `title`, which only names TypeScript types. */
function published(schema: Schema): Record<string, unknown> {
  const { title: _title, properties, items, additionalProperties, ...rest } = schema;
  const inner = Object.entries(properties ?? {}).map(([name, child]) => [name, published(child)]);
  return {
    ...rest,
    ...(properties ? { properties: Object.fromEntries(inner) } : {}),
    ...(items ? { items: published(items) } : {}),
    ...(additionalProperties ? { additionalProperties: published(additionalProperties) } : {}),
  };
}

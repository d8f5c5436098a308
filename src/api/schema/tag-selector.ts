import { choice, text, type Schema } from './schema.ts';

/** Servers by their tags, as part of an ArcServerAssociation's selection. */

const tagKey = (description: string): Schema => text(description, 512, { minLength: 1 });

export const tagSelector: Schema = {
  type: 'object',
  title: 'TagSelector',
  description:
    'Servers by their Azure tags; all parts must match. Tag keys without case, values with. Default: tags do not matter.',
  properties: {
    matchTags: {
      type: 'object',
      description: 'Tags that a server must have with just this value. Default: none.',
      maxProperties: 50,
      additionalProperties: text('Value of the tag.', 256),
    },
    matchExpressions: {
      type: 'array',
      description: 'Requirements on tags. Default: none.',
      maxItems: 50,
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        title: 'TagRequirement',
        description: 'A requirement on one tag.',
        required: ['key', 'operator'],
        properties: {
          key: tagKey('Name of the tag, compared without case.'),
          operator: choice('In, NotIn, Exists or DoesNotExist.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: {
            type: 'array',
            description:
              'Values, compared with case. Required for In and NotIn, refused for Exists and DoesNotExist.',
            maxItems: 100,
            'x-kubernetes-list-type': 'atomic',
            items: text('A value.', 256),
          },
        },
        'x-kubernetes-validations': [
          {
            rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
            message: 'In and NotIn need values; Exists and DoesNotExist take none',
          },
        ],
      },
    },
  },
};

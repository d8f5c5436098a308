import { ArmFailure, json } from '../http.ts';
import { key } from '../ids.ts';
import type { Resource } from '../store.ts';
import type { Provider } from '../provider.ts';

/**
 * Microsoft.Resources/tags on any resource (learn: "Tags - Update At Scope"). Documented: Merge, Replace and Delete
 * (of a name with the value given), 200 with all tags, at most 50. That the resource's etag changes is assumed.
 */
export const tags: Provider = {
  type: 'Microsoft.Resources/tags',

  find(call) {
    const base = call.world.resources.get(call.path.on ?? '');
    return (
      base && {
        id: call.id,
        name: 'default',
        type: 'Microsoft.Resources/tags',
        properties: { tags: base.tags ?? {} },
      }
    );
  },

  patch(call, existing) {
    const base = call.world.resources.get(call.path.on ?? '') as Resource;
    const { operation, properties = {} } = call.body as {
      operation?: string;
      properties?: { tags?: Record<string, string> };
    };
    const wanted = changed(base.tags ?? {}, operation ?? '', properties.tags ?? {});
    if (Object.keys(wanted).length > 50)
      throw new ArmFailure(400, 'TooManyTags', 'At most 50 tags are allowed.');
    call.world.setTags(base, wanted);
    return json(200, { ...existing, properties: { tags: base.tags ?? {} } });
  },
};

type Tags = Record<string, string>;

function changed(present: Tags, operation: string, given: Tags): Tags {
  switch (operation) {
    case 'Merge':
      return merged(present, given);
    case 'Replace':
      return given;
    case 'Delete':
      return Object.fromEntries(
        Object.entries(present).filter(
          ([name, value]) =>
            !Object.entries(given).some(([own, of]) => key(own) === key(name) && of === value),
        ),
      );
    default:
      throw new ArmFailure(400, 'InvalidTagPatchOperation', `The operation '${operation}' is not valid.`);
  }
}

/** Names of tags are compared without case. */
function merged(present: Tags, given: Tags): Tags {
  const names = new Set(Object.keys(given).map(key));
  return {
    ...Object.fromEntries(Object.entries(present).filter(([name]) => !names.has(key(name)))),
    ...given,
  };
}

/** GET /subscriptions: those that have anything in them and are not hidden. */
export const subscriptions: Provider = {
  type: 'Microsoft.Resources/subscriptions',
  list: (call) =>
    call.world.subscriptions().map((name) => ({
      id: `/subscriptions/${name}`,
      name,
      type: 'Microsoft.Resources/subscriptions',
      properties: {},
    })),
  // Documented: all of it at the top.
  render: (_, { id, name }) => ({
    id,
    subscriptionId: name,
    displayName: name,
    state: 'Enabled',
    authorizationSource: 'RoleBased',
  }),
};

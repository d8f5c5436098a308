import { associations, scopes } from '../../../src/api/resources.ts';
import { findCondition, type Condition } from '../../../src/runtime/conditions.ts';
import type { KubeObject, Resource } from '../../../src/runtime/object.ts';
import { associationObject, scopeObject } from '../../world/objects.ts';
import { hub, scopeId, serverId, spoke } from '../../world/small-seed.ts';
import type { Place } from './place.ts';

/** What a user does in one namespace, one thing after the other, and when it is done. */
export interface Life {
  readonly name: string;
  /** So many objects are left to be looked at when it is done. */
  readonly objects: number;
  act(place: Place, namespace: string): Promise<void>;
  done(place: Place, namespace: string): Promise<boolean>;
}

const endpoint = {
  name: 'hub',
  subnetId: `${hub}/subnets/pe`,
  dns: { mode: 'Managed', resourceGroup: 'rg-dns', linkVirtualNetworkIds: [] },
};
const second = { name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } };

const here = <T extends KubeObject>(object: T, namespace: string): T => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

const selecting = (...names: string[]): Record<string, unknown> => ({
  machines: { selectionMode: 'Matching', tagSelector: null, names },
});

interface Shown extends KubeObject {
  status?: { observedGeneration?: number; conditions?: Condition[] };
}

async function isReady(
  place: Place,
  resource: Resource<Shown>,
  namespace: string,
  name: string,
): Promise<boolean> {
  const object = await place.stage.client.get(resource, { namespace, name });
  return (
    object?.status?.observedGeneration === object?.metadata.generation &&
    findCondition(object?.status?.conditions, 'Ready')?.status === 'True'
  );
}

async function isGone(place: Place, resource: Resource, namespace: string, name: string): Promise<boolean> {
  return (await place.stage.client.get(resource, { namespace, name })) === undefined;
}

const inScope = (place: Place, name: string): boolean =>
  place.stage.portal.need(serverId(name)).properties['privateLinkScopeResourceId'] === scopeId;
const count = (place: Place): number =>
  ['web-1', 'web-2', 'web-3', 'web-4'].filter((name) => inScope(place, name)).length;

export const lives: readonly Life[] = [
  {
    name: 'create',
    objects: 2,
    async act({ stage: { client } }, namespace) {
      await client.create(scopes, here(scopeObject({ privateEndpoints: [endpoint] }), namespace));
      await client.create(
        associations,
        here(associationObject(selecting('web-1', 'web-2', 'web-3')), namespace),
      );
    },
    done: async (place, namespace) =>
      count(place) === 3 &&
      (await isReady(place, scopes, namespace, 'net')) &&
      (await isReady(place, associations, namespace, 'servers')),
  },
  {
    name: 'grow',
    objects: 2,
    async act({ stage: { client } }, namespace) {
      const privateEndpoints = [endpoint, second];
      await client.patch(scopes, { namespace, name: 'net' }, { spec: { privateEndpoints } });
      const spec = selecting('web-1', 'web-2', 'web-3', 'web-4');
      await client.patch(associations, { namespace, name: 'servers' }, { spec });
    },
    done: async (place, namespace) =>
      count(place) === 4 &&
      (await isReady(place, scopes, namespace, 'net')) &&
      (await isReady(place, associations, namespace, 'servers')),
  },
  {
    name: 'hand-over',
    objects: 2,
    async act({ stage: { client } }, namespace) {
      const spec = selecting('web-1', 'web-2', 'web-3', 'web-4');
      await client.create(associations, here(associationObject(spec, 'heir'), namespace));
      await client.delete(associations, { namespace, name: 'servers' });
    },
    done: async (place, namespace) =>
      count(place) === 4 &&
      (await isGone(place, associations, namespace, 'servers')) &&
      (await isReady(place, associations, namespace, 'heir')),
  },
  {
    name: 'release',
    objects: 2,
    async act({ stage: { client } }, namespace) {
      const spec = selecting('web-1', 'web-2', 'web-3');
      await client.patch(associations, { namespace, name: 'heir' }, { spec });
    },
    done: async (place, namespace) =>
      count(place) === 3 && (await isReady(place, associations, namespace, 'heir')),
  },
  {
    name: 'deletion',
    objects: 0,
    async act({ stage: { client } }, namespace) {
      for (const name of ['servers', 'heir']) await client.delete(associations, { namespace, name });
      await client.delete(scopes, { namespace, name: 'net' });
    },
    done: async (place, namespace) =>
      (await isGone(place, associations, namespace, 'servers')) &&
      (await isGone(place, associations, namespace, 'heir')) &&
      (await isGone(place, scopes, namespace, 'net')),
  },
];

/** There and back again. */
export const shortest: readonly Life[] = lives.filter(({ name }) => name === 'create' || name === 'deletion');

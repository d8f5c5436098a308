import { floorOf, group, location, seedOf, serversOf, subscriptionId, type World } from '../worlds.ts';
import { apiVersion, associations } from '../../../src/api/resources.ts';
import type { ArcServerAssociation } from '../../../src/api/types.ts';

/**
 * What every tool is given: 1,000 servers without a scope, one that belongs to another team's, the scope that all are
 * to be in. Azure's limits are the real ones, at their real speed, so that what it says of waits is true.
 */
export const servers = 1_000;
export const subscription = subscriptionId(1);
export const scopeId = scopeIdOf('net');
const strangersScopeId = scopeIdOf('other');

function scopeIdOf(name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.HybridCompute/privateLinkScopes/${name}`;
}

export const estate: World = {
  name: 'peers',
  title: '1,000 servers and one of another scope',
  regime: 'bucket',
  factor: 1,
  pollSeconds: 300,
  sizes: [servers],
  seed: seedOf(
    [servers],
    {
      scopes: ['net', 'other'].map((name) => ({
        subscriptionId: subscription,
        resourceGroup: group,
        name,
        location,
      })),
    },
    [
      serversOf(subscription, servers, 'plant'),
      {
        subscriptionId: subscription,
        resourceGroup: group,
        // Its name says nothing of whose it is.
        name: `plant-${servers + 1}`,
        location,
        scope: strangersScopeId,
        recordedSize: true,
      },
    ],
  ),
  scopes: [],
  associations: [
    {
      apiVersion,
      kind: associations.kind,
      metadata: { name: 'all', namespace: 'bench' },
      spec: {
        scopeResourceId: scopeId,
        machines: { selectionMode: 'All', subscriptionIds: [subscription] },
      },
    } as ArcServerAssociation,
  ],
  floorSeconds: floorOf(servers, 'bucket'),
  limitSeconds: 300,
};

/** How many of the 1,000 are in the scope, and whether the stranger was moved there too. */
export function standing(byScope: Record<string, number>): { associated: number; moved: boolean } {
  const moved = (byScope[strangersScopeId.toLowerCase()] ?? 0) === 0;
  return { associated: (byScope[scopeId.toLowerCase()] ?? 0) - (moved ? 1 : 0), moved };
}

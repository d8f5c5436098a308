import { hub, spoke, subscription } from './small-seed.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../../src/api/types.ts';

/** Where the laboratory's objects live. */
export const namespace = 'lab';

/** Objects as a person writes them, for the small seed; `more` is merged into the spec. */
export function scopeObject(more: Record<string, unknown> = {}, name = 'net'): ArcPrivateLinkScope {
  const endpoint = {
    name: 'hub',
    subnetId: `${hub}/subnets/pe`,
    dns: { resourceGroup: 'rg-dns', linkVirtualNetworkIds: [spoke] },
  };
  return {
    apiVersion: 'arcprivatelink.io/v1alpha1',
    kind: 'ArcPrivateLinkScope',
    metadata: { namespace, name },
    spec: {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      location: 'West Europe',
      privateEndpoints: [endpoint],
      ...more,
    },
  } as unknown as ArcPrivateLinkScope;
}

export function associationObject(
  more: Record<string, unknown> = {},
  name = 'servers',
): ArcServerAssociation {
  return {
    apiVersion: 'arcprivatelink.io/v1alpha1',
    kind: 'ArcServerAssociation',
    metadata: { namespace, name },
    spec: { scopeRef: { name: 'net' }, machines: { tagSelector: { matchTags: { site: 'plant' } } }, ...more },
  } as unknown as ArcServerAssociation;
}

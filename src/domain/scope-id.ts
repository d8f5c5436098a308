import type { ArcPrivateLinkScope } from '../api/types.ts';
import { resourceId } from '../azure/ids.ts';

/** The ARM id that the object's scope has, or will have. Pure. */
export function scopeIdOf({ spec, metadata }: ArcPrivateLinkScope): string {
  const name = spec.azureName ?? metadata.name;
  return resourceId(
    spec.subscriptionId,
    spec.resourceGroup,
    'Microsoft.HybridCompute/privateLinkScopes',
    name,
  );
}

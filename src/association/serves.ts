import type { ArcPrivateLinkScope } from '../api/types.ts';
import { namesAreRemoved } from '../domain/references.ts';
import { findCondition } from '../runtime/conditions.ts';

/** What a scope's object tells of whether servers may come into it, and when they may leave it. Pure. */

/** The scope is there as it shall be, or only waits for servers or endpoints before it closes its public access. */
export function stands({ status }: ArcPrivateLinkScope): boolean {
  const ready = findCondition(status?.conditions, 'ScopeReady');
  return (
    ready?.status === 'True' || ['WaitingForPropagation', 'WaitingForEndpoints'].includes(ready?.reason ?? '')
  );
}

/** Servers would not be cut off in it (rule 8): an approved endpoint whose names are released, or public access that is on and is to stay on. */
export function canServe(scope: ArcPrivateLinkScope): boolean {
  const { spec, status } = scope;
  if (status?.publicNetworkAccess === 'Enabled' && spec.publicNetworkAccess !== 'Disabled') return true;
  const names = findCondition(status?.conditions, 'DNSReady');
  const namesResolve = names?.status === 'True' || names?.reason === 'HeldBack';
  const held = new Set((status?.heldBack ?? []).map(({ privateEndpoint }) => privateEndpoint));
  return (status?.endpoints ?? []).some(({ name, connectionState, provisioningState, records }) => {
    if (connectionState !== 'Approved' || provisioningState !== 'Succeeded' || held.has(name)) return false;
    // Whoever makes the names elsewhere finds the records in the status; nobody can tell when that is done.
    const mode = spec.privateEndpoints.find((endpoint) => endpoint.name === name)?.dns.mode;
    return mode === 'None' ? (records?.length ?? 0) > 0 : mode !== undefined && namesResolve;
  });
}

/** Its deletion takes down what makes names resolve, and has not done so yet (rule 9). It must have been read anew. */
export function namesStillResolve(scope: ArcPrivateLinkScope, policy: 'Manage' | 'Observe'): boolean {
  const { metadata, spec } = scope;
  if (metadata.deletionTimestamp === undefined || namesAreRemoved(scope)) return false;
  const observes = policy === 'Observe' || spec.managementPolicy === 'Observe';
  return spec.deletionPolicy === 'Delete' && !spec.suspend && !observes;
}

import { ownerTag } from '../api/resources.ts';
import type { ArcPrivateLinkScope, ArcServerAssociation } from '../api/types.ts';
import { parseResourceId } from '../azure/ids.ts';
import { stalled, waiting } from '../base/errors.ts';
import { findCondition, isTrue } from '../runtime/conditions.ts';
import type { Pass, Target } from './context.ts';

/** The scope that an association's servers belong to, and whether it can serve them now. */
export async function targetOf(pass: Pass): Promise<Target> {
  const { spec } = pass.object;
  if (spec.scopeResourceId !== undefined) return await foreignTarget(pass, spec.scopeResourceId);
  const scope = scopeObject(pass);
  if (scope === undefined) {
    const message = `ArcPrivateLinkScope ${spec.scopeRef?.name} does not exist in this namespace. Create it, or correct scopeRef.`;
    throw waiting('ScopeNotFound', message, { stalls: true });
  }
  const scopeId = scope.status?.resourceId;
  if (scopeId === undefined) throw waiting('WaitingForScope', waitText(scope), { retryAfterMs: 5_000 });
  const closed = closedReason(scope);
  const { location, subscriptionId } = scope.spec;
  return { scopeId, location, subscriptionId, ...(closed === undefined ? {} : { closed }) };
}

export function scopeObject({
  deps,
  object,
}: Pick<Pass, 'deps' | 'object'>): ArcPrivateLinkScope | undefined {
  const name = object.spec.scopeRef?.name;
  if (name === undefined) return undefined;
  return deps.scopes.get({ namespace: object.metadata.namespace ?? '', name });
}

function waitText(scope: ArcPrivateLinkScope): string {
  const ready = findCondition(scope.status?.conditions, 'Ready');
  const why = ready === undefined ? 'it has not been looked at yet' : `${ready.reason}: ${ready.message}`;
  return `Waiting for ArcPrivateLinkScope ${scope.metadata.name} (${why.slice(0, 300)})`;
}

/** A server in a scope that nothing reaches is cut off: an approved endpoint or public access has to be there first. */
function closedReason(scope: ArcPrivateLinkScope): Target['closed'] {
  if (scope.metadata.deletionTimestamp !== undefined) {
    return {
      reason: 'WaitingForScope',
      message: `ArcPrivateLinkScope ${scope.metadata.name} is being deleted and takes no servers.`,
    };
  }
  if (!isTrue(scope.status?.conditions, 'ScopeReady'))
    return { reason: 'WaitingForScope', message: waitText(scope) };
  const approved = scope.status?.endpoints?.some(
    ({ connectionState, provisioningState }) =>
      connectionState === 'Approved' && provisioningState === 'Succeeded',
  );
  if (approved || scope.status?.publicNetworkAccess === 'Enabled') return undefined;
  const message = `ArcPrivateLinkScope ${scope.metadata.name} has no approved private endpoint yet and its public access is not Enabled: servers would be cut off.`;
  return { reason: scope.spec.privateEndpoints.length > 0 ? 'WaitingForScope' : 'ScopeCannotServe', message };
}

/** A scope that nobody here manages; one that carries an operator's tag has an object to refer to. */
async function foreignTarget({ azure }: Pass, scopeId: string): Promise<Target> {
  const scope = await azure.getScope(scopeId);
  if (scope === undefined) {
    throw waiting(
      'ScopeNotFound',
      `The scope ${scopeId} does not exist. Create it, or correct scopeResourceId.`,
      { stalls: true },
    );
  }
  const owner = Object.entries(scope.tags).find(([name]) => name.toLowerCase() === ownerTag)?.[1];
  if (owner !== undefined) {
    const message = `The scope ${scope.name} is managed by ArcPrivateLinkScope ${owner}. Use scopeRef in its namespace instead of scopeResourceId.`;
    throw stalled('UseScopeRef', message);
  }
  const { subscriptionId = '' } = parseResourceId(scopeId) ?? {};
  const target = { scopeId: scope.id, location: scope.location, subscriptionId };
  if (scope.publicNetworkAccess === 'Enabled') return target;
  const connections = await azure.listConnections(scopeId);
  if (connections.some(({ status }) => status === 'Approved')) return target;
  const message = `The scope ${scope.name} has no approved private endpoint and its public access is not Enabled: servers would be cut off.`;
  return { ...target, closed: { reason: 'ScopeCannotServe', message } };
}

/** The id of the scope that another association's servers belong to, as far as it is known. */
export function scopeIdOf(deps: Pass['deps'], object: ArcServerAssociation): string | undefined {
  return object.spec.scopeResourceId ?? scopeObject({ deps, object })?.status?.resourceId;
}

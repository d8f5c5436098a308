import { scopes } from '../../api/resources.ts';
import { fault } from '../../api/reasons.ts';
import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { parseResourceId } from '../../azure/ids.ts';
import type { Connection, Scope } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { ownerOf } from '../../domain/ownership.ts';
import { scopeKeyOf } from '../../domain/references.ts';
import { scopeIdOf } from '../../domain/scope-id.ts';
import type { Known } from '../../engine/picture.ts';
import { findCondition } from '../../runtime/conditions.ts';
import type { AssociationDeps } from '../deps.ts';
import { canServe, stands } from '../serves.ts';
import type { Closed, Target } from '../seen.ts';
import type { AssociationLooking } from './looking.ts';

/** The scope that an association's servers belong to, and whether it can serve them now. */
export async function lookAtTarget(deps: AssociationDeps, looking: AssociationLooking): Promise<Target> {
  const { spec, metadata } = looking.object;
  if (spec.scopeResourceId === undefined) return await targetOfObject(deps, looking);
  // Deletion needs nothing of it but its id.
  if (metadata.deletionTimestamp !== undefined) return lastKnown(looking, spec.scopeResourceId);
  return await foreignTarget(deps, looking, spec.scopeResourceId);
}

/** What stays known of the scope when it cannot be looked at: where the servers were taken into last. */
function lastKnown({ object }: AssociationLooking, shown: string, closed?: Closed): Target {
  const scopeId = object.spec.scopeResourceId ?? object.status?.scopeId;
  const { subscriptionId } = parseResourceId(scopeId ?? '') ?? {};
  const known = { shown, scopeId, location: undefined, subscriptionId, object: undefined };
  return closed === undefined ? known : { ...known, closed };
}

async function targetOfObject(deps: AssociationDeps, looking: AssociationLooking): Promise<Target> {
  const key = scopeKeyOf(looking.object) ?? { namespace: '', name: '' };
  const scope = await deps.client.get(scopes, key);
  if (scope === undefined) {
    const message = `ArcPrivateLinkScope ${key.name} does not exist in this namespace. Create it; to use another, create the association anew.`;
    return lastKnown(looking, key.name, { fault: fault('ScopeNotFound', message), unusable: true });
  }
  const { location, subscriptionId } = scope.spec;
  // While only observing nobody writes the id down before the scope is there: the plan goes by what it will be.
  const scopeId = scope.status?.resourceId ?? (looking.observing ? scopeIdOf(scope) : undefined);
  if (scopeId === undefined) {
    const known = lastKnown(looking, key.name, { fault: waitingFor(scope), unusable: true });
    return { ...known, location, subscriptionId, object: scope };
  }
  const closed = closedReason(scope);
  return {
    shown: key.name,
    scopeId,
    location,
    subscriptionId,
    object: scope,
    ...(closed === undefined ? {} : { closed: { fault: closed, unusable: false } }),
  };
}

/** Its events wake the association; this is for the ones that were lost. */
const lookAgain = { retryAfterMs: 60_000 };

function waitingFor(scope: ArcPrivateLinkScope): Fault {
  const ready = findCondition(scope.status?.conditions, 'Ready');
  const why = ready === undefined ? 'it has not been looked at yet' : `${ready.reason}: ${ready.message}`;
  const message = `Waiting for ArcPrivateLinkScope ${scope.metadata.name} (${why.slice(0, 300)})`;
  return fault('WaitingForScope', message, lookAgain);
}

/** A server in a scope that nothing reaches is cut off: an approved endpoint or public access has to be there first. */
function closedReason(scope: ArcPrivateLinkScope): Fault | undefined {
  const { name } = scope.metadata;
  if (scope.metadata.deletionTimestamp !== undefined) {
    const message = `ArcPrivateLinkScope ${name} is being deleted and takes no servers.`;
    return fault('WaitingForScope', message, lookAgain);
  }
  if (!stands(scope)) return waitingFor(scope);
  if (canServe(scope)) return undefined;
  if (scope.spec.privateEndpoints.length > 0 || scope.spec.publicNetworkAccess === 'Enabled')
    return waitingFor(scope);
  return cannotServe(`ArcPrivateLinkScope ${name}`);
}

function cannotServe(what: string): Fault {
  const message = `${what} has no approved private endpoint and its public access is not Enabled: servers in it would be cut off. Add an endpoint, or enable public access.`;
  return fault('ScopeCannotServe', message, lookAgain);
}

/** How old a scope that nobody here manages may be known: it has no events that wake us. */
const foreignAgeMs = 60_000;

async function foreignTarget(
  { settings }: AssociationDeps,
  looking: AssociationLooking,
  scopeId: string,
): Promise<Target> {
  const { azure, picture } = looking;
  const found = await aged(() => picture.look(scopeId, () => azure.getScope(scopeId)), picture, scopeId);
  const known = { shown: scopeId, object: undefined };
  if (found.is === 'unknown')
    return lastKnown(looking, scopeId, { fault: found.fault, unusable: true, unread: true });
  if (found.is === 'absent') {
    const message = `The scope ${scopeId} does not exist. Create it; to use another, create the association anew.`;
    return lastKnown(looking, scopeId, { fault: fault('ScopeNotFound', message), unusable: true });
  }
  const { location, tags } = found.value;
  const subscriptionId = parseResourceId(scopeId)?.subscriptionId;
  const target = { ...known, scopeId: found.value.id, location, subscriptionId };
  const owner = ownerOf(tags);
  if (owner?.startsWith(`${settings.ownerId}/`)) {
    const message = `The scope ${found.value.name} is managed by ArcPrivateLinkScope ${owner.slice(settings.ownerId.length + 1)}. Create an association with scopeRef in that namespace first; when that one is Ready, delete this one.`;
    return {
      ...target,
      scopeId: undefined,
      closed: { fault: fault('UseScopeRef', message), unusable: true },
    };
  }
  const closed = await foreignClosed(looking, found.value);
  return { ...target, ...(closed === undefined ? {} : { closed }) };
}

async function foreignClosed(
  { azure, picture }: AssociationLooking,
  scope: Scope,
): Promise<Closed | undefined> {
  if (scope.publicNetworkAccess === 'Enabled') return undefined;
  const key = `${scope.id}/privateEndpointConnections`;
  const found = await aged(() => picture.look(key, () => azure.listConnections(scope.id)), picture, key);
  if (found.is === 'unknown') return { fault: found.fault, unusable: false, unread: true };
  const connections: readonly Connection[] = found.is === 'there' ? found.value : [];
  if (connections.some(({ status }) => status === 'Approved')) return undefined;
  return { fault: cannotServe(`The scope ${scope.name}`), unusable: false };
}

/** What is known, read anew when it is too old and nothing went wrong the last time. */
async function aged<T>(
  look: () => Promise<Known<T>>,
  picture: Pick<AssociationLooking['picture'], 'expire'>,
  key: string,
): Promise<Known<T>> {
  const known = await look();
  if (known.is === 'unknown' || known.trouble !== undefined || known.ageMs < foreignAgeMs) return known;
  picture.expire(key);
  return await look();
}

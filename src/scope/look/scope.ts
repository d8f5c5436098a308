import type { Scope } from '../../azure/types.ts';
import { lookAt, lookAtList } from '../../engine/look-at.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import type { ScopeLooking } from '../deps.ts';
import { connectionsKey, zoneNamesKey } from '../keys.ts';
import { lastingTroubleOf, type Seen, type ZoneNames } from '../seen.ts';

/** The scope itself, and what Azure says of its service. */

export async function lookAtScope(looking: ScopeLooking, scopeId: string): Promise<Known<Scope>> {
  return await lookAt(looking, scopeId, () => looking.azure.getScope(scopeId));
}

/** What the scope's service needs, once there is a scope to ask; before that, what it is known to need. */
export async function lookAtZoneNames(
  { azure, picture }: ScopeLooking,
  scope: Known<Scope>,
): Promise<ZoneNames> {
  const usual = { names: azure.usualZoneNames() };
  if (scope.is === 'unknown') return { ...usual, unknown: scope.fault };
  const found = valueOf(scope);
  if (found === undefined) return usual;
  const known = await picture.look(zoneNamesKey(found.id), () => azure.requiredZoneNames(found.id));
  if (known.is === 'unknown') return { names: [], unknown: known.fault };
  const trouble = lastingTroubleOf(known);
  // No service needs no zones: an empty answer is none.
  const told = valueOf(known) ?? [];
  const names = told.length === 0 ? usual.names : told;
  return trouble === undefined ? { names } : { names, trouble };
}

export async function lookAtConnections(
  looking: ScopeLooking,
  scopeId: string,
): Promise<NonNullable<Seen['connections']>> {
  const { azure, memory, object, picture } = looking;
  // At deletion they go with their endpoints, one after the other.
  if (object.metadata.deletionTimestamp !== undefined) picture.expire(connectionsKey(scopeId));
  const known = await lookAtList(looking, connectionsKey(scopeId), memory.connectionIds, () =>
    azure.listConnections(scopeId),
  );
  // The deletions that may run are of connections that were seen.
  memory.connectionIds = (valueOf(known) ?? []).map(({ id }) => id);
  return known;
}

import type { ArcServerAssociationStatus } from '../api/types.ts';
import { idKey, sameId } from '../azure/ids.ts';
import { timestamp } from '../base/clock.ts';
import { countsOf, wasRolledOut } from './counts.ts';
import { mayBeHeld } from './entries.ts';
import { exceptionsOf, mostExceptions } from './exceptions.ts';
import { withReleases } from './mass-release.ts';
import { planOf } from './plan.ts';
import { shownOf, stillShown } from './releases.ts';
import { machineOf, type Seen } from './seen.ts';

/** The association's own fields of its status. Pure. */
export function statusOf(seen: Seen): ArcServerAssociationStatus {
  const { object, target } = seen;
  const { propagatedBy: _by, previousScopeIds: _ids, blockedRelease: _held, ...kept } = object.status ?? {};
  // What is no field of the status would be dropped, and then written anew by every pass.
  const { pending: _p, waiting: _w, accepted: _a, leaving: _l, propagatedByMs, ...counts } = countsOf(seen);
  const exceptions = exceptionsOf(seen).slice(0, mostExceptions);
  return {
    ...kept,
    ...(seen.deleting ? { ...counts, selected: object.status?.selected ?? 0 } : counts),
    scope: target.shown,
    ...journalled(seen, seen.done.releasing.length),
    ...(propagatedByMs === undefined ? {} : { propagatedBy: timestamp(propagatedByMs) }),
    ...(!seen.deleting && wasRolledOut(seen) ? { rolledOutGeneration: object.metadata.generation ?? 0 } : {}),
    exceptions,
  };
}

/** What of it has to be stored before servers are PATCHed; `begun` releases begin with this pass. */
export function journalled(
  seen: Seen,
  begun: number,
): Pick<ArcServerAssociationStatus, 'scopeId' | 'previousScopeIds' | 'recentReleases' | 'blockedRelease'> {
  const { status } = seen.object;
  const { blocked } = planOf(seen).releases;
  const shown = blocked === undefined ? stillShown(seen) : shownOf(blocked);
  const { scopeId = status?.scopeId } = seen.target;
  const previousScopeIds = previousScopes(seen);
  // A deletion is meant: it does not count.
  const recentReleases = withReleases(status?.recentReleases, seen.deleting ? 0 : begun, seen.nowMs);
  return {
    ...(scopeId === undefined ? {} : { scopeId }),
    ...(previousScopeIds.length === 0 ? {} : { previousScopeIds }),
    ...(recentReleases === undefined ? {} : { recentReleases: [...recentReleases] }),
    ...(shown === undefined || begun > 0 ? {} : { blockedRelease: shown }),
  };
}

/** Ids of all scopes that its servers were taken into, the last of them at the end. */
export function scopesOf({ status }: Pick<Seen['object'], 'status'>): string[] {
  const { previousScopeIds = [], scopeId } = status ?? {};
  return scopeId === undefined ? previousScopeIds : [...previousScopeIds, scopeId];
}

const mostScopes = 10;

/** Scopes before this one, as long as a server of ours is in them or cannot be seen. */
function previousScopes(seen: Seen): string[] {
  if (seen.before.size === 0) return [];
  const ids = scopesOf(seen.object);
  const { entries } = planOf(seen);
  const ours = seen.servers.filter(({ key }) => mayBeHeld(entries.get(key)));
  const unseen = ours.some((server) => machineOf(server) === undefined);
  const left = ids.filter(
    (id, index) =>
      seen.before.has(idKey(id)) &&
      ids.findIndex((other) => sameId(other, id)) === index &&
      (unseen || ours.some((server) => sameId(machineOf(server)?.scopeId, id))),
  );
  return left.slice(-mostScopes);
}

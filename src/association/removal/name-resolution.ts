import { fault } from '../../api/reasons.ts';
import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { failed, ready } from '../../engine/concern.ts';
import { findCondition } from '../../runtime/conditions.ts';
import type { AssociationConcern } from '../concerns/concern.ts';
import { planOf } from '../plan.ts';

/**
 * Where the scope is being deleted as well, its DNS goes first: while its names resolve to the endpoints, a server
 * outside the scope would be refused there (rule 9). There is no exception for a scope whose deletion is blocked.
 */
export const nameResolution: AssociationConcern = {
  name: 'NameResolution',
  gatesReady: true,
  decide(seen) {
    const { object: scope } = seen.target;
    if (scope === undefined || !seen.namesResolve || planOf(seen).entries.size === 0)
      return ready('No name leads servers to a scope that is being deleted.');
    return failed(fault('WaitingForNameResolution', waitText(scope), { retryAfterMs: 15_000 }));
  },
};

const longestWhy = 300;

function waitText({ metadata, status }: ArcPrivateLinkScope): string {
  const { conditions } = status ?? {};
  const why = findCondition(conditions, 'DeletionBlocked') ?? findCondition(conditions, 'Ready');
  const held = why === undefined ? '' : ` (${why.reason}: ${why.message.slice(0, longestWhy)})`;
  return `Scope ${metadata.name} is being deleted as well: its DNS goes first, then the servers leave it${held}`;
}

import { failed, nothingPlanned, ready } from '../../engine/concern.ts';
import { wasRolledOut } from '../counts.ts';
import { planOf } from '../plan.ts';
import type { AssociationConcern } from './concern.ts';

/** The scope is there and takes servers; while it cannot serve them yet, that matters only where servers wait. */
export const scope: AssociationConcern = {
  name: 'Scope',
  gatesReady: true,
  decide(seen) {
    const { closed, shown } = seen.target;
    const waits = planOf(seen).takes.length > 0 && !wasRolledOut(seen);
    if (closed === undefined || !(closed.unusable || waits)) return ready(`Scope ${shown} takes servers.`);
    if (closed.unread) return { verdict: { is: 'unread', fault: closed.fault }, planned: nothingPlanned };
    return failed(closed.fault);
  },
};

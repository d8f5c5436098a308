import { timestamp } from '../../base/clock.ts';
import { nothingPlanned, ready } from '../../engine/concern.ts';
import { countsOf, type Counts } from '../counts.ts';
import { servers, type AssociationConcern } from './concern.ts';

/** Propagated: the wait of every server in the scope is over. */
export const propagated: AssociationConcern = {
  name: 'Propagated',
  condition: 'Propagated',
  gatesReady: false,
  decide(seen) {
    const counts = countsOf(seen);
    if (counts.propagating + counts.pending === 0)
      return ready(`The scope accepts all ${counts.propagated} servers.`, 'Propagated');
    const message = waitText(counts);
    return { verdict: { is: 'working', reason: 'Propagating', message }, planned: nothingPlanned };
  },
};

export function waitText({ propagating, pending, propagatedByMs }: Counts): string {
  if (propagatedByMs === undefined)
    return `${servers(pending)} ${pending === 1 ? 'is' : 'are'} still to be associated.`;
  const rest = pending > 0 ? ` ${pending} more are still to be associated.` : '';
  return `${servers(propagating)} wait${propagating === 1 ? 's' : ''} until the scope accepts them, the last until ${timestamp(propagatedByMs)}.${rest}`;
}

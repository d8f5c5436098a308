import { fault } from '../../api/reasons.ts';
import type { Fault } from '../../base/errors.ts';
import { nothingPlanned, ready, type Verdict } from '../../engine/concern.ts';
import { isTrue } from '../../runtime/conditions.ts';
import { countsOf } from '../counts.ts';
import type { Seen } from '../seen.ts';
import { servers, type AssociationConcern } from './concern.ts';

/** MachinesSelected: which servers match. Where a subscription could not be listed, the last answer stands. */
export const selected: AssociationConcern = {
  name: 'MachinesSelected',
  condition: 'MachinesSelected',
  // An association that knows none of its subscriptions has nothing to go by; one that was ready stays so.
  gatesReady: ({ listings, object }) => listings.length === 0 && !isTrue(object.status?.conditions, 'Ready'),
  decide(seen) {
    const trouble = whyUnread(seen);
    if (trouble !== undefined) return { verdict: { is: 'unread', fault: trouble }, planned: nothingPlanned };
    const { selected: count } = countsOf(seen);
    if (count > 0)
      return ready(`${servers(count)} match${count === 1 ? 'es' : ''} the selection.`, 'Matched');
    const message = 'No server matches the selection. Check names, resource groups and tags.';
    const verdict: Verdict = { is: 'ready', as: 'False', reason: 'NoneMatched', message };
    return { verdict, planned: nothingPlanned };
  },
};

function whyUnread({ listings, unlisted, incomplete, target }: Seen): Fault | undefined {
  const trouble = listings.find((listing) => listing.trouble !== undefined)?.trouble ?? unlisted[0]?.fault;
  if (trouble !== undefined) return trouble;
  if (incomplete !== undefined)
    return fault('ListingIncomplete', 'The listing lacks too many servers to be believed.');
  return listings.length === 0 ? target.closed?.fault : undefined;
}

import type { Verdict } from '../../engine/concern.ts';
import { plannedTakes } from '../actions.ts';
import { countsOf } from '../counts.ts';
import { planOf } from '../plan.ts';
import type { Seen } from '../seen.ts';
import type { AssociationConcern } from './concern.ts';

/** Associated: every server that can be taken is in the scope. */
export const associated: AssociationConcern = {
  name: 'Associated',
  condition: 'Associated',
  // Ready waits for it until the roll-out is over, and says so itself: ready.ts.
  gatesReady: false,
  // A server that Azure refuses is named with the others that need a person.
  tellsRefusals: true,
  decide: (seen) => ({ verdict: verdictOf(seen), planned: plannedTakes(seen, planOf(seen)) }),
};

function verdictOf(seen: Seen): Verdict {
  const { associated: count, pending } = countsOf(seen);
  const message = associatedText(seen);
  if (pending === 0) {
    const all = count === 1 ? 'The server is in the scope.' : `All ${count} servers are in the scope.`;
    return { is: 'ready', reason: 'Associated', message: count === 0 ? 'No server is to be taken.' : all };
  }
  const { closed } = seen.target;
  if (closed !== undefined) return { is: 'failed', fault: closed.fault };
  if (seen.trouble !== undefined) return { is: 'failed', fault: seen.trouble };
  return { is: 'working', reason: 'Associating', message };
}

export function associatedText(seen: Seen): string {
  const { associated: count, pending } = countsOf(seen);
  return `${count} of ${count + pending} servers are in the scope.`;
}

import { fault } from '../../api/reasons.ts';
import { failed, type Decision } from '../../engine/concern.ts';
import { plannedReleases, type MachineAction } from '../actions.ts';
import { confirmCommand } from '../mass-release.ts';
import { planOf } from '../plan.ts';
import type { Blocked } from '../releases.ts';
import type { Seen } from '../seen.ts';
import type { AssociationConcern } from './concern.ts';

/** Servers that leave the selection leave the scope, as long as they are not more than is taken to be meant (rule 16). */
export const released: AssociationConcern = {
  name: 'Released',
  condition: 'Complete',
  gatesReady: true,
  // A server that cannot leave is told with the others that need a person.
  tellsRefusals: true,
  decide(seen): Decision<MachineAction> {
    const plan = planOf(seen);
    const planned = plannedReleases(seen, plan);
    const { blocked } = plan.releases;
    if (blocked !== undefined)
      return failed(fault('MassReleaseBlocked', blockedText(seen, blocked)), planned);
    return { verdict: { is: 'ready', message: 'No release is held back.' }, planned };
  },
};

function blockedText({ object }: Seen, { count, held, noneSelected, token }: Blocked): string {
  const why = noneSelected
    ? `No server matches the selection any more, and ${held} are held: none is released.`
    : `${count} of ${held} servers would leave the scope, more than usual: none does.`;
  return `${why} If that is meant: ${confirmCommand(token, object)}`;
}

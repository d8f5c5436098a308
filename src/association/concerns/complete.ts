import { subscriptionOf } from '../../azure/ids.ts';
import { fault } from '../../api/reasons.ts';
import { needsPerson, type Fault } from '../../base/errors.ts';
import { failed, nothingPlanned, ready } from '../../engine/concern.ts';
import { countsOf } from '../counts.ts';
import { exceptionsOf } from '../exceptions.ts';
import { confirmCommand } from '../mass-release.ts';
import type { Incomplete, Seen, Unlisted } from '../seen.ts';
import { servers, type AssociationConcern, type AssociationDecision } from './concern.ts';

/** Complete: no server needs a person, and nothing that was looked at was out of sight. */
export const complete: AssociationConcern = {
  name: 'Complete',
  condition: 'Complete',
  gatesReady: false,
  decide(seen): AssociationDecision {
    if (seen.incomplete !== undefined) return failed(incompleteFault(seen, seen.incomplete));
    const troubled = troubledListings(seen);
    const refused = troubled.find(({ fault: trouble }) => needsPerson(trouble));
    if (refused !== undefined) return failed(unlistedFault(seen, refused));
    const [passing] = troubled;
    if (passing !== undefined)
      return { verdict: { is: 'unread', fault: passing.fault }, planned: nothingPlanned };
    const attention = attentionText(seen);
    const more = `${heldUpText(seen)}${foundText(seen)}`;
    if (attention === undefined) return ready(`No server needs a person.${more}`, 'Complete');
    return failed(fault('ServersNeedAttention', `${attention}${more}`));
  },
};

/** Listings that could not be had, be it that an older one is known. */
function troubledListings({ listings, unlisted }: Seen): Unlisted[] {
  const aged = listings.flatMap(({ subscriptionId, trouble }) =>
    trouble === undefined ? [] : [{ subscriptionId, fault: trouble }],
  );
  return [...unlisted, ...aged];
}

function incompleteFault({ object }: Seen, { subscriptionIds, missing, token }: Incomplete): Fault {
  const message = `${servers(missing.length)} that this association holds are missing from the listing of subscription ${subscriptionIds.join(', ')}, which is therefore not believed: they stay as they are. If they are gone for good: ${confirmCommand(token, object)}`;
  return fault('ListingIncomplete', message);
}

function unlistedFault(seen: Seen, { subscriptionId, fault: trouble }: Unlisted): Fault {
  const own = seen.servers.filter(({ key }) => subscriptionOf(key) === subscriptionId).length;
  const message = `Subscription ${subscriptionId} cannot be listed; its ${servers(own)} stay as they are. ${trouble.message}`;
  return { ...trouble, message, retryAfterMs: undefined };
}

function attentionText(seen: Seen): string | undefined {
  const { refused, failed: refusedByAzure } = countsOf(seen);
  const { missingNames } = seen;
  const all = exceptionsOf(seen).length;
  if (all === 0) return undefined;
  const others = all - refused - refusedByAzure - missingNames.length;
  const parts = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(refusedByAzure > 0 ? [`${refusedByAzure} failed`] : []),
    ...(missingNames.length > 0 ? [`${missingNames.length} not found`] : []),
    ...(others > 0 ? [`${others} that cannot leave or cannot be seen`] : []),
  ];
  return `Servers that need a person: ${parts.join(', ')}; see status.exceptions.`;
}

/** Releases that wait for what all calls share: throttling, a service that is down. It passes by itself. */
function heldUpText(seen: Seen): string {
  const { releasing } = countsOf(seen);
  if (releasing === 0 || seen.trouble === undefined) return '';
  return ` ${servers(releasing)} ${releasing === 1 ? 'is' : 'are'} still to leave the scope: ${seen.trouble.message}`;
}

/** How to make servers ours that were in the scope before. */
function foundText(seen: Seen): string {
  const { found } = countsOf(seen);
  if (found === 0) return '';
  return ` ${servers(found)} ${found === 1 ? 'was' : 'were'} in the scope before and will stay there; adoptionPolicy: IfUnowned makes ${found === 1 ? 'it' : 'them'} this association's.`;
}

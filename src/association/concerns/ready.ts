import type { Reason } from '../../api/reasons.ts';
import { needsPerson, type Fault } from '../../base/errors.ts';
import { failed, nothingPlanned, ready as isReady, type Verdict } from '../../engine/concern.ts';
import { countsOf, wasRolledOut } from '../counts.ts';
import { planOf } from '../plan.ts';
import type { Seen } from '../seen.ts';
import { associatedText } from './associated.ts';
import { servers, type AssociationConcern } from './concern.ts';
import { waitText } from './propagated.ts';

/** At the latest: batches and the ends of waits come by themselves (admit.ts, look-again.ts). */
const lookAgainMs = 60_000;

/**
 * When an association is Ready: once its generation has been rolled out, that is all servers that can be taken are in
 * the scope and have waited, and those that left the selection have left it. Servers that join later, or that Azure
 * refuses, do not take that back; a scope that is missing (scope.ts) and a mass release that is held back (released.ts)
 * do.
 */
export const ready: AssociationConcern = {
  name: 'Ready',
  gatesReady: true,
  decide(seen) {
    if (wasRolledOut(seen)) return isReady(readyText(seen));
    const { pending, waiting, leaving } = countsOf(seen);
    const passing = seen.unlisted.find(({ fault }) => !needsPerson(fault));
    if (pending === 0 && waiting === 0 && seen.listings.length > 0 && passing !== undefined)
      return { verdict: { is: 'unread', fault: passing.fault }, planned: nothingPlanned };
    if (pending + waiting + leaving === 0) return nothingTaken(seen);
    if (pending + leaving > 0 && seen.trouble !== undefined) return failed(seen.trouble);
    const verdict: Verdict = { is: 'working', ...stageOf(seen), lookAgainMs };
    return { verdict, planned: nothingPlanned };
  },
};

/** What is waited for, the longest first. */
function stageOf(seen: Seen): { reason: Reason; message: string } {
  const counts = countsOf(seen);
  const { pending, waiting, leaving } = counts;
  if (pending > 0) return { reason: 'Associating', message: associatedText(seen) };
  if (waiting > 0) return { reason: 'WaitingForPropagation', message: waitText(counts) };
  const message = `${servers(leaving)} ${leaving === 1 ? 'is' : 'are'} still to leave the scope.`;
  return { reason: 'Releasing', message };
}

/** Nothing could be listed, which MachinesSelected tells; or Azure refuses every single server. */
function nothingTaken(seen: Seen) {
  const refusal = firstRefusal(seen);
  return refusal === undefined ? isReady<never>(readyText(seen)) : failed<never>(refusal);
}

function firstRefusal(seen: Seen): Fault | undefined {
  for (const { phase, reason = phase, message = '' } of planOf(seen).entries.values())
    if (phase === 'Failed')
      return { kind: 'waiting', reason, message, retryAfterMs: undefined, stalls: true };
  return undefined;
}

export function readyText(seen: Seen): string {
  const { selected, accepted, refused, failed: failures } = countsOf(seen);
  if (selected === 0) return 'No server matches the selection; servers that come to match are taken up.';
  const others = refused + failures;
  const rest = others > 0 ? `; ${others} need${others === 1 ? 's' : ''} a person, see status.exceptions` : '';
  return `The scope accepts ${accepted} of ${selected} selected servers${rest}.`;
}

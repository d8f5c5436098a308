import type { Fault } from '../../base/errors.ts';
import { nameOf } from '../../azure/ids.ts';
import { failed, ready, type Verdict } from '../../engine/concern.ts';
import { plannedReleases } from '../actions.ts';
import { servers as counted, type AssociationConcern } from '../concerns/concern.ts';
import { planOf } from '../plan.ts';
import type { Seen, Server } from '../seen.ts';

/**
 * Every server that this association took leaves the scope, or is taken over by another association of the cluster.
 * Deletion waits for those that Azure does not let go, and names them (rule 14).
 */
export const release: AssociationConcern = {
  name: 'Release',
  gatesReady: true,
  tellsRefusals: true,
  decide(seen) {
    const plan = planOf(seen);
    const left = seen.servers.filter(({ key }) => plan.entries.has(key));
    if (left.length === 0) return ready('Every server has left the scope.');
    if (seen.target.scopeId === undefined && seen.target.closed !== undefined)
      return failed(seen.target.closed.fault);
    return { verdict: verdictOf(seen, left), planned: plannedReleases(seen, plan) };
  },
};

function verdictOf(seen: Seen, left: readonly Server[]): Verdict {
  const stuck = left.flatMap((server) => whyStuck(seen, server) ?? []);
  const [first] = stuck;
  if (first !== undefined) return { is: 'failed', fault: stuckFault(seen, first, stuck) };
  // What all calls share is told where no server has trouble of its own.
  if (seen.trouble !== undefined) return { is: 'failed', fault: seen.trouble };
  const over = planOf(seen).handedOver.length;
  const message =
    over === left.length
      ? `Another association takes over ${counted(over)}.`
      : `Releasing servers, ${left.length} ${left.length === 1 ? 'is' : 'are'} left.`;
  return { is: 'working', reason: 'Deleting', message, lookAgainMs: 5_000 };
}

interface Stuck {
  id: string;
  reason: string;
  message: string;
}

function whyStuck(seen: Seen, { id, key, sight }: Server): Stuck | undefined {
  if (sight.is === 'hidden') return { id, reason: sight.fault.reason, message: sight.fault.message };
  const { reason, message = '' } = planOf(seen).entries.get(key) ?? {};
  return reason === undefined ? undefined : { id, reason, message };
}

const mostNamed = 3;

function stuckFault({ object }: Seen, { reason, message }: Stuck, stuck: readonly Stuck[]): Fault {
  const { namespace, name } = object.metadata;
  const names = stuck.slice(0, mostNamed).map(({ id }) => nameOf(id));
  const more = stuck.length > mostNamed ? ` and ${stuck.length - mostNamed} more` : '';
  const wayOut = `To leave them there: kubectl -n ${namespace} patch asa ${name} --type=merge -p '{"spec":{"deletionPolicy":"Retain"}}'`;
  const text = `${counted(stuck.length)} cannot leave the scope (${names.join(', ')}${more}): ${message} ${wayOut}`;
  return { kind: 'waiting', reason, message: text, retryAfterMs: undefined, stalls: true };
}

import { fault } from '../../api/reasons.ts';
import { nameOf } from '../../azure/ids.ts';
import type { Fault } from '../../base/errors.ts';
import { valueOf } from '../../engine/picture.ts';
import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { Seen } from '../seen.ts';
import { goesWithUs } from '../standing.ts';
import { failed, listed, nothing } from '../verdicts.ts';

/**
 * Deletion, stage (a): nothing at all is touched while associations that stay refer to the scope, or while servers point
 * to it that no association being deleted will release (condition DeletionBlocked).
 */
export const blocked: Concern<Seen, ScopeAction> = {
  name: 'blocked',
  condition: 'DeletionBlocked',
  gatesReady: true,
  decide(seen) {
    const why =
      associationsStay(seen) ?? unknownScope(seen) ?? (cutsOff(seen) ? serversStay(seen) : undefined);
    if (why !== undefined) return failed(why, nothing, seen.servers.keys);
    return { verdict: { is: 'ready', message: 'Nothing holds up the deletion.' }, planned: nothing };
  },
};

function associationsStay({ associations: { live }, object }: Seen): Fault | undefined {
  const [first] = live;
  if (first === undefined) return undefined;
  const { namespace = '' } = object.metadata;
  const message = `Associations still use this scope: ${listed(live)}. Delete them first: kubectl -n ${namespace} delete asa ${live.slice(0, 10).join(' ')}`;
  return fault('AssociationsExist', message);
}

/** Without a look at the scope nobody knows whether it is ours, and whose servers point to it. */
function unknownScope({ scope }: Seen): Fault | undefined {
  return scope.is === 'unknown' ? scope.fault : undefined;
}

/** Whether servers could lose their way: where everything was adopted, nothing but tags goes. */
function cutsOff(seen: Seen): boolean {
  const scope = valueOf(seen.scope);
  if (scope === undefined) return false;
  const endpoints = [...seen.endpoints.values()].flatMap(({ known }) => valueOf(known) ?? []);
  return (
    [scope, ...endpoints].some((one) => goesWithUs(seen, one)) ||
    [...seen.inventory.values()].some(({ origin }) => origin === 'Created')
  );
}

const minuteMs = 60_000;

function serversStay({ servers, object, desired }: Seen): Fault | undefined {
  const { namespace = '', name } = object.metadata;
  const retain = `kubectl -n ${namespace} patch apls/${name} --type=merge -p '{"spec":{"deletionPolicy":"Retain"}}'`;
  if (servers.staying.length > 0) {
    const count =
      servers.staying.length === 1
        ? '1 server still points'
        : `${servers.staying.length} servers still point`;
    const message = `${count} to scope ${nameOf(desired.scopeId)}: ${listed(servers.staying)}. Take them out of it, or leave Azure as it is: ${retain}`;
    return fault('ServersAssociated', message, { retryAfterMs: minuteMs });
  }
  const unread = servers.unread.find(({ matters }) => matters);
  if (unread === undefined) return undefined;
  const where =
    unread.subscriptionId === undefined ? 'any subscription' : `subscription ${unread.subscriptionId}`;
  const message = `Whether servers of ${where} still point to the scope could not be looked at (${unread.fault.reason}). Let the identity list them, or leave Azure as it is: ${retain}`;
  return fault('ServersNotVisible', message, { retryAfterMs: minuteMs });
}

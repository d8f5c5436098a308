import { fault } from '../../api/reasons.ts';
import { nameOf } from '../../azure/ids.ts';
import type { PrivateZone } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { isOurs, ownTags } from '../../domain/ownership.ts';
import { leftOutTags } from '../../domain/tags.ts';
import type { Concern } from '../../engine/concern.ts';
import type { PlannedCall, ScopeAction, ScopeDecision } from '../actions.ts';
import { disowning } from '../dismantle.ts';
import { obstacleOf } from '../preflight/obstacles.ts';
import { scopeGate } from '../scope-state.ts';
import { zoneSeen, type Seen } from '../seen.ts';
import { wantedTags } from '../standing.ts';
import { failed, nothing, onItsWay, readyUnless, unreadable, worstOf } from '../verdicts.ts';
import { wantedZones, type WantedZone } from '../wanted.ts';
import { zoneState } from '../zone-state.ts';
import { atWork, waitsOf, watchOf, type Part } from './part.ts';

/** The zones of every endpoint with Azure's DNS are there and ours (condition DNSReady, with links and records). */
export const zonesConcern: Concern<Seen, ScopeAction> = {
  name: 'zones',
  condition: 'DNSReady',
  gatesReady: true,
  decide(seen) {
    if (!wantsDns(seen)) return noZones(seen);
    const wanted = wantedZones(seen);
    const unknown = seen.zoneNames.unknown;
    if (unknown !== undefined && wanted.length === 0)
      return { verdict: unreadable(seen, 'DNSReady', unknown), planned: nothing };
    const all = wanted.map((zone) => ({ zone, ...decideOne(seen, zone) }));
    const planned = all.flatMap((one) => one.planned);
    const watch = watchOf(all);
    const worst = worstOf(
      all.flatMap(({ zone, trouble }) =>
        trouble === undefined ? [] : [{ name: zone.endpoint.name, fault: trouble }],
      ),
    );
    if (worst !== undefined) return failed(worst, planned, watch);
    return { verdict: verdictOf(seen, all, watch), planned };
  },
};

export function wantsDns({ desired }: Seen): boolean {
  return desired.endpoints.some(({ dns }) => dns !== undefined);
}

export function noZones({ desired }: Seen): ScopeDecision {
  const message = 'No DNS zones are asked for; the records are in status.endpoints.';
  // What others make is a concern of its own, which has more to say.
  const isAsked = desired.endpoints.some(({ external }) => external);
  return {
    verdict: { is: 'ready', ...(isAsked ? {} : { reason: 'NotRequired' }), message },
    planned: nothing,
  };
}

function verdictOf(
  seen: Seen,
  all: readonly (Part & { zone: WantedZone })[],
  watch: readonly string[],
): ScopeDecision['verdict'] {
  const waits = onItsWay(waitsOf(all), watch);
  if (waits !== undefined) return waits;
  const unread = all.find((one) => one.unread !== undefined);
  if (unread?.unread !== undefined)
    return unreadable(seen, 'DNSReady', unread.unread, `Private endpoint ${unread.zone.endpoint.name}`);
  const { trouble, unknown } = seen.zoneNames;
  if (unknown !== undefined) return unreadable(seen, 'DNSReady', unknown);
  const known = all.map(({ zone }) => zoneSeen(seen, zone.id)?.known);
  return readyUnless(known, inPlace(seen, all.length), trouble);
}

function inPlace({ desired }: Seen, zones: number): string {
  const sets = desired.endpoints.filter(({ dns }) => dns !== undefined).length;
  const text = `${zones / Math.max(1, sets)} zones are in place for each of ${sets} endpoints.`;
  const leftOut = leftOutTags(desired.tags, ownTags(desired.owner, false), 'privateDns');
  return leftOut.length === 0 ? text : `${text} Private DNS does not take the tags ${leftOut.join(', ')}.`;
}

function decideOne(seen: Seen, zone: WantedZone): Part {
  const { id, name } = zone;
  const state = zoneState(seen, zone);
  switch (state.is) {
    case 'unread':
      return { unread: state.fault, planned: nothing };
    case 'busy':
      return atWork(seen, {
        id,
        known: zoneSeen(seen, id)?.known,
        waits: `Azure is at work on DNS zone ${name} in ${nameOf(zone.dns.groupId)}`,
      });
    case 'absent':
      return zone.dns.existing
        ? { trouble: notThere(zone), planned: nothing, watch: [id] }
        : missing(seen, zone, state.leaving);
    case 'existing':
      return givenAway(seen, zone, state.zone);
    case 'foreign':
      return { trouble: state.fault, planned: nothing, watch: [id] };
    case 'claimable':
      return { waits: `Making DNS zone ${name} ours`, planned: [state.standing.planned] };
    case 'ours':
      return state.zone.provisioningState === 'Succeeded'
        ? { planned: nothing }
        : { waits: `Azure is at work on DNS zone ${name}`, planned: nothing, watch: [id] };
  }
}

function notThere({ id, name, dns, endpoint }: WantedZone): Fault {
  const message = `DNS zone ${name} of private endpoint ${endpoint.name} does not exist in ${nameOf(dns.groupId)} (${id}). Have it created, or set dns.mode: Managed; it is waited for.`;
  return fault('DNSZoneNotFound', message);
}

/** One that was made for the endpoint once, and now is to be somebody else's: it is ours no more, and stays. */
function givenAway(seen: Seen, { name }: WantedZone, zone: PrivateZone): Part {
  if (!isOurs(zone.tags, seen.desired.owner)) return { planned: nothing };
  const planned = disowning(seen, zone, `DNS zone ${name}`, 'which exists for others from now on');
  return { waits: `Giving DNS zone ${name} away`, planned: [planned] };
}

function missing(seen: Seen, { id, name, dns, endpoint }: WantedZone, leaving: boolean): Part {
  const group = nameOf(dns.groupId);
  if (obstacleOf(seen, endpoint) !== undefined)
    return { waits: `DNS zone ${name} in ${group} is made when the preflight has passed`, planned: nothing };
  const gate = scopeGate(seen);
  if (gate.is === 'closed')
    return { waits: `DNS zone ${name} in ${group} waits for the scope`, planned: nothing };
  const action: ScopeAction = {
    call: 'createZone',
    verb: 'PUT',
    id,
    tags: wantedTags(seen, false, 'privateDns'),
  };
  const planned: PlannedCall = { action, because: `creating DNS zone ${name} in ${group}` };
  if (leaving) {
    const waits = `Waiting until the old DNS zone ${name} in ${group} has gone`;
    return { waits, planned: [{ ...planned, waitsFor: 'the deletion of the old one' }], watch: [id] };
  }
  const waits = `Creating DNS zone ${name} in ${group}`;
  return { waits, planned: [gate.is === 'open' ? planned : { ...planned, waitsFor: gate.waitsFor }] };
}

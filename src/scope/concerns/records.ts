import { fault } from '../../api/reasons.ts';
import type { ZoneGroup } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { adoptCommand } from '../../domain/ownership.ts';
import type { Concern } from '../../engine/concern.ts';
import type { Known } from '../../engine/picture.ts';
import type { ScopeAction } from '../actions.ts';
import type { DesiredEndpoint } from '../desired.ts';
import { endpointState, isServing } from '../endpoint-state.ts';
import { holdsGroup, holdsNewGroup } from '../held.ts';
import { groupsKey, recordsKey, zoneGroupId } from '../keys.ts';
import { obstacleOf } from '../preflight/obstacles.ts';
import { recordsOfOthers, unreadZones } from '../preflight/records-of-others.ts';
import { isOverridden } from '../overridden.ts';
import { scopeGate } from '../scope-state.ts';
import { endpointSeen, isBusy, isLeaving, troubleOf, zoneSeen, type Seen } from '../seen.ts';
import {
  failed,
  nothing,
  onItsWay,
  readyUnless,
  unreadable,
  withMessage,
  withTrouble,
  worstOf,
  type NamedFault,
} from '../verdicts.ts';
import { zonesOf } from '../wanted.ts';
import { groupCall } from '../group-call.ts';
import { groupFor, originOf, recordsState } from '../zone-groups.ts';
import { isUsable, zoneState } from '../zone-state.ts';
import { noZones, wantsDns } from './zones.ts';
import { atWork, waitsOf, watchOf, type Part } from './part.ts';

/**
 * The zone group of every endpoint, which writes its records into the zones and keeps them there (condition DNSReady).
 * Azure allows one: a group of whatever name that covers the zones is taken as it is.
 */
export const recordsConcern: Concern<Seen, ScopeAction> = {
  name: 'records',
  condition: 'DNSReady',
  gatesReady: true,
  tellsRefusals: true,
  decide(seen) {
    if (!wantsDns(seen)) return noZones(seen);
    const endpoints = seen.desired.endpoints.filter(({ dns }) => dns !== undefined);
    const all = endpoints.map((endpoint) => ({ endpoint, ...decideOne(seen, endpoint) }));
    const planned = all.flatMap((one) => one.planned);
    const watch = watchOf(all);
    const worst = worstOf(all.flatMap((one) => faultsOf(seen, one)));
    if (worst !== undefined) return failed(worst, planned, watch);
    const waits = onItsWay(waitsOf(all), watch);
    if (waits !== undefined) return { verdict: waits, planned };
    const unread = all.find((one) => one.unread !== undefined);
    if (unread?.unread !== undefined) {
      const what = `Private endpoint ${unread.endpoint.name}`;
      return { verdict: unreadable(seen, 'DNSReady', unread.unread, what), planned };
    }
    const known = endpoints.flatMap((endpoint) => [
      endpointSeen(seen, endpoint.id)?.groups,
      ...zonesOf(seen, endpoint).map(({ id }) => zoneSeen(seen, id)?.records),
    ]);
    return { verdict: readyUnless(known, 'The records of every endpoint are in its zones.'), planned };
  },
};

/** Its own trouble, or why writing its records is refused. */
function faultsOf(
  seen: Seen,
  { endpoint, trouble, planned }: Part & { endpoint: DesiredEndpoint },
): NamedFault[] {
  const { name } = endpoint;
  if (trouble !== undefined) return [{ name, fault: trouble }];
  return planned.flatMap(({ action }) => {
    const refused = seen.refusal(action)?.fault;
    if (refused === undefined) return [];
    const why = isOverridden(refused)
      ? missingRecords(endpoint)
      : { ...withMessage(refused, refused.message), retryAfterMs: undefined };
    return [{ name, fault: why }];
  });
}

function missingRecords({ name, id }: DesiredEndpoint): Fault {
  const message = `The records of private endpoint ${name} are not in its zones although Azure was asked to write them. Someone may remove them, or the zones are another endpoint's: az network private-endpoint dns-zone-group list --ids ${id}`;
  return fault('RecordsMissing', message);
}

function decideOne(seen: Seen, endpoint: DesiredEndpoint): Part {
  const { name, id } = endpoint;
  const part = missingPart(seen, endpoint);
  if (part.is === 'unread') return { unread: part.fault, planned: nothing };
  if (part.is === 'closed') return { waits: `Waiting for private endpoint ${name}`, planned: nothing };
  const waitsFor = part.is === 'none' ? undefined : part.what;
  const groups = endpointSeen(seen, id)?.groups;
  if (waitsFor === undefined && groups?.is === 'unknown') return { unread: groups.fault, planned: nothing };
  if (groups !== undefined && isBusy(groups)) return busy(seen, endpoint);
  return inTheWay(seen, endpoint) ?? decideGroup(seen, endpoint, waitsFor);
}

function decideGroup(seen: Seen, endpoint: DesiredEndpoint, waitsFor: string | undefined): Part {
  const { name, id } = endpoint;
  const group = groupFor(seen, endpoint);
  if (group === undefined) return absent(seen, endpoint, waitsFor);
  if (!isLeaving(group)) return present(seen, endpoint, group, waitsFor);
  const waits = `Waiting until the old zone group of private endpoint ${name} has gone`;
  const call = groupCall(seen, endpoint, { waitsFor: 'the deletion of the old one' });
  return { waits, planned: [call], watch: [groupsKey(id)] };
}

/** In zones that exist others may be registered, whose records are not to be lost. */
function inTheWay(seen: Seen, endpoint: DesiredEndpoint): Part | undefined {
  const trouble = recordsOfOthers(seen, endpoint);
  const watch = zonesOf(seen, endpoint).map(({ id }) => recordsKey(id));
  if (trouble !== undefined) return { trouble, planned: nothing, watch };
  const unread = unreadZones(seen, endpoint);
  return unread === undefined ? undefined : { unread, planned: nothing };
}

function busy(seen: Seen, endpoint: DesiredEndpoint): Part {
  const groupId = groupFor(seen, endpoint)?.id ?? zoneGroupId(endpoint.id);
  return atWork(seen, { id: groupId, known: unseenOf(seen, endpoint), waits: writing(endpoint) });
}

function absent(seen: Seen, endpoint: DesiredEndpoint, waitsFor: string | undefined): Part {
  if (holdsNewGroup(seen, endpoint)) return { planned: nothing };
  const waits = waitsFor === undefined ? toldWriting(seen, endpoint) : `Waiting for ${waitsFor}`;
  return { waits, planned: [groupCall(seen, endpoint, { waitsFor })] };
}

function writing({ name }: DesiredEndpoint): string {
  return `Writing the DNS records of private endpoint ${name}`;
}

/** The same, and why nobody can see how far it is, where that is so. */
function toldWriting(seen: Seen, endpoint: DesiredEndpoint): string {
  return withTrouble(writing(endpoint), unseenOf(seen, endpoint));
}

/** What tells how far the records are, and cannot be looked at. */
function unseenOf(seen: Seen, endpoint: DesiredEndpoint): Known<unknown> | undefined {
  const known = [
    endpointSeen(seen, endpoint.id)?.groups,
    ...zonesOf(seen, endpoint).map(({ id }) => zoneSeen(seen, id)?.records),
  ];
  return known.find((one) => one !== undefined && troubleOf(one) !== undefined);
}

/** What has to be there before records can be written; `closed` when a person has to act first. */
type MissingPart =
  { is: 'none' } | { is: 'part'; what: string } | { is: 'closed' } | { is: 'unread'; fault: Fault };

function missingPart(seen: Seen, endpoint: DesiredEndpoint): MissingPart {
  const state = endpointState(seen, endpoint);
  if (state.is === 'unread') return state;
  if (state.is === 'foreign' || state.is === 'mismatched') return { is: 'closed' };
  if (state.is === 'absent' && cannotBeMade(seen, endpoint)) return { is: 'closed' };
  if (!isServing(state)) return { is: 'part', what: `private endpoint ${endpoint.name}` };
  const missing = zonesOf(seen, endpoint).find((zone) => !isUsable(seen, zone));
  if (missing === undefined) return { is: 'none' };
  const zone = zoneState(seen, missing);
  if (zone.is === 'unread') return zone;
  return zone.is === 'foreign' ? { is: 'closed' } : { is: 'part', what: `DNS zone ${missing.name}` };
}

function cannotBeMade(seen: Seen, endpoint: DesiredEndpoint): boolean {
  return obstacleOf(seen, endpoint) !== undefined || scopeGate(seen).is === 'closed';
}

function present(
  seen: Seen,
  endpoint: DesiredEndpoint,
  group: ZoneGroup,
  waitsFor: string | undefined,
): Part {
  const { id } = endpoint;
  const watch = [groupsKey(id), ...zonesOf(seen, endpoint).map((zone) => recordsKey(zone.id))];
  const state = recordsState(seen, endpoint, group);
  switch (state) {
    case 'inPlace':
      return waitsFor === undefined
        ? { planned: nothing }
        : { waits: `Waiting for ${waitsFor}`, planned: nothing };
    case 'working':
      return { waits: toldWriting(seen, endpoint), planned: nothing, watch };
    case 'unread':
      return { unread: unreadRecords(seen, endpoint), planned: nothing };
    case 'lacksZones':
    case 'lacksRecords': {
      if (state === 'lacksZones' && holdsGroup(seen, group)) return { planned: nothing };
      if (originOf(seen, group) === undefined)
        return { trouble: foreignGroup(seen, endpoint, group, state), planned: nothing, watch };
      const call = groupCall(seen, endpoint, { group, waitsFor, again: state === 'lacksRecords' });
      return { waits: toldWriting(seen, endpoint), planned: [call] };
    }
  }
}

function unreadRecords(seen: Seen, endpoint: DesiredEndpoint): Fault {
  const [unread] = zonesOf(seen, endpoint).flatMap(({ id }) => {
    const records = zoneSeen(seen, id)?.records;
    return records?.is === 'unknown' ? [records.fault] : [];
  });
  return unread ?? missingRecords(endpoint);
}

function foreignGroup(seen: Seen, { name, id }: DesiredEndpoint, group: ZoneGroup, state: string): Fault {
  const what = `Private endpoint ${name} has a DNS zone group ${group.name} that is not ours`;
  if (state === 'lacksRecords')
    return fault(
      'RecordsMissing',
      `${what}, and its records are not all in the zones. Have its owner write it again: az network private-endpoint dns-zone-group list --ids ${id}`,
    );
  const message = `${what} and lacks its zones; Azure allows one group. Set dns.mode: None, or adoptionPolicy: IfUnowned to have the zones added: ${adoptCommand(seen.desired.owner)}`;
  return fault('AlreadyExists', message);
}

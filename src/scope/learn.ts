import { idKey, sameId } from '../azure/ids.ts';
import type { Scope, Tags, ZoneLink } from '../azure/types.ts';
import { capital } from '../engine/concern.ts';
import type { Performed, Told } from '../engine/kind.ts';
import type { Known } from '../engine/picture.ts';
import type { ScopeAction } from './actions.ts';
import type { SeenMap } from './exporting/config-map.ts';
import { kindOf, withCalls } from './inventory.ts';
import { parentOf } from './keys.ts';
import { isOverridden, Overridden } from './overridden.ts';
import type { Seen } from './seen.ts';

/**
 * The picture as the answers make it: what answers is as it says, what only begins is busy until it is read again. Pure.
 */
export function learn(seen: Seen, performed: readonly Performed<ScopeAction>[]): Seen {
  const tried = performed.map(({ planned }) => planned.action);
  const told = performed.flatMap((one) => toldOf(seen, one));
  const start: Seen = {
    ...seen,
    inventory: withCalls(seen.inventory, tried),
    told,
    sent: performed.length > 0,
  };
  return performed.reduce(learnOne, start);
}

function learnOne(seen: Seen, performed: Performed<ScopeAction>): Seen {
  const { action } = performed.planned;
  const answer = answerOf(performed);
  if (!performed.done && answer === undefined) return seen;
  if (action.call === 'writeConfigMap') return withMap(seen, action.id, action.becomes);
  if (action.call === 'deleteConfigMap') return withMap(seen, action.id, undefined);
  if (action.call === 'setTags' || action.call === 'removeTags')
    return withTags(seen, action.of, answer as Tags);
  if (action.call === 'createScope' || action.call === 'updateScope')
    return { ...seen, scope: { is: 'there', value: answer as Scope, ageMs: 0, busy: false } };
  return withBusy(seen, action.id);
}

function withMap(seen: Seen, id: string, value: SeenMap | undefined): Seen {
  const beside = { ageMs: 0, busy: false };
  const known: Known<SeenMap> =
    value === undefined ? { is: 'absent', ...beside } : { is: 'there', value, ...beside };
  return { ...seen, exports: { ...seen.exports, maps: new Map(seen.exports.maps).set(id, known) } };
}

/** What Azure has now, also where it was not what was asked for. */
function answerOf(performed: Performed<ScopeAction>): unknown {
  if (performed.done) return performed.answer;
  return performed.fault instanceof Overridden ? performed.fault.answer : undefined;
}

/** A policy that overrides is told once, not at every try; a scope was made although it is not as it should be. */
function toldOf(seen: Seen, performed: Performed<ScopeAction>): Told[] {
  if (performed.done || !isOverridden(performed.fault)) return [];
  const { action, because } = performed.planned;
  const { reason, message } = performed.fault;
  const created: Told[] =
    action.call === 'createScope'
      ? [{ type: 'Normal', reason: 'ScopeCreated', message: `${capital(because)}.` }]
      : [];
  const first = (seen.refusal(action)?.times ?? 1) <= 1;
  return first ? [...created, { type: 'Warning', reason, message }] : created;
}

function withTags(seen: Seen, id: string, tags: Tags): Seen {
  const kind = kindOf(id);
  if (kind === 'scope') return { ...seen, scope: tagged(seen.scope, tags) };
  const known = <T extends { known: Known<{ tags: Tags }> }>(one: T): T => ({
    ...one,
    known: tagged(one.known, tags),
  });
  if (kind === 'endpoint') return { ...seen, endpoints: changed(seen.endpoints, id, known) };
  if (kind === 'zone') return { ...seen, zones: changed(seen.zones, id, known) };
  if (kind !== 'link') return seen;
  return {
    ...seen,
    zones: changed(seen.zones, parentOf(id), (zone) => ({
      ...zone,
      links: linkTagged(zone.links, id, tags),
    })),
  };
}

function tagged<T extends { tags: Tags }>(known: Known<T>, tags: Tags): Known<T> {
  return known.is === 'there' ? { ...known, value: { ...known.value, tags } } : known;
}

function linkTagged(known: Known<ZoneLink[]>, id: string, tags: Tags): Known<ZoneLink[]> {
  if (known.is !== 'there') return known;
  return { ...known, value: known.value.map((link) => (sameId(link.id, id) ? { ...link, tags } : link)) };
}

function withBusy(seen: Seen, id: string): Seen {
  switch (kindOf(id)) {
    case 'scope':
      return { ...seen, scope: busy(seen.scope) };
    case 'endpoint':
      return {
        ...seen,
        endpoints: changed(seen.endpoints, id, (one) => ({ ...one, known: busy(one.known) })),
      };
    case 'zoneGroup':
      return {
        ...seen,
        endpoints: changed(seen.endpoints, parentOf(id), (one) => ({ ...one, groups: busy(one.groups) })),
      };
    case 'zone':
      return { ...seen, zones: changed(seen.zones, id, (one) => ({ ...one, known: busy(one.known) })) };
    case 'link':
      return {
        ...seen,
        zones: changed(seen.zones, parentOf(id), (one) => ({ ...one, links: busy(one.links) })),
      };
    case 'rule':
      return {
        ...seen,
        securityGroups: changed(seen.securityGroups, parentOf(id), (one) => ({
          ...one,
          rules: busy(one.rules),
        })),
      };
    case undefined:
      // A connection of the scope.
      return seen.connections === undefined ? seen : { ...seen, connections: busy(seen.connections) };
  }
}

function busy<T>(known: Known<T>): Known<T> {
  return known.is === 'unknown' ? { is: 'absent', ageMs: 0, busy: true } : { ...known, busy: true };
}

function changed<T>(all: ReadonlyMap<string, T>, id: string, change: (one: T) => T): ReadonlyMap<string, T> {
  const one = all.get(idKey(id));
  return one === undefined ? all : new Map(all).set(idKey(id), change(one));
}

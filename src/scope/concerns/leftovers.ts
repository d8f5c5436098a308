import { nameOf, sameId } from '../../azure/ids.ts';
import type { ZoneLink } from '../../azure/types.ts';
import { needsPerson } from '../../base/errors.ts';
import type { Concern } from '../../engine/concern.ts';
import { valueOf } from '../../engine/picture.ts';
import type { ScopeAction } from '../actions.ts';
import { takeDownGroups, takeDownLinks } from '../dismantle-names.ts';
import { takeDownEndpoint, takeDownZone, together, type Dismantling } from '../dismantle.ts';
import { standsInZones } from '../desired.ts';
import { isKept } from '../kept.ts';
import { takeDownRules } from '../rules/dismantle-rules.ts';
import { endpointSeen, type Seen, type SeenEndpoint, type SeenZone } from '../seen.ts';
import { byItself, failed, listed, nothing, working, worstOf } from '../verdicts.ts';
import { isWanted, wantedZones, wantsLink } from '../wanted.ts';
import { isUsable } from '../zone-state.ts';

/**
 * What the spec no longer asks for goes: names first, then endpoints, then zones. Only what the inventory or a tag calls
 * ours; what cannot be seen stays listed.
 */
export const leftovers: Concern<Seen, ScopeAction> = {
  name: 'leftovers',
  gatesReady: true,
  decide(seen) {
    const parts = leftoverParts(seen);
    const worst = worstOf(parts.faults);
    if (worst !== undefined) return failed(worst, parts.planned, parts.watch);
    // What a person has to make possible again is not hidden behind what goes on.
    const blind = parts.unread.find(needsPerson);
    if (blind !== undefined)
      return { verdict: { is: 'unread', fault: blind, watch: parts.watch }, planned: parts.planned };
    if (parts.left.length > 0) {
      const more = parts.watch.length === 0 ? {} : { ...byItself, watch: parts.watch };
      return { verdict: working(`Removing ${listed(parts.left)}.`, more), planned: parts.planned };
    }
    const [unread] = parts.unread;
    if (unread !== undefined) return { verdict: { is: 'unread', fault: unread }, planned: nothing };
    return { verdict: { is: 'ready', message: 'Nothing is left over.' }, planned: nothing };
  },
};

function leftoverParts(seen: Seen): Dismantling {
  const names = together([
    ...[...seen.endpoints.values()]
      .filter((one) => !keepsGroups(seen, one))
      .map((one) => takeDownGroups(seen, one)),
    ...[...seen.zones.values()].filter(({ id }) => !isKept(seen, id)).map((zone) => surplusLinks(seen, zone)),
  ]);
  const endpoints = together(
    [...seen.endpoints.values()]
      .filter(({ id }) => !isWanted(seen, id))
      .map((one) => takeDownEndpoint(seen, one, waitOf(takeDownGroups(seen, one).left))),
  );
  const zones = together(
    [...seen.zones.values()]
      .filter(({ id }) => !isWanted(seen, id) && !isKept(seen, id))
      .map((zone) =>
        takeDownZone(
          seen,
          zone,
          waitOf([
            ...surplusLinks(seen, zone).left,
            ...unseenLinks(zone),
            ...endpoints.left,
            ...rewrites(seen, zone),
          ]),
        ),
      ),
  );
  const rules = together([...seen.securityGroups.values()].map((group) => takeDownRules(seen, group)));
  return together([names, endpoints, zones, rules]);
}

function waitOf([first]: readonly string[]): string | undefined {
  return first === undefined ? undefined : `the removal of ${first}`;
}

/** The groups below a wanted endpoint with Azure's DNS are the records' concern, or others'. */
function keepsGroups({ desired }: Seen, { id }: SeenEndpoint): boolean {
  return desired.endpoints.some((endpoint) => sameId(endpoint.id, id) && standsInZones(endpoint));
}

/** Links that nobody could look at may be there: Azure would refuse the zone's deletion, and blame others. */
function unseenLinks({ id, links }: SeenZone): string[] {
  return links.is === 'unknown' ? [`the links of DNS zone ${nameOf(id)}`] : [];
}

function surplusLinks(seen: Seen, zone: SeenZone): Dismantling {
  const isWantedHere = ({ virtualNetworkId }: ZoneLink): boolean =>
    wantsLink(seen, zone.id, virtualNetworkId);
  return takeDownLinks(seen, zone, isWantedHere, (link) => successorOf(seen, zone, link));
}

/** A VNet keeps its names until the zone that is to give them next is there, and the records have moved to it. */
function successorOf(seen: Seen, zone: SeenZone, { virtualNetworkId }: ZoneLink): string | undefined {
  const { id } = zone;
  const [moving] = movingFrom(seen, zone);
  if (moving !== undefined) return moving;
  const name = nameOf(id).toLowerCase();
  const next = wantedZones(seen).find(
    (one) => one.name === name && one.dns.networkIds.some((networkId) => sameId(networkId, virtualNetworkId)),
  );
  if (next === undefined || isUsable(seen, next)) return undefined;
  return `DNS zone ${name} in ${nameOf(next.dns.groupId)}`;
}

/** Zone groups that still name the zone, or may: they are written with the new ones first. */
function rewrites(seen: Seen, { id }: SeenZone): string[] {
  return [...seen.endpoints.values()]
    .filter((endpoint) => mayName(endpoint, id))
    .map((endpoint) => `its name from the zone group of private endpoint ${nameOf(endpoint.id)}`);
}

/** Endpoints whose records still stand in the zone, or may, and are to stand in another. */
function movingFrom(seen: Seen, { id }: SeenZone): string[] {
  if (isWanted(seen, id)) return [];
  return seen.desired.endpoints
    .filter((endpoint) => standsInZones(endpoint) && mayName(endpointSeen(seen, endpoint.id), id))
    .map(({ name }) => `the records of private endpoint ${name} in their new zones`);
}

/** Whether the endpoint's zone group leads to the zone; also where nobody could look at it. */
function mayName(endpoint: SeenEndpoint | undefined, zone: string): boolean {
  if (endpoint?.groups.is === 'unknown') return true;
  const groups = valueOf(endpoint?.groups) ?? [];
  return groups.some(({ zones }) => zones.some(({ zoneId }) => sameId(zoneId, zone)));
}

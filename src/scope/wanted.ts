import { idKey, nameOf } from '../azure/ids.ts';
import { linkId, type DesiredDns, type DesiredEndpoint } from './desired.ts';
import { idsOf } from './inventory.ts';
import { groupOf, parentOf, zoneId } from './keys.ts';
import { once } from '../base/once.ts';
import type { Seen } from './seen.ts';

/** Which resources the spec asks for, by id. Pure. A smaller answer of Azure's never makes the list shorter. */

type Wanting = Pick<Seen, 'desired' | 'deleting' | 'inventory' | 'zoneNames'>;

export interface WantedZone {
  id: string;
  /** In lower case. */
  name: string;
  endpoint: DesiredEndpoint;
  dns: DesiredDns;
}

/** The zones that shall be there, for every endpoint with Azure's DNS. */
export function wantedZones(seen: Wanting): readonly WantedZone[] {
  return seen.deleting ? [] : allZones(seen);
}

export function zonesOf(seen: Wanting, endpoint: DesiredEndpoint): readonly WantedZone[] {
  return zonesByEndpoint(seen).get(endpoint.name) ?? [];
}

/** By name: what the service needs, and what was made for the endpoint once. */
const allZones = once(({ desired, inventory, zoneNames }: Wanting): WantedZone[] => {
  const made = idsOf(inventory, 'zone').map((id) => ({
    group: idKey(groupOf(id)),
    name: nameOf(id).toLowerCase(),
  }));
  return desired.endpoints.flatMap((endpoint) => {
    const { dns } = endpoint;
    if (dns === undefined) return [];
    const before = made.filter(({ group }) => group === idKey(dns.groupId)).map(({ name }) => name);
    const names = [...new Set([...zoneNames.names, ...before])].sort();
    return names.map((name) => ({ id: zoneId(dns.groupId, name), name, endpoint, dns }));
  });
});

const zonesByEndpoint = once((seen: Wanting) => Map.groupBy(allZones(seen), ({ endpoint }) => endpoint.name));

/** Whether the spec asks for the resource; zone groups of any name count for their endpoint. */
export function isWanted(seen: Wanting, id: string): boolean {
  const { ids, groupsOf } = wantedIds(seen);
  return ids.has(idKey(id)) || groupsOf.has(idKey(parentOf(id)));
}

/** A zone that is used as it is: never made, written or deleted (`dns.mode: Existing`). */
export function isOthersZone(seen: Wanting, id: string): boolean {
  return othersZones(seen).has(idKey(id));
}

const othersZones = once((seen: Wanting) => {
  const zones = allZones(seen).filter(({ dns }) => dns.existing);
  return new Set(zones.map(({ id }) => idKey(id)));
});

/** Whether the zone shall be linked to the VNet. */
export function wantsLink(seen: Wanting, zone: string, networkId: string): boolean {
  return wantedIds(seen).ids.has(idKey(linkId(zone, networkId)));
}

interface WantedIds {
  ids: ReadonlySet<string>;
  /** Endpoints whose zone groups are wanted. */
  groupsOf: ReadonlySet<string>;
}

const wantedIds = once((seen: Wanting): WantedIds => {
  if (seen.deleting) return { ids: new Set(), groupsOf: new Set() };
  const { scopeId, endpoints, securityGroups } = seen.desired;
  const zones = allZones(seen);
  const links = zones.flatMap(({ id, dns }) => dns.networkIds.map((networkId) => linkId(id, networkId)));
  const rules = securityGroups.flatMap((group) => group.rules.map(({ id }) => id));
  const withDns = endpoints.filter(({ dns }) => dns !== undefined);
  return {
    ids: new Set(
      [scopeId, ...endpoints.map(({ id }) => id), ...zones.map(({ id }) => id), ...links, ...rules].map(
        idKey,
      ),
    ),
    groupsOf: new Set(withDns.map(({ id }) => idKey(id))),
  };
});

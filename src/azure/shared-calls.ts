import { subscriptionOf, virtualNetworkOf } from './ids.ts';
import { SharedReads } from './shared-reads.ts';
import type { Azure, SharedLooks } from './types.ts';
import type { Clock } from '../base/clock.ts';

type Reads = Pick<Azure, 'getVirtualNetwork' | 'getEndpoint' | 'listZones' | 'listZoneLinks'>;
type Writes = Pick<
  Azure,
  | 'putEndpoint'
  | 'updateEndpoint'
  | 'deleteEndpoint'
  | 'putZoneGroup'
  | 'deleteZoneGroup'
  | 'putZone'
  | 'deleteZone'
  | 'putZoneLink'
  | 'updateZoneLink'
  | 'deleteZoneLink'
  | 'mergeTags'
  | 'removeTags'
>;

const zonesOf = (subscriptionId: string): string => `zones ${subscriptionId}`;
const linksOf = (zoneId: string): string => `links ${zoneId}`;
const networkAt = (id: string): string => `network ${id}`;
const endpointAt = (id: string): string => `endpoint ${id}`;

/**
 * Looks that all objects of one identity share, and the calls that make them outdated: those of resources that shared
 * looks show. Which look shows what of a resource is written here alone.
 */
export function sharedCalls(
  calls: Reads & Writes,
  clock: Pick<Clock, 'monotonic'>,
): Writes & { shared: SharedLooks } {
  const reads = new SharedReads(clock);
  /** Of a zone or one of its links, which the zone counts. */
  const zone = (id: string): void => {
    reads.changed(zonesOf(subscriptionOf(id)));
    reads.changed(linksOf(ownerOf(id, 'privateDnsZones')));
  };
  /** Of an endpoint or its zone group, whose names the endpoint then lacks. */
  const endpoint = (id: string): void => reads.changed(endpointAt(ownerOf(id, 'privateEndpoints')));
  const either = (id: string): void => {
    if (/\/privateDnsZones\//i.test(id)) zone(id);
    if (/\/privateEndpoints\//i.test(id)) endpoint(id);
  };
  /** However it ends: a call that was refused or lost may have had its effect. */
  const then = async <T>(call: Promise<T>, changed: () => void): Promise<T> => {
    try {
      return await call;
    } finally {
      changed();
    }
  };
  return {
    shared: {
      zones: (id, maxAgeMs) => reads.get(zonesOf(id), maxAgeMs, () => calls.listZones(id)),
      zoneLinks: (id, maxAgeMs) => reads.get(linksOf(id), maxAgeMs, () => calls.listZoneLinks(id)),
      network: (id, maxAgeMs) => reads.get(networkAt(id), maxAgeMs, () => calls.getVirtualNetwork(id)),
      endpoint: (id, maxAgeMs) => reads.get(endpointAt(id), maxAgeMs, () => calls.getEndpoint(id)),
    },
    putEndpoint: (id, spec) =>
      then(calls.putEndpoint(id, spec), () => {
        endpoint(id);
        reads.changed(networkAt(virtualNetworkOf(spec.subnetId)));
      }),
    updateEndpoint: (seen, change) => then(calls.updateEndpoint(seen, change), () => endpoint(seen.id)),
    deleteEndpoint: (id) =>
      then(calls.deleteEndpoint(id), () => {
        endpoint(id);
        // Its subnet shows it, and the id does not tell which one that is.
        reads.changedAll(networkAt(''));
      }),
    putZoneGroup: (id, zoneIds, seen) => then(calls.putZoneGroup(id, zoneIds, seen), () => endpoint(id)),
    deleteZoneGroup: (id) => then(calls.deleteZoneGroup(id), () => endpoint(id)),
    putZone: (id, tags) => then(calls.putZone(id, tags), () => zone(id)),
    deleteZone: (id) => then(calls.deleteZone(id), () => zone(id)),
    putZoneLink: (id, spec) => then(calls.putZoneLink(id, spec), () => zone(id)),
    updateZoneLink: (seen, change) => then(calls.updateZoneLink(seen, change), () => zone(seen.id)),
    deleteZoneLink: (id) => then(calls.deleteZoneLink(id), () => zone(id)),
    mergeTags: (id, tags) => then(calls.mergeTags(id, tags), () => either(id)),
    removeTags: (id, tags) => then(calls.removeTags(id, tags), () => either(id)),
  };
}

/** The id up to the resource of that type: its own, or that of what it is a child of. */
function ownerOf(id: string, type: string): string {
  return new RegExp(`^.*?/${type}/[^/]+`, 'i').exec(id)?.[0] ?? id;
}

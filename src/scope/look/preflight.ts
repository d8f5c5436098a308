import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { idKey, nameOf, sameId, subscriptionOf } from '../../azure/ids.ts';
import type { PrivateZone, VirtualNetwork } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { isOurs } from '../../domain/ownership.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import type { ScopeLooking } from '../deps.ts';
import type { Desired, DesiredEndpoint } from '../desired.ts';
import { linksKey } from '../keys.ts';
import {
  troubleOf,
  zoneSeen,
  type ForeignLink,
  type Neighbour,
  type PreflightSeen,
  type SeenEndpoint,
  type SeenZone,
} from '../seen.ts';
import type { WantedZone } from '../wanted.ts';
import { inventoryOf, linksIn } from '../inventory.ts';
import { each } from '../../base/each.ts';
import { isDenied, lookAtShared, readOf } from './optional.ts';
import type { ZoneListings } from './zones.ts';
import { readsAtOnce } from './reads.ts';

/** What others have in the way of what is still to be made. A settled scope looks at nothing of it. */

/** The VNets of endpoints that are to be made: their region becomes the endpoint's. */
export async function lookAtNetworks(
  { azure, picture }: ScopeLooking,
  desired: Desired,
  endpoints: ReadonlyMap<string, SeenEndpoint>,
): Promise<Map<string, Known<VirtualNetwork>>> {
  const missing = missingEndpoints(desired, endpoints);
  const seen = await each(missing, readsAtOnce, async ({ networkId }) => {
    const known = await picture.shared(networkId, (maxAgeMs) => azure.shared.network(networkId, maxAgeMs));
    return [idKey(networkId), known] as const;
  });
  return new Map(seen);
}

export function missingEndpoints(
  desired: Desired,
  endpoints: ReadonlyMap<string, SeenEndpoint>,
): DesiredEndpoint[] {
  return desired.endpoints.filter(({ id }) => {
    const known = endpoints.get(idKey(id))?.known;
    return known?.is === 'absent' && !known.busy;
  });
}

export interface PreflightAsked {
  desired: Desired;
  others: readonly ArcPrivateLinkScope[];
  endpoints: ReadonlyMap<string, SeenEndpoint>;
  networks: ReadonlyMap<string, Known<VirtualNetwork>>;
  zones: ReadonlyMap<string, SeenZone>;
  wanted: readonly WantedZone[];
  listings: ZoneListings;
}

export async function lookAtPreflight(looking: ScopeLooking, asked: PreflightAsked): Promise<PreflightSeen> {
  const notes = new Set<string>();
  const failed = new Map<string, Fault>();
  const neighbours = new Map<string, Neighbour[]>();
  for (const { networkId } of missingEndpoints(asked.desired, asked.endpoints)) {
    const found = await neighboursIn(looking, asked, networkId);
    neighbours.set(idKey(networkId), found.neighbours);
    for (const note of found.notes) notes.add(note);
    if (found.failed !== undefined) failed.set(idKey(networkId), found.failed);
  }
  const foreignLinks = await foreignLinksOf(looking, asked, notes, failed);
  return { others: asked.others, neighbours, foreignLinks, notes: [...notes].sort(), failed };
}

/** Other endpoints in the VNet, and where they lead to. */
async function neighboursIn(
  looking: ScopeLooking,
  { desired, endpoints, networks }: PreflightAsked,
  networkId: string,
): Promise<{ neighbours: Neighbour[]; notes: string[]; failed?: Fault }> {
  const network = valueOf(networks.get(idKey(networkId)));
  const own = new Set([...desired.endpoints.map(({ id }) => idKey(id)), ...endpoints.keys()]);
  const ids = (network?.subnets ?? [])
    .flatMap(({ privateEndpointIds }) => privateEndpointIds)
    .filter((id) => !own.has(idKey(id)));
  const looked = await each(ids, readsAtOnce, async (id) => ({
    id,
    seen: await lookAtShared(looking, `${id} beside`, (maxAgeMs) =>
      looking.azure.shared.endpoint(id, maxAgeMs),
    ),
  }));
  const neighbours = looked.flatMap(({ id, seen }) => {
    const endpoint = readOf(seen);
    return endpoint === undefined
      ? []
      : [{ id, scopeIds: endpoint.connections.map(({ scopeId }) => scopeId) }];
  });
  const notes = looked
    .filter(({ seen }) => isDenied(seen))
    .map(({ id }) => `Private endpoint ${nameOf(id)} in VNet ${nameOf(networkId)} could not be read.`);
  const [failed] = looked.flatMap(({ seen }) => troubleOf(seen) ?? []);
  return { neighbours, notes, ...(failed === undefined ? {} : { failed }) };
}

/** Where VNets that are still to be linked are linked already: to zones of the same names that are not ours. */
async function foreignLinksOf(
  looking: ScopeLooking,
  asked: PreflightAsked,
  notes: Set<string>,
  failed: Map<string, Fault>,
): Promise<ForeignLink[]> {
  const missing = asked.wanted.flatMap((zone) => unlinkedNetworks(asked, zone));
  const networks = new Map(missing.map((id) => [idKey(id), id]));
  if (networks.size === 0) return [];
  noteListings(asked.listings, networks, notes, failed);
  const names = new Set(asked.wanted.map(({ name }) => name));
  const written = writtenLinks(asked.others);
  const foreign = [...asked.listings.known.values()]
    .flatMap((listing) => readOf(listing) ?? [])
    .filter((zone) => names.has(nameOf(zone.id).toLowerCase()) && isForeign(asked, written, zone));
  const found = await each(foreign, readsAtOnce, async (zone) => {
    const known = await lookAtShared(looking, linksKey(zone.id), (maxAgeMs) =>
      looking.azure.shared.zoneLinks(zone.id, maxAgeMs),
    );
    return (readOf(known) ?? [])
      .filter(({ virtualNetworkId }) => networks.has(idKey(virtualNetworkId)))
      .filter(({ tags }) => !isOurs(tags, asked.desired.owner))
      .map((link) => ({ networkId: link.virtualNetworkId, zoneId: zone.id, linkId: link.id }));
  });
  return found.flat();
}

function noteListings(
  { known }: ZoneListings,
  networks: ReadonlyMap<string, string>,
  notes: Set<string>,
  failed: Map<string, Fault>,
): void {
  for (const [subscription, listing] of known) {
    if (isDenied(listing))
      notes.add(`The private DNS zones of subscription ${subscription} could not be listed.`);
    if (listing.is !== 'unknown') continue;
    const concerned = [...networks.keys()].filter((key) => subscriptionOf(key) === subscription);
    for (const key of concerned) failed.set(key, listing.fault);
  }
}

/**
 * A zone that nobody is linked to clashes with nothing, and of one that another object of this cluster has with all its
 * links, the inventory of that object says which VNets they are to (preflight/conflicts.ts).
 */
function isForeign(
  { zones }: PreflightAsked,
  written: ReadonlyMap<string, number>,
  { id, linkCount }: PrivateZone,
): boolean {
  return !zones.has(idKey(id)) && linkCount !== 0 && linkCount !== (written.get(idKey(id)) ?? 0);
}

/** How many links the inventories of these objects have, by the `idKey` of their zones. */
function writtenLinks(objects: readonly ArcPrivateLinkScope[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of objects)
    for (const [zone, links] of linksIn(inventoryOf(status?.inventory)))
      counts.set(zone, (counts.get(zone) ?? 0) + links.length);
  return counts;
}

function unlinkedNetworks(asked: PreflightAsked, { id, dns }: WantedZone): string[] {
  const links = valueOf(zoneSeen(asked, id)?.links) ?? [];
  return dns.networkIds.filter(
    (networkId) => !links.some(({ virtualNetworkId }) => sameId(virtualNetworkId, networkId)),
  );
}

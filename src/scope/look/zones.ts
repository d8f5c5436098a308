import { idKey, nameOf, sameId, subscriptionOf, uniqueIds } from '../../azure/ids.ts';
import type { PrivateZone, ZoneLink } from '../../azure/types.ts';
import { isOurs } from '../../domain/ownership.ts';
import { lookAt, lookAtList } from '../../engine/look-at.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import type { ScopeLooking } from '../deps.ts';
import { linkId, type Desired } from '../desired.ts';
import { idsOf, linksIn, type Inventory } from '../inventory.ts';
import { linksKey, parentOf, recordsKey, zonesKey } from '../keys.ts';
import { emptyList, notAsked, troubleOf, type SeenEndpoint, type SeenZone, type ZoneNames } from '../seen.ts';
import { wantedZones, type WantedZone } from '../wanted.ts';
import { each } from '../../base/each.ts';
import { once } from '../../base/once.ts';
import { isDenied, lookAtShared, readOf, type Optional } from './optional.ts';
import { readsAtOnce } from './reads.ts';

/** Private DNS zones with their links and records: those that are wanted, made once, or tagged. */

export interface ZoneListings {
  /** By subscription in lower case. */
  known: ReadonlyMap<string, Known<Optional<PrivateZone[]>>>;
}

/** All zones of the subscriptions, where the identity may list them: one call in the place of many. */
export async function listZones(
  looking: ScopeLooking,
  subscriptions: readonly string[],
): Promise<ZoneListings> {
  const ids = [...new Set(subscriptions.map((id) => id.toLowerCase()))];
  const listed = await each(ids, readsAtOnce, async (id) => {
    const known = await lookAtShared(looking, zonesKey(id), (maxAgeMs) =>
      looking.azure.shared.zones(id, maxAgeMs),
    );
    return [id, known] as const;
  });
  return { known: new Map(listed) };
}

export interface ZonesAsked {
  desired: Desired;
  deleting: boolean;
  inventory: Inventory;
  zoneNames: ZoneNames;
  endpoints: ReadonlyMap<string, SeenEndpoint>;
  listings: ZoneListings;
  found: readonly string[];
}

export async function lookAtZones(looking: ScopeLooking, asked: ZonesAsked): Promise<Map<string, SeenZone>> {
  const wanted = new Map(wantedZones(asked).map((zone) => [idKey(zone.id), zone]));
  const ids = [
    ...[...wanted.values()].map(({ id }) => id),
    ...idsOf(asked.inventory, 'zone'),
    // Links of ours may be in zones of others.
    ...idsOf(asked.inventory, 'link').map(parentOf),
    ...asked.found,
  ];
  const seen = await each(uniqueIds(ids), readsAtOnce, (id) =>
    lookAtOne(looking, asked, id, wanted.get(idKey(id))),
  );
  return new Map(seen.map((one) => [idKey(one.id), one]));
}

async function lookAtOne(
  looking: ScopeLooking,
  asked: ZonesAsked,
  id: string,
  wanted: WantedZone | undefined,
): Promise<SeenZone> {
  const known = await lookAt(
    looking,
    id,
    async () => listedZone(looking, asked.listings, id) ?? (await looking.azure.getZone(id)),
  );
  if (known.is === 'unknown') return { id, known, links: known, records: notAsked };
  if (known.is === 'absent') return { id, known, links: emptyList(), records: notAsked };
  const members = [
    ...(wanted?.dns.networkIds ?? []).map((networkId) => linkId(id, networkId)),
    ...(linksIn(asked.inventory).get(idKey(id)) ?? []),
  ];
  const links =
    members.some((link) => asked.inventory.has(idKey(link))) || !isNew(looking, known, id)
      ? await lookAtList(looking, linksKey(id), members, () => looking.azure.listZoneLinks(id))
      : emptyList<ZoneLink>();
  // In others' zones there may be records before we write any.
  const isFilled = wanted !== undefined && (wanted.dns.existing || hasGroupWith(asked, wanted, id));
  const records: SeenZone['records'] = isFilled
    ? await looking.picture.look(recordsKey(id), () => looking.azure.listRecords(id))
    : notAsked;
  return { id, known, links, records };
}

const byId = once((zones: PrivateZone[]) => new Map(zones.map((zone) => [idKey(zone.id), zone])));

/** A zone that says that it has no links, and whose links were never asked for: as one that was just made. */
function isNew({ picture }: ScopeLooking, known: Known<PrivateZone>, id: string): boolean {
  return valueOf(known)?.linkCount === 0 && !picture.isKnown(linksKey(id));
}

/** A listing of this very pass does as well as a call for the single zone; that one lacks it proves nothing. */
function listedZone({ full }: ScopeLooking, { known }: ZoneListings, id: string): PrivateZone | undefined {
  const listing = known.get(subscriptionOf(id));
  if (!full || listing?.is !== 'there' || listing.ageMs > freshMs) return undefined;
  const zones = readOf(listing);
  return zones === undefined ? undefined : byId(zones).get(idKey(id));
}

const freshMs = 5_000;

function hasGroupWith({ endpoints }: ZonesAsked, { endpoint }: WantedZone, id: string): boolean {
  const groups = valueOf(endpoints.get(idKey(endpoint.id))?.groups) ?? [];
  return groups.some(
    ({ provisioningState, zones }) =>
      provisioningState === 'Succeeded' && zones.some(({ zoneId }) => sameId(zoneId, id)),
  );
}

/** Zones of the service that carry our tag, in the subscriptions that are or were used. */
export function findTaggedZones(
  listings: ZoneListings,
  desired: Desired,
  names: readonly string[],
): { ids: string[]; complete: boolean } {
  const all = [...listings.known.values()];
  const zones = all.flatMap((listing) => readOf(listing) ?? []);
  const ours = zones.filter(
    ({ id, tags }) => names.includes(nameOf(id).toLowerCase()) && isOurs(tags, desired.owner),
  );
  const complete = all.every((listing) => isDenied(listing) || troubleOf(listing) === undefined);
  return { ids: ours.map(({ id }) => id), complete };
}

import { scopes as scopeResource } from '../api/resources.ts';
import type { ArcPrivateLinkScope } from '../api/types.ts';
import { idKey, subscriptionOf } from '../azure/ids.ts';
import { isOurs as hasOurTag } from '../domain/ownership.ts';
import { valueOf } from '../engine/picture.ts';
import { listAll } from '../runtime/list.ts';
import type { ScopeDeps, ScopeLooking } from './deps.ts';
import { desiredOf, type Desired } from './desired.ts';
import { idsOf, inventoryOf, type Inventory } from './inventory.ts';
import { findTaggedEndpoints, lookAtEndpoints } from './look/endpoints.ts';
import { lookAtExports } from './look/exports.ts';
import { lookAtVerification } from './look/verification.ts';
import { lookAtNetworkFacts } from './look/network-facts.ts';
import { lookAtNetworks, lookAtPreflight } from './look/preflight.ts';
import { lookAtConnections, lookAtScope, lookAtZoneNames } from './look/scope.ts';
import { lookAtSecurityGroups } from './look/security-groups.ts';
import {
  associationsSeen,
  countServers,
  findServers,
  noServers,
  referring,
  referringNow,
} from './look/servers.ts';
import { findTaggedZones, listZones, lookAtZones, type ZoneListings } from './look/zones.ts';
import type { Seen, SeenEndpoint, ZoneNames } from './seen.ts';
import { wantedZones, zonesOf } from './wanted.ts';

/** Every read that decisions about a scope rest on; single looks are in look/. Ends in one picture. */
export async function observe(deps: ScopeDeps, looking: ScopeLooking): Promise<Seen> {
  const { object, attempts, observing, azure } = looking;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const desired = desiredOf(object, deps.settings.ownerId);
  const inventory = inventoryOf(object.status?.inventory);
  const scope = await lookAtScope(looking, desired.scopeId);
  const zoneNames = await lookAtZoneNames(looking, scope);
  const all = { desired, deleting, inventory, zoneNames };
  const isOurs = scope.is === 'there' && hasOurTag(scope.value.tags, desired.owner);
  const found = await findTagged(looking, all, isOurs);
  const endpoints = await lookAtEndpoints(looking, desired, inventory, found.endpointIds);
  const zones = await lookAtZones(looking, {
    ...all,
    endpoints,
    listings: found.listings,
    found: found.zoneIds,
  });
  const networks = deleting ? new Map<string, never>() : await lookAtNetworks(looking, desired, endpoints);
  const networkFacts = deleting
    ? new Map<string, never>()
    : await lookAtNetworkFacts(looking, desired, networks);
  const securityGroups = await lookAtSecurityGroups(looking, desired, inventory);
  const others = await otherObjects(deps, object, securityGroups);
  const preflight = await lookAtPreflight(looking, {
    desired: deleting ? { ...desired, endpoints: [] } : desired,
    others,
    endpoints,
    networks,
    zones,
    wanted: wantedZones(all),
    listings: await missingListings(looking, all, zones, found.listings),
  });
  const asksForConnections = scope.is === 'there' && (deleting || needsApproval(endpoints));
  const connections = asksForConnections ? await lookAtConnections(looking, desired.scopeId) : undefined;
  const associations = deleting ? await referringNow(deps, object) : referring(deps, object);
  const listed = associationsSeen(associations, azure.now());
  const servers = await serversOf(deps, looking, associations, {
    deleting,
    isOurs,
    stays: listed.live.length > 0,
    mayCutOff: scope.is === 'there' && (inventory.size > 0 || found.endpointIds.length > 0),
  });
  return {
    ...all,
    object,
    observing,
    scope,
    endpoints,
    zones,
    networks,
    networkFacts,
    securityGroups,
    preflight,
    connections,
    servers,
    associations: listed,
    exports: await lookAtExports(deps, looking, desired),
    verification: lookAtVerification(deps, object),
    refusal: (action) => attempts.of({ verb: action.verb, id: action.id }),
    told: [],
    sent: false,
  };
}

interface Asked {
  desired: Desired;
  deleting: boolean;
  inventory: Inventory;
  zoneNames: ZoneNames;
}

/** Where the inventory was lost, and at deletion, tags tell as well what is ours. */
async function findTagged(
  looking: ScopeLooking,
  { desired, deleting, inventory, zoneNames }: Asked,
  scopeIsOurs: boolean,
): Promise<{ endpointIds: string[]; zoneIds: string[]; listings: ZoneListings }> {
  const { memory } = looking;
  memory.search ??= inventory.size === 0 ? 'needed' : 'done';
  const searching = deleting || inventory.size === 0 || memory.search === 'needed';
  const listings = await listZones(looking, listedSubscriptions(looking, desired, inventory, searching));
  if (!searching) return { endpointIds: [], zoneIds: [], listings };
  const names = [...new Set([...zoneNames.names, ...looking.azure.usualZoneNames()])];
  const zones = findTaggedZones(listings, desired, names);
  const endpoints = scopeIsOurs
    ? await findTaggedEndpoints(
        looking,
        desired,
        inventory,
        await lookAtConnections(looking, desired.scopeId),
      )
    : { ids: [], complete: true };
  if (zones.complete && endpoints.complete) memory.search = 'done';
  return { endpointIds: endpoints.ids, zoneIds: zones.ids, listings };
}

/** A whole look lists the zones of the subscriptions that have some of ours, instead of asking for each. */
function listedSubscriptions(
  { full, object }: ScopeLooking,
  { endpoints }: Desired,
  inventory: Inventory,
  searching: boolean,
): string[] {
  if (!full && !searching) return [];
  const groups = endpoints.flatMap(({ dns }) => dns?.groupId ?? []);
  const own = searching ? [object.spec.subscriptionId] : [];
  return [...own, ...[...groups, ...idsOf(inventory, 'zone')].map(subscriptionOf)];
}

/** The zones of the subscriptions of VNets that are still to be linked, beside those that were listed. */
async function missingListings(
  looking: ScopeLooking,
  asked: Asked,
  zones: Seen['zones'],
  listed: ZoneListings,
): Promise<ZoneListings> {
  const withDns = asked.deleting ? [] : asked.desired.endpoints.filter(({ dns }) => dns !== undefined);
  const incomplete = withDns.filter((endpoint) =>
    zonesOf(asked, endpoint).some(({ id, dns }) => {
      const links = valueOf(zones.get(idKey(id))?.links) ?? [];
      return links.length < dns.networkIds.length;
    }),
  );
  const subscriptions = incomplete.flatMap(({ dns }) => [
    ...(dns?.networkIds ?? []).map(subscriptionOf),
    subscriptionOf(dns?.groupId ?? ''),
  ]);
  const more = await listZones(looking, subscriptions);
  return { known: new Map([...listed.known, ...more.known]) };
}

function needsApproval(endpoints: ReadonlyMap<string, SeenEndpoint>): boolean {
  return [...endpoints.values()].some(({ known }) =>
    valueOf(known)?.connections.some(({ status }) => status === 'Pending' || status === 'Rejected'),
  );
}

/**
 * Other objects: what they have in Azure is not taken from them. At deletion, where security rules may be left to them,
 * those of the namespace as the API server has them now: objects that are deleted together leave nothing to one another.
 */
async function otherObjects(
  { client, scopes }: ScopeDeps,
  { metadata: { uid, namespace = '', deletionTimestamp } }: ArcPrivateLinkScope,
  securityGroups: Seen['securityGroups'],
): Promise<ArcPrivateLinkScope[]> {
  const cached = scopes.list();
  const mayBeLeft = deletionTimestamp !== undefined && securityGroups.size > 0;
  const all = mayBeLeft
    ? [
        ...cached.filter(({ metadata }) => metadata.namespace !== namespace),
        ...(await listAll(client, scopeResource, { namespace })),
      ]
    : cached;
  return all.filter(({ metadata }) => metadata.uid !== uid);
}

interface Circumstances {
  deleting: boolean;
  isOurs: boolean;
  /** Associations stay that refer to the scope. */
  stays: boolean;
  /** Something of ours would go. */
  mayCutOff: boolean;
}

async function serversOf(
  deps: ScopeDeps,
  looking: ScopeLooking,
  associations: Parameters<typeof countServers>[2],
  { deleting, isOurs, stays, mayCutOff }: Circumstances,
): Promise<Seen['servers']> {
  if (!deleting) return isOurs ? await countServers(looking, deps, associations) : noServers;
  // While associations stay, nothing is touched. Servers lean on our endpoints and names, whatever the scope's own tag.
  return stays || !mayCutOff ? noServers : await findServers(looking, deps, associations);
}

import { idKey, sameId, uniqueIds } from '../../azure/ids.ts';
import { isOurs } from '../../domain/ownership.ts';
import { lookAt, lookAtList } from '../../engine/look-at.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import type { Connection, ZoneGroup } from '../../azure/types.ts';
import type { ScopeLooking } from '../deps.ts';
import { standsInZones, type Desired } from '../desired.ts';
import { idsOf, type Inventory } from '../inventory.ts';
import { groupsKey, parentOf, zoneGroupId } from '../keys.ts';
import { emptyList, troubleOf, type SeenEndpoint } from '../seen.ts';
import { each } from '../../base/each.ts';
import { isDenied, lookAtShared, readOf } from './optional.ts';
import { readsAtOnce } from './reads.ts';

/** Private endpoints: those that are wanted, those that the inventory has, and, where that was lost, tagged ones. */

export async function lookAtEndpoints(
  looking: ScopeLooking,
  desired: Desired,
  inventory: Inventory,
  found: readonly string[],
): Promise<Map<string, SeenEndpoint>> {
  const ids = uniqueIds([
    ...desired.endpoints.map(({ id }) => id),
    ...idsOf(inventory, 'endpoint'),
    ...found,
  ]);
  const needsGroups = groupsNeeded(looking, desired, inventory, found);
  const seen = await each(ids, readsAtOnce, (id) => lookAtOne(looking, inventory, id, needsGroups(id)));
  return new Map(seen.map((one) => [idKey(one.id), one]));
}

async function lookAtOne(
  looking: ScopeLooking,
  inventory: Inventory,
  id: string,
  withGroups: boolean,
): Promise<SeenEndpoint> {
  const known = await lookAt(looking, id, () => looking.azure.getEndpoint(id));
  if (known.is === 'unknown') return { id, known, groups: known };
  if (known.is === 'absent') return { id, known, groups: emptyList() };
  // A zone group takes the names of the endpoint itself: one of others is looked for where there are none.
  const hasNames = known.value.dnsConfigs.length > 0 || known.value.provisioningState !== 'Succeeded';
  if (!withGroups && hasNames) return { id, known, groups: emptyList() };
  const members = idsOf(inventory, 'zoneGroup').filter((group) => sameId(parentOf(group), id));
  const groups: Known<ZoneGroup[]> = await lookAtList(
    looking,
    groupsKey(id),
    uniqueIds([zoneGroupId(id), ...members]),
    () => looking.azure.listZoneGroups(id),
  );
  return { id, known, groups };
}

/** An endpoint without zones has no group to look for, unless one was made once. */
function groupsNeeded(
  { object }: ScopeLooking,
  desired: Desired,
  inventory: Inventory,
  found: readonly string[],
): (id: string) => boolean {
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const withoutDns = new Set(
    desired.endpoints.filter((endpoint) => !standsInZones(endpoint)).map(({ id }) => idKey(id)),
  );
  const recorded = new Set(idsOf(inventory, 'zoneGroup').map((id) => idKey(parentOf(id))));
  return (id) => deleting || found.includes(id) || recorded.has(idKey(id)) || !withoutDns.has(idKey(id));
}

/**
 * Endpoints that lead to the scope and carry our tag, though neither spec nor inventory has them. Strangers' are asked for
 * here alone, once; those that the identity may not read are strangers'.
 */
export async function findTaggedEndpoints(
  looking: ScopeLooking,
  desired: Desired,
  inventory: Inventory,
  connections: Known<Connection[]>,
): Promise<{ ids: string[]; complete: boolean }> {
  const known = new Set(
    [...desired.endpoints.map(({ id }) => id), ...idsOf(inventory, 'endpoint')].map(idKey),
  );
  const candidates = (valueOf(connections) ?? [])
    .map(({ privateEndpointId }) => privateEndpointId)
    .filter((id) => id !== '' && !known.has(idKey(id)));
  const looked = await each(uniqueIds(candidates), readsAtOnce, async (id) => ({
    id,
    seen: await lookAtShared(looking, `${id} of a connection`, (maxAgeMs) =>
      looking.azure.shared.endpoint(id, maxAgeMs),
    ),
  }));
  const ours = looked.filter(({ seen }) => {
    const endpoint = readOf(seen);
    return endpoint !== undefined && isOurs(endpoint.tags, desired.owner);
  });
  const complete =
    connections.is === 'there' &&
    troubleOf(connections) === undefined &&
    looked.every(({ seen }) => isDenied(seen) || troubleOf(seen) === undefined);
  return { ids: ours.map(({ id }) => id), complete };
}

import type { ArcPrivateLinkScope } from '../../api/types.ts';
import { idKey, uniqueIds } from '../../azure/ids.ts';
import type { VirtualNetwork } from '../../azure/types.ts';
import { each } from '../../base/each.ts';
import type { Known } from '../../engine/picture.ts';
import { mostParts, partName } from '../../exports/parts.ts';
import type { Client } from '../../runtime/client.ts';
import type { ScopeDeps, ScopeLooking } from '../deps.ts';
import type { Desired } from '../desired.ts';
import { configMapId, configMaps, seenMap, type SeenMap } from '../exporting/config-map.ts';
import { configMapNameOf, exportNames } from '../exporting/names.ts';
import { serviceTagsKey } from '../keys.ts';
import { withKubernetesFaults } from '../kubernetes-faults.ts';
import { noExports, type ExportsSeen } from '../seen.ts';
import { readsAtOnce } from './reads.ts';

/** What exports rest on: the ConfigMaps that were written or are to be, service tags, and where forwarders lie. */

/** Service tags change weekly; every answer has megabytes. */
const tagsMaxAgeMs = 6 * 3_600_000;

/** At deletion nothing of it is looked at: ConfigMaps go with their owner. */
export async function lookAtExports(
  deps: Pick<ScopeDeps, 'client'>,
  looking: ScopeLooking,
  desired: Desired,
): Promise<ExportsSeen> {
  const { object, azure } = looking;
  const { exports } = object.spec;
  const isOver = object.metadata.deletionTimestamp !== undefined;
  const none: ExportsSeen = { ...noExports, cloud: azure.cloud };
  if (isOver || (exports === undefined && (object.status?.exports ?? []).length === 0)) return none;
  const maps = await lookAtMaps(deps.client, looking, object);
  const tags = exports?.firewall?.serviceTags;
  const { subscriptionId, location } = object.spec;
  const serviceTags =
    tags === undefined
      ? undefined
      : await looking.picture.look(serviceTagsKey(subscriptionId), () =>
          azure.serviceTags(subscriptionId, location, tags, tagsMaxAgeMs),
        );
  return { cloud: azure.cloud, maps, serviceTags, networks: await lookAtNetworks(looking, desired) };
}

/** Those that were written down, and those of the names that are wanted now, up to the first that is not there. */
async function lookAtMaps(
  client: Client,
  looking: ScopeLooking,
  object: ArcPrivateLinkScope,
): Promise<Map<string, Known<SeenMap>>> {
  const { namespace = '', uid } = object.metadata;
  const seen = new Map<string, Known<SeenMap>>();
  const look = async (name: string): Promise<Known<SeenMap>> => {
    const id = configMapId(namespace, name);
    const known = await looking.picture.look(id, async () => {
      const map = await withKubernetesFaults(client.get(configMaps, { namespace, name }));
      return map && seenMap(map, uid);
    });
    seen.set(id, known);
    return known;
  };
  const written = (object.status?.exports ?? []).flatMap(({ configMapNames }) => configMapNames);
  await each([...new Set(written)], readsAtOnce, look);
  for (const part of exportNames(object)) {
    const base = configMapNameOf(object, part);
    for (let index = 0; index < mostParts; index += 1)
      if ((await look(partName(base, index))).is === 'absent') break;
  }
  return seen;
}

/** The VNets through which forwarded names would be resolved. */
async function lookAtNetworks(
  { object, azure, picture }: ScopeLooking,
  { endpoints }: Desired,
): Promise<Map<string, Known<VirtualNetwork>>> {
  const forwarded = new Set(
    (object.spec.exports?.dns?.forwarders ?? []).map(({ privateEndpoint }) => privateEndpoint),
  );
  const ids = uniqueIds(
    endpoints.flatMap(({ name, dns }) => (forwarded.has(name) ? (dns?.networkIds ?? []) : [])),
  );
  const seen = await each(ids, readsAtOnce, async (id) => {
    const known = await picture.shared(id, (maxAgeMs) => azure.shared.network(id, maxAgeMs));
    return [idKey(id), known] as const;
  });
  return new Map(seen);
}

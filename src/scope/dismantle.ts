import { fault } from '../api/reasons.ts';
import { nameOf } from '../azure/ids.ts';
import { tagsId, type PrivateZone, type Tags, type ZoneLink } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import { isOurs, ownTags } from '../domain/ownership.ts';
import { adoptedTag } from '../api/resources.ts';
import type { Deletion, PlannedCall } from './actions.ts';
import { linksKey } from './keys.ts';
import { blindness, isBusy, isLeaving, type Seen, type SeenEndpoint, type SeenZone } from './seen.ts';
import { claimed, goesWithUs, type Tagged } from './standing.ts';
import { lastRefusal, type NamedFault } from './verdicts.ts';
import { isOthersZone } from './wanted.ts';

/**
 * How what is ours is taken down: what was created is deleted, what was adopted is let go as it is, and nothing else is
 * touched. Used for what the spec no longer asks for and for deletion alike. Pure.
 */
export interface Dismantling {
  /** What is still there, in the middle of a sentence. */
  left: readonly string[];
  faults: readonly NamedFault[];
  unread: readonly Fault[];
  planned: readonly PlannedCall[];
  /** Azure is at it after a restart: nobody is told when it ends. */
  watch: readonly string[];
}

export const none: Dismantling = { left: [], faults: [], unread: [], planned: [], watch: [] };

export function together(parts: readonly Dismantling[]): Dismantling {
  return {
    left: parts.flatMap(({ left }) => left),
    faults: parts.flatMap(({ faults }) => faults),
    unread: parts.flatMap(({ unread }) => unread),
    planned: parts.flatMap(({ planned }) => planned),
    watch: parts.flatMap(({ watch }) => watch),
  };
}

/** Azure is at it. Where it was refused before, that is told until it is over. */
export function underWay(seen: Seen, id: string, what: string): Dismantling {
  const refusal = lastRefusal(seen, 'DELETE', id);
  return { ...none, left: [what], faults: refusal === undefined ? [] : [{ name: what, fault: refusal }] };
}

export function takeDownEndpoint(seen: Seen, { id, known }: SeenEndpoint, waitsFor?: string): Dismantling {
  const what = `private endpoint ${nameOf(id)}`;
  const unread = blindness(known);
  if (unread !== undefined) return { ...none, unread: [unread] };
  if (isBusy(known)) return underWay(seen, id, what);
  if (known.is !== 'there') return none;
  return takeDown(seen, known.value, { what, call: 'deleteEndpoint', waitsFor });
}

/** A zone that someone else's network is linked to stays until that one has been unlinked. */
export function takeDownZone(seen: Seen, { id, known, links }: SeenZone, waitsFor?: string): Dismantling {
  if (isOthersZone(seen, id)) return none;
  const what = `DNS zone ${nameOf(id)}`;
  const unread = blindness(known);
  if (unread !== undefined) return { ...none, unread: [unread] };
  if (isBusy(known)) return underWay(seen, id, what);
  if (known.is !== 'there') return none;
  const zone = known.value;
  const strangers =
    links.is === 'there' ? links.value.filter(({ tags }) => !isOurs(tags, seen.desired.owner)) : [];
  const [first] = strangers;
  if (first !== undefined && goesWithUs(seen, zone))
    return {
      ...none,
      left: [what],
      faults: [{ name: nameOf(id), fault: zoneInUse(zone, first, strangers.length) }],
      watch: [linksKey(id)],
    };
  return takeDown(seen, zone, { what, call: 'deleteZone', waitsFor });
}

function zoneInUse({ id, name }: PrivateZone, link: ZoneLink, count: number): Fault {
  const more = count > 1 ? ` and ${count - 1} more` : '';
  const message = `DNS zone ${name} cannot be deleted (${id}): someone else linked VNet ${nameOf(link.virtualNetworkId)} to it${more}. Have its owner remove the link: az network private-dns link vnet delete --ids ${link.id}`;
  return fault('ZoneInUse', message);
}

interface How {
  what: string;
  call: Deletion['call'];
  waitsFor: string | undefined;
}

/** Deleted when it was created, let go when it was adopted, left alone when it is not ours. */
export function takeDown(
  seen: Seen,
  resource: Tagged & { provisioningState: string },
  how: How,
): Dismantling {
  const { what, call, waitsFor } = how;
  const claim = claimed(seen, resource, what);
  if (claim.is !== 'ours') return none;
  const later = waitsFor === undefined ? {} : { waitsFor };
  if (claim.adopted)
    return { ...none, left: [what], planned: [{ ...disowning(seen, resource, what), ...later }] };
  if (isLeaving(resource)) return { ...none, left: [what], watch: [resource.id] };
  return { ...none, left: [what], planned: [{ ...deletion(call, resource.id, what), ...later }] };
}

/** `keys`: by which the picture holds it, where that is not its own id. */
export function deletion(
  call: Deletion['call'],
  id: string,
  what: string,
  keys?: readonly string[],
): PlannedCall {
  return {
    action: { call, verb: 'DELETE', id },
    because: `removing ${what}`,
    event: 'Removing',
    ...(keys === undefined ? {} : { restsOn: keys, changes: keys }),
  };
}

/** The tags by which it was ours are taken off; everything else about it stays. */
export function disowning(
  { desired }: Seen,
  { id, tags }: Tagged,
  what: string,
  why = 'which was adopted: it stays as it is',
): PlannedCall {
  const own = ownTags(desired.owner, true);
  const removed: Tags = Object.fromEntries(
    Object.entries(tags).filter(
      ([name, value]) =>
        name.toLowerCase() === adoptedTag || (name.toLowerCase() in own && value === desired.owner.tag),
    ),
  );
  return {
    action: { call: 'removeTags', verb: 'PATCH', id: tagsId(id), of: id, tags: removed },
    because: `letting go of ${what}, ${why}`,
    event: 'Disowned',
    restsOn: [id],
    changes: [id],
  };
}

export function connectionRemoval(
  connection: { id: string; privateEndpointId: string },
  key: string,
): PlannedCall {
  const what = `connection of private endpoint ${connection.privateEndpointId}`;
  return { ...deletion('deleteConnection', connection.id, what, [key]) };
}

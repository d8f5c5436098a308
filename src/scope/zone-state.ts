import { idKey, nameOf, sameId } from '../azure/ids.ts';
import type { PrivateZone, ZoneLink } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import { isOurs } from '../domain/ownership.ts';
import { once } from '../base/once.ts';
import { blindness, isBusy, isLeaving, zoneSeen, type Seen } from './seen.ts';
import { standing, type Standing } from './standing.ts';
import type { WantedZone } from './wanted.ts';

/** Where a wanted zone stands, and what of ours is linked to a VNet elsewhere. Pure. */
export type ZoneState =
  | { is: 'unread'; fault: Fault }
  | { is: 'busy' }
  | { is: 'absent'; leaving: boolean }
  | { is: 'foreign'; fault: Fault }
  | { is: 'claimable'; standing: Extract<Standing, { is: 'claimable' }> }
  | { is: 'ours'; zone: PrivateZone }
  /** Somebody else's, as it shall be. */
  | { is: 'existing'; zone: PrivateZone };

export function zoneState(seen: Seen, { id, name, dns }: WantedZone): ZoneState {
  const known = zoneSeen(seen, id)?.known;
  if (known === undefined) return { is: 'absent', leaving: false };
  if (isBusy(known)) return { is: 'busy' };
  if (known.is !== 'there') {
    const unread = blindness(known);
    return unread === undefined ? { is: 'absent', leaving: false } : { is: 'unread', fault: unread };
  }
  if (isLeaving(known.value)) return { is: 'absent', leaving: true };
  if (dns.existing) return { is: 'existing', zone: known.value };
  const mine = standing(seen, known.value, { what: `DNS zone ${name}`, rules: 'privateDns' });
  if (mine.is === 'foreign') return mine;
  return mine.is === 'claimable' ? { is: 'claimable', standing: mine } : { is: 'ours', zone: known.value };
}

/** Records and links can be written into it. */
export function isUsable(seen: Seen, zone: WantedZone): boolean {
  const { is } = zoneState(seen, zone);
  return is === 'ours' || is === 'existing';
}

/** The zone's link to the VNet, whoever made it and whatever its name; one on its way out counts as none. */
export function linkTo(seen: Seen, zone: string, networkId: string): ZoneLink | undefined {
  const links = zoneSeen(seen, zone)?.links;
  return links?.is === 'there' ? byNetwork(links.value).get(idKey(networkId)) : undefined;
}

const byNetwork = once(
  (links: ZoneLink[]) =>
    new Map(links.filter((link) => !isLeaving(link)).map((link) => [idKey(link.virtualNetworkId), link])),
);

/** A VNet can be linked to one zone of a name: whether one of ours elsewhere has to let it go first. */
export function isHeldElsewhere(seen: Seen, zone: WantedZone, networkId: string): boolean {
  const holders = holdersOf(seen);
  const others = [
    ...(holders.get(`${zone.name} ${idKey(networkId)}`) ?? []),
    ...(holders.get(zone.name) ?? []),
  ];
  return others.some((id) => !sameId(id, zone.id));
}

/** Zones by their name and each VNet that we linked to them; by the name alone where nobody can see their links. */
const holdersOf = once((seen: Seen): ReadonlyMap<string, readonly string[]> => {
  const holders = new Map<string, string[]>();
  const add = (key: string, id: string): void => void holders.set(key, [...(holders.get(key) ?? []), id]);
  for (const { id, links } of seen.zones.values()) {
    const name = nameOf(id).toLowerCase();
    if (links.is === 'unknown') add(name, id);
    const listed = links.is === 'there' ? links.value : [];
    for (const { virtualNetworkId, tags } of listed)
      if (isOurs(tags, seen.desired.owner)) add(`${name} ${idKey(virtualNetworkId)}`, id);
  }
  return holders;
});

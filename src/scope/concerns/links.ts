import { nameOf, sameId } from '../../azure/ids.ts';
import type { ZoneLink } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { isOurs } from '../../domain/ownership.ts';
import type { Concern, Verdict } from '../../engine/concern.ts';
import type { PlannedCall, ScopeAction } from '../actions.ts';
import { linkId } from '../desired.ts';
import { heldBack, type Held } from '../held.ts';
import { linksKey } from '../keys.ts';
import { obstacleOf } from '../preflight/obstacles.ts';
import { scopeGate } from '../scope-state.ts';
import { hasFailed, troubleOf, zoneSeen, type Seen, type SeenZone } from '../seen.ts';
import { standing, wantedTags } from '../standing.ts';
import { listed, nothing, onItsWay, readyUnless, withTrouble, unreadable } from '../verdicts.ts';
import { wantedZones, type WantedZone } from '../wanted.ts';
import { covers, groupFor } from '../zone-groups.ts';
import { isHeldElsewhere, linkTo, zoneState } from '../zone-state.ts';
import { noZones, wantsDns } from './zones.ts';

/**
 * Every zone is linked to the VNets that resolve through it (condition DNSReady). A link to the VNet counts whoever made
 * it and whatever its name: Azure allows one.
 */
export const linksConcern: Concern<Seen, ScopeAction> = {
  name: 'links',
  condition: 'DNSReady',
  gatesReady: true,
  decide(seen) {
    if (!wantsDns(seen)) return noZones(seen);
    const all = wantedZones(seen).map((zone) => decideZone(seen, zone));
    const planned = all.flatMap((one) => one.planned);
    const verdict = onItsWay(
      all.flatMap(({ waits }) => waits),
      all.flatMap(({ watch }) => watch),
    );
    if (verdict !== undefined) return { verdict, planned };
    const [unread] = all.flatMap((one) => one.unread ?? []);
    if (unread !== undefined) return { verdict: unreadable(seen, 'DNSReady', unread), planned };
    const held = heldBack(seen);
    if (held.length > 0) return { verdict: heldVerdict(held), planned };
    const known = wantedZones(seen).map(({ id }) => zoneSeen(seen, id)?.links);
    return { verdict: readyUnless(known, 'Every zone is linked to its VNets.'), planned };
  },
};

/** Nothing is wrong, and names do not resolve: Ready does not wait for it. */
function heldVerdict(held: readonly Held[]): Verdict {
  const names = [...new Set(held.map(({ privateEndpoint }) => privateEndpoint))];
  const message = `Names of private endpoint ${listed(names)} do not resolve yet: ${held.length} VNet links and zone groups are held back (dnsActivation: Hold; see status.heldBack). Set dnsActivation: Automatic to have them made.`;
  return { is: 'ready', as: 'False', reason: 'HeldBack', message };
}

interface One {
  waits: readonly string[];
  planned: readonly PlannedCall[];
  watch: readonly string[];
  unread?: Fault;
}

const settled: One = { waits: [], planned: nothing, watch: [] };

function decideZone(seen: Seen, zone: WantedZone): One {
  const gate = zoneGate(seen, zone);
  if (gate.is === 'closed') return settled;
  const links = zoneSeen(seen, zone.id)?.links;
  if (links?.is === 'unknown') return { ...settled, unread: links.fault };
  if (links?.busy)
    return {
      ...settled,
      waits: [withTrouble(`Azure is at work on the links of DNS zone ${zone.name}`, links)],
    };
  const all = zone.dns.networkIds.map((networkId) => {
    const link = linkTo(seen, zone.id, networkId);
    if (link !== undefined) return present(seen, zone, link);
    return seen.desired.holds ? settled : missing(seen, zone, networkId, gate.waitsFor);
  });
  return {
    waits: all.flatMap((one) => one.waits).map((text) => withTrouble(text, links)),
    planned: all.flatMap((one) => one.planned),
    watch: all.flatMap((one) => one.watch),
  };
}

/** Links are made in zones that are ours; whose absence or trouble the zones' own concern tells. */
function zoneGate(seen: Seen, zone: WantedZone): { is: 'open' | 'closed'; waitsFor?: string } {
  const { is } = zoneState(seen, zone);
  if (is === 'ours' || is === 'existing') return { is: 'open' };
  if (is === 'unread' || is === 'foreign') return { is: 'closed' };
  if (is === 'absent' && scopeGate(seen).is === 'closed') return { is: 'closed' };
  return { is: 'open', waitsFor: `DNS zone ${zone.name}` };
}

function missing(seen: Seen, zone: WantedZone, networkId: string, waitsFor: string | undefined): One {
  const name = `DNS zone ${zone.name} to VNet ${nameOf(networkId)}`;
  if (obstacleOf(seen, zone.endpoint) !== undefined)
    return { ...settled, waits: [`Linking ${name} waits for the preflight`] };
  const { resolutionPolicy } = zone.dns;
  const action: ScopeAction = {
    call: 'createLink',
    verb: 'PUT',
    id: linkId(zone.id, networkId),
    spec: {
      virtualNetworkId: networkId,
      tags: wantedTags(seen, false, 'privateDns'),
      ...(resolutionPolicy === undefined ? {} : { resolutionPolicy }),
    },
  };
  const key = linksKey(zone.id);
  const held = isHeldElsewhere(seen, zone, networkId)
    ? 'the removal of the old link of that VNet'
    : undefined;
  const first = waitsFor ?? held ?? recordsElsewhere(seen, zone);
  const planned: PlannedCall = {
    action,
    because: `linking ${name}`,
    restsOn: [key],
    changes: [key],
    ...(first === undefined ? {} : { waitsFor: first }),
  };
  const waits = withTrouble(`Linking ${name}`, held === undefined ? undefined : unseenHolder(seen, zone));
  return { ...settled, waits: [waits], planned: [planned] };
}

/** A VNet that is linked to a zone without records resolves nothing: they come first where they stand elsewhere now. */
function recordsElsewhere(seen: Seen, { endpoint }: WantedZone): string | undefined {
  const group = groupFor(seen, endpoint);
  if (group === undefined || covers(seen, endpoint, group)) return undefined;
  return `the records of private endpoint ${endpoint.name}, which stand in other zones`;
}

/** The links of a zone of that name elsewhere, where they cannot be looked at. */
function unseenHolder(seen: Seen, { id, name }: WantedZone): SeenZone['links'] | undefined {
  const others = [...seen.zones.values()].filter(
    (other) => !sameId(other.id, id) && nameOf(other.id).toLowerCase() === name,
  );
  return others.map(({ links }) => links).find((links) => troubleOf(links) !== undefined);
}

function present(seen: Seen, zone: WantedZone, link: ZoneLink): One {
  const name = `DNS zone ${zone.name} to VNet ${nameOf(link.virtualNetworkId)}`;
  const key = linksKey(zone.id);
  const mine = standing(seen, link, { what: `link of ${name}`, rules: 'privateDns', key });
  // What is nobody's is taken as it is; what we are told to take over goes with the zone.
  if (mine.is === 'claimable' && mine.planned.event === 'TakenOver')
    return { ...settled, waits: [`Taking over the link of ${name}`], planned: [mine.planned] };
  if (hasFailed(link) && isOurs(link.tags, seen.desired.owner)) {
    const action: ScopeAction = { call: 'updateLink', verb: 'PUT', id: link.id, seen: link, change: {} };
    const because = `repeating the link of ${name}, it had failed`;
    const planned: PlannedCall = { action, because, event: 'DriftCorrected', restsOn: [key], changes: [key] };
    return { waits: [`Repeating the link of ${name}, it had failed`], planned: [planned], watch: [key] };
  }
  if (link.linkState === 'Completed' && link.provisioningState === 'Succeeded') return settled;
  return { ...settled, waits: [`Azure is at work on the link of ${name}`], watch: [key] };
}

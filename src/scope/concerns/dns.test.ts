import { describe, expect, it } from '@jest/globals';
import {
  absent,
  decided,
  forbidden,
  groupValue,
  linkValue,
  nothingSeen,
  overridden,
  refusing,
  settledSeen,
  there,
  throttled,
  unknown,
  withEndpoint,
  withEndpointValue,
  withZone,
  zoneValue,
} from '../../../test/world/scope-seen.ts';
import { owner, ownerTag, zoneNames } from '../../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, idOf, spoke, zoneOf } from '../../../test/world/small-seed.ts';
import { idKey } from '../../azure/ids.ts';
import type { ZoneGroup, ZoneLink } from '../../azure/types.ts';
import { valueOf } from '../../engine/picture.ts';
import { linkId } from '../desired.ts';
import { emptyList, type Seen } from '../seen.ts';
import { driftOfDns } from './drift.ts';
import { leftovers } from './leftovers.ts';
import { linksConcern } from './links.ts';
import { recordsConcern } from './records.ts';
import { zonesConcern } from './zones.ts';

type Row = [string, Seen, string, string[]];
const mine = { [ownerTag]: owner };
const his = 'privatelink.his.arc.azure.com';
const dns = { resourceGroup: 'rg-dns' };
const spec = (more: object = {}): Record<string, unknown> => ({
  privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { ...dns, ...more } }],
});
const settled = (more: object = {}): Seen => settledSeen(spec(more));
const adopting = (seen: Seen): Seen => ({
  ...seen,
  desired: { ...seen.desired, owner: { ...seen.desired.owner, adopts: true } },
});
const linkName = linkId(hisZone, hub).split('/').pop() ?? '';
const oldZone = idOf('rg-old', 'Microsoft.Network/privateDnsZones', his);

describe('zones', () => {
  it.each<Row>([
    ['are in place', settled(), 'ready', []],
    [
      'are none where DNS is made elsewhere',
      settledSeen({
        privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } }],
      }),
      'ready NotRequired',
      [],
    ],
    [
      'wait for the scope',
      nothingSeen(spec()),
      'working Provisioning',
      zoneNames.map((name) => `PUT ${name} after scope net`),
    ],
    [
      'are made when the scope is there',
      { ...nothingSeen(spec()), scope: settled().scope },
      'working Provisioning',
      zoneNames.map((name) => `PUT ${name}`),
    ],
    [
      'one of which is gone are made whole again',
      withZone(settled(), hisZone, { known: absent }),
      'working Provisioning',
      [`PUT ${his}`],
    ],
    [
      "one of which is nobody's are left alone",
      withZone(settled(), hisZone, { known: there(zoneValue(hisZone, {})) }),
      'failed AlreadyExists',
      [],
    ],
    [
      "one of which is nobody's are adopted when that is meant",
      withZone(adopting(settled()), hisZone, { known: there(zoneValue(hisZone, {})) }),
      'working Provisioning',
      [`PATCH ${his} tags`],
    ],
    [
      'are being made',
      withZone(settled(), hisZone, { known: { ...absent, busy: true } as never }),
      'working Provisioning',
      [],
    ],
    [
      'may not be read',
      withZone(settled(), hisZone, { known: unknown(forbidden) }),
      'failed AuthorizationFailed',
      [],
    ],
    [
      'could not be read for now',
      withZone(settled(), hisZone, { known: unknown(throttled) }),
      'unread Throttled',
      [],
    ],
    [
      'whose names nobody knows are not guessed',
      { ...nothingSeen(spec()), zoneNames: { names: [], unknown: throttled } },
      'unread Throttled',
      [],
    ],
    [
      'of which Azure names fewer than there are stay wanted',
      inInventory({ ...settled(), zoneNames: { names: [] } }, zoneNames.map(zoneOf)),
      'ready',
      [],
    ],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(zonesConcern, seen)).toEqual({ verdict, planned });
  });
});

describe('links', () => {
  const withLinks = (links: ZoneLink[], more: object = {}): Seen =>
    withZone(settled(more), hisZone, { links: there(links) });
  const link = (change: Partial<ZoneLink> = {}): ZoneLink => ({
    ...linkValue(hisZone, hub, mine),
    ...change,
  });
  it.each<Row>([
    ['are in place', settled(), 'ready', []],
    ['are made where one is missing', withLinks([]), 'working Provisioning', [`PUT ${linkName}`]],
    [
      'of another name and somebody else count',
      withLinks([link({ id: `${hisZone}/virtualNetworkLinks/theirs`, name: 'theirs', tags: {} })]),
      'ready',
      [],
    ],
    [
      'beside those that are wanted are nobody’s business',
      withLinks([link(), { ...linkValue(hisZone, spoke, {}), name: 'theirs' }]),
      'ready',
      [],
    ],
    [
      'that failed are repeated',
      withLinks([link({ provisioningState: 'Failed' })]),
      'working Provisioning',
      [`PUT ${linkName}`],
    ],
    [
      'that Azure is still at are waited for',
      withLinks([link({ linkState: 'InProgress' })]),
      'working Provisioning',
      [],
    ],
    [
      'wait for their zone',
      withZone(settled(), hisZone, { known: absent, links: emptyList() }),
      'working Provisioning',
      [`PUT ${linkName} after DNS zone ${his}`],
    ],
    [
      'wait until the old zones let the VNet go',
      withZone(withLinks([]), oldZone, {
        known: there(zoneValue(oldZone, mine)),
        links: there([linkValue(oldZone, hub, mine)]),
      }),
      'working Provisioning',
      [`PUT ${linkName} after the removal of the old link of that VNet`],
    ],
    [
      'are not looked into while an operation runs on one',
      withZone(settled(), hisZone, { links: there([], { busy: true }) }),
      'working Provisioning',
      [],
    ],
    [
      'may not be read',
      withZone(settled(), hisZone, { links: unknown(forbidden) }),
      'failed AuthorizationFailed',
      [],
    ],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(linksConcern, seen)).toEqual({ verdict, planned });
  });

  it.each<Row>([
    [
      'is a resolution policy that the spec names',
      withLinks([link()], { resolutionPolicy: 'NxDomainRedirect' }),
      'working Provisioning',
      [`PUT ${linkName}`, ...otherLinks(2)],
    ],
    [
      'is no resolution policy that the spec does not name',
      withLinks([link({ resolutionPolicy: 'NxDomainRedirect' })]),
      'ready',
      [],
    ],
    [
      'is a missing tag of the spec',
      withZone(tagged(settled()), hisZone, { links: there([link()]) }),
      'working Provisioning',
      [`PATCH ${linkName} tags`],
    ],
    [
      "is nothing on somebody else's link",
      withLinks([link({ tags: {} })], { resolutionPolicy: 'Default' }),
      'ready',
      [],
    ],
    [
      'that a policy brings back is told, and turns nothing red',
      refusing(withZone(tagged(settled()), hisZone, { links: there([link()]) }), overridden),
      'ready OverriddenByPolicy',
      [`PATCH ${linkName} tags`],
    ],
  ])('drift of them %s', (_, seen, verdict, planned) => {
    expect(decided(driftOfDns, seen).verdict).toBe(verdict);
    expect(decided(driftOfDns, seen).planned.sort()).toEqual([...planned].sort());
  });
});

describe('records', () => {
  const ourGroup = `${endpointId}/privateDnsZoneGroups/arc-private-link`;
  const theirGroup = `${endpointId}/privateDnsZoneGroups/default`;
  const zones = zoneNames.map(zoneOf);
  const withGroups = (groups: ZoneGroup[], seen: Seen = settled()): Seen =>
    withEndpoint(seen, { groups: there(groups) });
  const group = (id: string, ids = zones, change: Partial<ZoneGroup> = {}): ZoneGroup => ({
    ...groupValue(id, ids),
    ...change,
  });
  it.each<Row>([
    ['are in place', settled(), 'ready', []],
    ['are written when there is no group', withGroups([]), 'working Provisioning', ['PUT arc-private-link']],
    [
      'wait for the endpoint',
      withEndpointValue(withGroups([]), { provisioningState: 'Updating' }),
      'working Provisioning',
      ['PUT arc-private-link after private endpoint hub'],
    ],
    [
      'wait for an approval',
      withEndpointValue(withGroups([]), { connections: [] }),
      'working Provisioning',
      ['PUT arc-private-link after private endpoint hub'],
    ],
    [
      'wait for all zones',
      withZone(withGroups([]), hisZone, { known: absent }),
      'working Provisioning',
      [`PUT arc-private-link after DNS zone ${his}`],
    ],
    [
      'by a group of another name that covers the zones are taken as they are',
      withGroups([group(theirGroup)]),
      'ready',
      [],
    ],
    [
      "by somebody else's group that lacks zones are told",
      withGroups([group(theirGroup, zones.slice(1))]),
      'failed AlreadyExists',
      [],
    ],
    [
      "by somebody else's group that lacks zones are completed when that is meant",
      withGroups([group(theirGroup, zones.slice(1))], adopting(settled())),
      'working Provisioning',
      ['PUT default'],
    ],
    [
      'by a group of ours that lacks zones are completed',
      withGroups([group(ourGroup, zones.slice(1))]),
      'working Provisioning',
      ['PUT arc-private-link'],
    ],
    [
      'by a group with further zones are fine',
      withGroups([group(ourGroup, [...zones, '/theirs'])]),
      'ready',
      [],
    ],
    [
      'that Azure is writing are waited for',
      withGroups([group(ourGroup, zones, { provisioningState: 'Updating' })]),
      'working Provisioning',
      [],
    ],
    [
      'whose group failed are written again',
      withGroups([group(ourGroup, zones, { provisioningState: 'Failed' })]),
      'working Provisioning',
      ['PUT arc-private-link'],
    ],
    [
      'one of which was removed are written again',
      withZone(settled(), hisZone, { records: there([]) }),
      'working Provisioning',
      ['PUT arc-private-link'],
    ],
    [
      "one of which was removed from somebody else's group are told",
      withZone(withGroups([group(theirGroup)]), hisZone, { records: there([]) }),
      'failed RecordsMissing',
      [],
    ],
    [
      'that do not stay when they are written are told',
      refusing(withZone(settled(), hisZone, { records: there([]) }), overridden),
      'failed RecordsMissing',
      ['PUT arc-private-link'],
    ],
    [
      'could not be read for now',
      withZone(settled(), hisZone, { records: unknown(throttled) }),
      'unread Throttled',
      [],
    ],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(recordsConcern, seen)).toEqual({ verdict, planned });
  });

  it('keep the zones that others put into the group, and leave out those that were ours once', () => {
    const seen = inInventory(withGroups([group(ourGroup, ['/theirs', oldZone, ...zones.slice(1)])]), [
      oldZone,
    ]);
    const [planned] = recordsConcern.decide(seen).planned;
    expect(planned?.action).toMatchObject({ zoneIds: [...zones, '/theirs'] });
  });
});

describe('what the spec no longer asks for', () => {
  const old = (seen: Seen, change: object = {}): Seen =>
    inInventory(
      withZone(seen, oldZone, { known: there(zoneValue(oldZone, mine)), links: emptyList(), ...change }),
      [oldZone],
    );
  it.each<Row>([
    ['is nothing', settled(), 'ready', []],
    ['is a zone of the old resource group', old(settled()), 'working Provisioning', [`DELETE ${his}`]],
    [
      'loses its links first',
      old(settled(), { links: there([linkValue(oldZone, hub, mine)]) }),
      'working Provisioning',
      [`DELETE ${linkName}`, `DELETE ${his} after the removal of link of DNS zone ${his} to VNet hub`],
    ],
    [
      'keeps its links until the new zone is there',
      old(withZone(settled(), hisZone, { known: absent }), { links: there([linkValue(oldZone, hub, mine)]) }),
      'working Provisioning',
      [
        `DELETE ${linkName} after DNS zone ${his} in rg-dns`,
        `DELETE ${his} after the removal of link of DNS zone ${his} to VNet hub`,
      ],
    ],
    [
      'stays where someone linked a VNet to it, who is named',
      old(settled(), { links: there([{ ...linkValue(oldZone, spoke, {}), name: 'theirs' }]) }),
      'failed ZoneInUse',
      [],
    ],
    [
      'is let go, not deleted, where it was adopted',
      old(settled(), { known: there(zoneValue(oldZone, { ...mine, 'arc-private-link-adopted': 'true' })) }),
      'working Provisioning',
      [`PATCH ${his} tags`],
    ],
    [
      'is not touched where the tag is another owner’s',
      old(settled(), { known: there(zoneValue(oldZone, { [ownerTag]: 'b/lab/net' })) }),
      'ready',
      [],
    ],
    [
      'is not touched where nobody can see it',
      old(settled(), { known: unknown(forbidden) }),
      'unread AuthorizationFailed',
      [],
    ],
    [
      'is a link to a VNet that left the list',
      withZone(settled(), hisZone, {
        links: there([linkValue(hisZone, hub, mine), linkValue(hisZone, spoke, mine)]),
      }),
      'working Provisioning',
      [`DELETE ${linkId(hisZone, spoke).split('/').pop()}`],
    ],
    [
      'is an endpoint, whose names go first',
      withoutEndpoints(settled()),
      'working Provisioning',
      [
        'DELETE arc-private-link',
        'DELETE net-hub after the removal of DNS zone group of private endpoint net-hub',
      ],
    ],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(leftovers, seen)).toEqual({ verdict, planned });
  });
});

function inInventory(seen: Seen, ids: readonly string[]): Seen {
  return { ...seen, inventory: new Map(ids.map((id) => [idKey(id), { id, origin: 'Created' }])) };
}

function tagged(seen: Seen): Seen {
  const tags = { ...mine, team: 'a' };
  const zones = new Map(
    [...seen.zones].map(([key, zone]) => {
      const known = there(zoneValue(zone.id, tags));
      const links = there((valueOf(zone.links) ?? []).map((link) => ({ ...link, tags })));
      return [key, { ...zone, known, links }];
    }),
  );
  return { ...seen, zones, desired: { ...seen.desired, tags: { team: 'a' } } };
}

/** Links of the zones that are not looked at closely, which need the same change. */
function otherLinks(count: number): string[] {
  return zoneNames.slice(0, count).map((name) => `PUT ${linkId(zoneOf(name), hub).split('/').pop()}`);
}

function withoutEndpoints(seen: Seen): Seen {
  return { ...seen, zones: new Map(), desired: { ...seen.desired, endpoints: [] } };
}

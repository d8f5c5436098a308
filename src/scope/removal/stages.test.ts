import { describe, expect, it } from '@jest/globals';
import {
  absent,
  decided,
  forbidden,
  linkValue,
  settledSeen,
  there,
  unknown,
  withEndpoint,
  withZone,
  zoneValue,
} from '../../../test/world/scope-seen.ts';
import { owner, ownerTag, zoneNames } from '../../../test/world/scope-lab.ts';
import { hisZone, hub, scopeId, spoke, subscription, zoneOf } from '../../../test/world/small-seed.ts';
import { idKey } from '../../azure/ids.ts';
import { inventoryAfter } from '../inventory-update.ts';
import { emptyList, type Seen } from '../seen.ts';
import { stages } from './stages.ts';

const mine = { [ownerTag]: owner };
const spec = {
  privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { resourceGroup: 'rg-dns' } }],
};
const whole = (adopted = false): Seen => ({ ...settledSeen(spec, adopted), deleting: true });
const withAssociations = (seen: Seen, change: Partial<Seen['associations']>): Seen => ({
  ...seen,
  associations: { ...seen.associations, ...change },
});
const withServers = (seen: Seen, change: Partial<Seen['servers']>): Seen => ({
  ...seen,
  servers: { ...seen.servers, ...change },
});
const unread = (matters: boolean): Seen =>
  withServers(whole(), { unread: [{ subscriptionId: subscription, fault: forbidden, matters }] });

const withoutNames = (seen: Seen): Seen =>
  zoneNames.reduce(
    (all, name) => withZone(all, zoneOf(name), { links: emptyList() }),
    withEndpoint(seen, { groups: emptyList() }),
  );
const withoutEndpoints = (seen: Seen): Seen => withEndpoint(withoutNames(seen), { known: absent });
const withoutZones = (seen: Seen): Seen =>
  zoneNames.reduce((all, name) => withZone(all, zoneOf(name), { known: absent }), withoutEndpoints(seen));
const stranger = {
  id: `${scopeId}/privateEndpointConnections/x`,
  name: 'x',
  privateEndpointId: '/theirs',
  status: 'Pending',
  description: '',
};

/** The stage that the deletion is in, and what it does there. */
function standsAt(seen: Seen): [string, string, string[]] | 'over' {
  for (const stage of stages) {
    const { verdict, planned } = decided(stage, seen);
    if (!verdict.startsWith('ready')) return [stage.name, verdict, planned];
  }
  return 'over';
}

describe('a deletion', () => {
  it.each<[string, Seen, ReturnType<typeof standsAt>]>([
    [
      'touches nothing while associations stay',
      withAssociations(whole(), { live: ['a'] }),
      ['blocked', 'failed AssociationsExist', []],
    ],
    [
      'touches nothing while a server points to the scope that nobody releases',
      withServers(whole(), { staying: ['web-1'] }),
      ['blocked', 'failed ServersAssociated', []],
    ],
    [
      'touches nothing while servers cannot be looked for where some are to be expected',
      unread(true),
      ['blocked', 'failed ServersNotVisible', []],
    ],
    ['does not wait for a look elsewhere', unread(false), names()],
    [
      'takes names down first, even while servers wait to be released',
      withAssociations(withServers(whole(), { leaving: ['web-1'] }), { terminating: ['a'] }),
      names(),
    ],
    [
      'then waits for the associations that are being deleted',
      withAssociations(withoutNames(whole()), { terminating: ['a'] }),
      ['servers', 'working Deleting', []],
    ],
    [
      'then waits for the last server',
      withServers(withoutNames(whole()), { leaving: ['web-1'] }),
      ['servers', 'working Deleting', []],
    ],
    [
      'then takes endpoints down',
      withoutNames(whole()),
      ['endpoints', 'working Deleting', ['DELETE net-hub']],
    ],
    [
      'then zones',
      withoutEndpoints(whole()),
      ['zones', 'working Deleting', zoneNames.map((name) => `DELETE ${name}`)],
    ],
    [
      'names whose link keeps a zone',
      withZone(withoutEndpoints(whole()), hisZone, { links: there([linkValue(hisZone, spoke, {})]) }),
      ['zones', 'failed ZoneInUse', zoneNames.slice(0, 2).map((name) => `DELETE ${name}`)],
    ],
    [
      "then strangers' connections",
      { ...withoutZones(whole()), connections: there([stranger]) },
      ['connections', 'working Deleting', ['DELETE x']],
    ],
    ['and the scope last', withoutZones(whole()), ['scope', 'working Deleting', ['DELETE net']]],
    ['is over when Azure says that all of it is gone', { ...withoutZones(whole()), scope: absent }, 'over'],
    [
      'is not over because something cannot be read',
      { ...withoutZones(whole()), scope: unknown(forbidden) },
      ['blocked', 'failed AuthorizationFailed', []],
    ],
    [
      "leaves a scope that is another owner's, with its connections",
      { ...withoutZones(whole()), scope: theirs(), connections: there([stranger]) },
      'over',
    ],
    ['takes down endpoints and zones of a scope that is gone', { ...whole(), scope: absent }, names()],
    [
      'lets go of what was adopted, as it is',
      adoptedAtEndpoints(),
      ['endpoints', 'working Deleting', ['PATCH net-hub tags']],
    ],
    [
      'of what was adopted altogether is not held up by servers, for nothing of theirs goes',
      withServers(adoptedAtEndpoints(), { staying: ['web-1'] }),
      ['endpoints', 'working Deleting', ['PATCH net-hub tags']],
    ],
  ])('%s', (_, seen, expected) => {
    expect(standsAt(seen)).toEqual(expected);
  });

  it('says when names are gone in the way that associations wait for', () => {
    const [, namesStage] = stages;
    expect(namesStage?.decide(withoutNames(whole())).verdict).toMatchObject({
      is: 'ready',
      as: 'False',
      reason: 'Removed',
    });
  });
});

describe('the inventory', () => {
  const listed = (seen: Seen, ids: string[]): Seen => ({
    ...seen,
    inventory: new Map(ids.map((id) => [idKey(id), { id, origin: 'Created' }])),
  });
  const nothingDesired = { ...whole().desired, endpoints: [] };
  const keeps = (seen: Seen): boolean => inventoryAfter(seen).has(idKey(hisZone));
  const alone = (known: Seen['scope'] | ReturnType<typeof there>): Seen =>
    listed(
      withZone({ ...whole(), endpoints: new Map() }, hisZone, { known: known as never, links: emptyList() }),
      [hisZone],
    );
  it.each<[string, Seen, boolean]>([
    ['keeps what is there', alone(there(zoneValue(hisZone, mine))), true],
    ['strikes out what Azure says is gone', alone(absent), false],
    ['keeps what is being made or deleted', alone({ ...absent, busy: true } as never), true],
    ['keeps what cannot be read', alone(unknown(forbidden)), true],
    [
      'strikes out what is no longer ours',
      {
        ...alone(there(zoneValue(hisZone, { [ownerTag]: 'b/lab/net' }))),
        desired: nothingDesired,
        deleting: false,
      },
      false,
    ],
    [
      'keeps it at deletion, to name it in the end',
      alone(there(zoneValue(hisZone, { [ownerTag]: 'b/lab/net' }))),
      true,
    ],
    [
      'keeps what is wanted though it is not there yet',
      { ...listed(withZone(settledSeen(spec), hisZone, { known: absent }), [hisZone]) },
      true,
    ],
    ['is made good by tags', listed(settledSeen(spec), []), true],
    ['is not changed under Observe', { ...listed(settledSeen(spec), []), observing: true }, false],
  ])('%s', (_, seen, expected) => {
    expect(keeps(seen)).toBe(expected);
  });
});

function names(): [string, string, string[]] {
  const links = zoneNames.map((name) => `DELETE ${linkValue(zoneOf(name), hub, mine).name}`);
  return ['names', 'working Deleting', ['DELETE arc-private-link', ...links]];
}

function theirs(): Seen['scope'] {
  const { scope } = whole();
  return scope.is === 'there' ? there({ ...scope.value, tags: { [ownerTag]: 'b/lab/net' } }) : scope;
}

/** An estate that was built by hand: links and zone group are nobody's. */
function adoptedAtEndpoints(): Seen {
  const seen = withEndpoint(whole(true), { groups: emptyList() });
  return zoneNames.reduce(
    (all, name) => withZone(all, zoneOf(name), { links: there([linkValue(zoneOf(name), hub, {})]) }),
    seen,
  );
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { buildByHand, key, owner, ownerTag, ScopeLab, zoneNames } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, idOf, scopeId, serverId, zoneOf } from '../../test/world/small-seed.ts';

const tagsOf = (id: string): string => `PATCH ${id}/providers/Microsoft.Resources/tags/default`;

describe('an estate that someone built by hand', () => {
  let lab: ScopeLab;
  let before: unknown;
  beforeEach(async () => {
    lab = await ScopeLab.open();
    await buildByHand(lab);
    before = lab.portal.picture();
  });
  afterEach(() => lab.stop());

  it('is planned first, then taken over as planned, kept right, and let go as it was, tags included', async () => {
    await lab.make({ adoptionPolicy: 'IfUnowned', managementPolicy: 'Observe' });
    await lab.becomes('False ChangesPlanned');
    const plan = (await lab.status()).plannedActions?.map(({ verb, id }) => `${verb} ${id}`);
    expect(plan).toEqual([scopeId, endpointId, ...zoneNames.map(zoneOf)].map(tagsOf));
    expect(lab.portal.picture()).toEqual(before);

    const made = lab.changes().length;
    await lab.spec({ managementPolicy: 'Manage' });
    await lab.becomes('True Ready');
    expect(lab.changes().slice(made)).toEqual(plan);
    expect(lab.portal.need(endpointId).tags).toEqual({
      made: 'by hand',
      [ownerTag]: owner,
      'arc-private-link-adopted': 'true',
    });
    const origins = (await lab.status()).inventory?.map(({ origin }) => origin);
    expect(new Set(origins)).toEqual(new Set(['Adopted']));
    const events = (await lab.events()).filter(({ reason }) => reason === 'Adopted');
    expect(events).toHaveLength(5);

    // Drift of what was adopted is put right like that of what was made.
    lab.portal.delete(`${hisZone}/A/gbl`);
    lab.portal.tag(hisZone, { made: 'by hand', [ownerTag]: owner });
    await lab.until(() => lab.portal.get(`${hisZone}/A/gbl`) !== undefined);
    await lab.until(() => lab.portal.need(hisZone).tags?.['arc-private-link-adopted'] === 'true');
    await lab.becomes('True Ready');

    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
    expect(lab.world.writes().filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('keeps its servers in the scope when the object goes: nothing but tags is taken off', async () => {
    lab.portal.moveServer(serverId('office'), scopeId);
    await lab.make({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
    await lab.remove();
    expect(lab.portal.need(serverId('office')).properties['privateLinkScopeResourceId']).toBe(scopeId);
  });

  it('is left untouched without the word, and the message says which word', async () => {
    await lab.make();
    await lab.becomes('False AlreadyExists');
    expect(await lab.state('Stalled')).toBe('True AlreadyExists');
    const message = await lab.message();
    expect(message).toContain('adoptionPolicy: IfUnowned');
    expect(message).toContain(`kubectl -n lab patch apls/net`);
    expect(message).not.toContain('delete');
    await lab.clock.advance(60 * 60_000);
    expect(lab.portal.picture()).toEqual(before);
    await lab.spec({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
  });

  it('is left as it is when it was adopted, the status was lost, and the object then goes', async () => {
    await lab.make({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
    await lab.stop();
    await lab.kubernetes.patch(scopes, key, { status: null }, { subresource: 'status' });
    lab.start();
    await lab.becomes('True Ready');
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });
});

describe('an estate of which only a part was built by hand', () => {
  let lab: ScopeLab;
  beforeEach(async () => {
    lab = await ScopeLab.open();
  });
  afterEach(() => lab.stop());

  const connection = {
    name: 'mine',
    properties: { privateLinkServiceId: scopeId, groupIds: ['hybridcompute'] },
  };
  const byHand = async (): Promise<void> => {
    await lab.byHand('PUT', scopeId, { location: 'westeurope', properties: {} });
    await lab.byHand('PUT', endpointId, {
      location: 'westeurope',
      properties: { subnet: { id: `${hub}/subnets/pe` }, privateLinkServiceConnections: [connection] },
    });
  };

  it('gets the rest, which alone is deleted in the end', async () => {
    await byHand();
    const before = lab.portal.picture();
    await lab.make({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
    expect(lab.portal.get(`${hisZone}/A/gbl`)).toBeDefined();
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });

  it('has our zones added to its zone group, and taken out of it again', async () => {
    await byHand();
    const theirs = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.example.com');
    await lab.byHand('PUT', theirs, { location: 'global' });
    const group = `${endpointId}/privateDnsZoneGroups/default`;
    await lab.byHand('PUT', group, {
      properties: { privateDnsZoneConfigs: [{ name: 'theirs', properties: { privateDnsZoneId: theirs } }] },
    });
    const before = lab.portal.picture();
    await lab.make({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
    expect(lab.portal.need(group).properties['privateDnsZoneConfigs']).toHaveLength(4);
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });

  it('is told what is wrong with its zone group where nothing may be adopted', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const theirs = idOf('rg', 'Microsoft.Network/privateDnsZones', 'privatelink.example.com');
    await lab.byHand('PUT', theirs, { location: 'global' });
    lab.portal.delete(`${endpointId}/privateDnsZoneGroups/arc-private-link`);
    await lab.byHand('PUT', `${endpointId}/privateDnsZoneGroups/default`, {
      properties: { privateDnsZoneConfigs: [{ name: 'theirs', properties: { privateDnsZoneId: theirs } }] },
    });
    await lab.becomes('False AlreadyExists');
    expect(await lab.message()).toMatch(/default.*adoptionPolicy: IfUnowned/);
  });
});

describe('one estate and two owners', () => {
  let lab: ScopeLab;
  let second: ScopeLab;
  beforeEach(async () => {
    lab = await ScopeLab.open();
    second = await ScopeLab.open(lab);
  });
  afterEach(async () => {
    await lab.stop();
    await second.stop();
  });

  it('a second cluster with the same YAML changes nothing, says whose it is, and how to take it over', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const before = lab.portal.picture();
    await second.kubernetes.create(scopes, (await lab.object())!);
    second.start(undefined, ['--owner-id=rebuilt']);
    await second.becomes('False ManagementConflict');
    expect(await second.message()).toContain(
      `kubectl -n lab annotate apls/net --overwrite arcprivatelink.io/take-over-from=${owner}`,
    );
    await lab.clock.advance(60 * 60_000);
    expect(lab.portal.picture()).toEqual(before);
    expect(await lab.state()).toBe('True Ready');
  });

  it('takes over what it is told to, without making or deleting anything, and deletes it in the end', async () => {
    const empty = lab.portal.picture();
    await lab.make();
    await lab.becomes('True Ready');
    await lab.stop();
    const made = lab.changes().length;
    await second.make({}, { 'arcprivatelink.io/take-over-from': owner });
    await second.stop();
    second.start(undefined, ['--owner-id=rebuilt']);
    await second.becomes('True Ready');
    const changes = lab.changes().slice(made);
    expect(new Set(changes.map((one) => one.split(' ')[0]))).toEqual(new Set(['PATCH']));
    expect(lab.portal.need(scopeId).tags).toEqual({ [ownerTag]: 'rebuilt/lab/net' });
    expect((await second.events()).filter(({ reason }) => reason === 'TakenOver').length).toBeGreaterThan(4);
    await second.remove();
    expect(lab.portal.picture()).toEqual(empty);
  });

  it('goes on after a rebuild under the same owner id, and still deletes all of it', async () => {
    const empty = lab.portal.picture();
    await lab.make();
    await lab.becomes('True Ready');
    await lab.stop();
    const made = lab.changes().length;
    await second.make();
    await second.becomes('True Ready');
    expect(lab.changes().slice(made)).toEqual([]);
    expect((await second.status()).inventory).toEqual((await lab.status()).inventory);
    await second.remove();
    expect(lab.portal.picture()).toEqual(empty);
  });

  it('never takes from another namespace of its own cluster, whatever the annotation says', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const other = { 'arc-private-link-operator': 'cluster/other/net' };
    lab.portal.tag(scopeId, other);
    await lab.kubernetes.patch(scopes, key, {
      metadata: { annotations: { 'arcprivatelink.io/take-over-from': 'cluster/other/net' } },
    });
    await lab.becomes('False ManagementConflict');
    expect(await lab.message()).toContain('another namespace');
    expect(lab.portal.need(scopeId).tags).toEqual(other);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../api/resources.ts';
import { secrets } from '../identity/resources.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { scopeId, serverId } from '../../test/world/small-seed.ts';

const minute = 60_000;
const ours = ['web-1', 'web-2', 'web-3', 'web-4'];

describe('a server that was in the scope before', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
    lab.portal.moveServer(serverId('web-1'), scopeId);
  });
  afterEach(() => lab.stop());

  it('counts as found, and stays in the scope when the association is deleted', async () => {
    await lab.associate();
    await lab.becomes('True Ready');
    expect(await lab.status()).toMatchObject({ associated: 4, found: 1 });
    expect(await lab.message('Complete')).toContain('adoptionPolicy: IfUnowned');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual([scopeId, '', '', '']);
  });

  it('stays in the scope when it leaves the selection, and a person is told how to have it released', async () => {
    await lab.associate();
    await lab.becomes('True Ready');
    await lab.select(['web-2', 'web-3', 'web-4']);
    await lab.until(async () => (await lab.phases())['web-1'] === undefined);
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    const told = (await lab.events()).find(({ reason }) => reason === 'LeftInScope');
    expect(told?.note).toContain('web-1');
    expect(told?.note).toContain('adoptionPolicy: IfUnowned');
  });

  it('is released like the others where the association was told to adopt it', async () => {
    await lab.associate({ adoptionPolicy: 'IfUnowned' });
    await lab.becomes('True Ready');
    expect(await lab.status()).toMatchObject({ associated: 4, found: 0 });
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(['', '', '', '']);
  });

  it('is another cluster’s, whose servers stay when this one’s association of the same scope is deleted', async () => {
    for (const name of ours) lab.portal.moveServer(serverId(name), scopeId);
    await lab.associate();
    await lab.becomes('True Ready');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.patches()).toEqual([]);
    expect(ours.map((name) => lab.scopeOf(name))).toEqual([scopeId, scopeId, scopeId, scopeId]);
  });

  it('is ours from the moment that we put it back', async () => {
    await lab.associate({ machines: { names: ['web-1', 'web-2'] } });
    await lab.becomes('True Ready');
    lab.portal.moveServer(serverId('web-1'), '');
    await lab.until(() => lab.scopeOf('web-1') === scopeId);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.scopeOf('web-1')).toBe('');
  });
});

describe('an association whose slices are lost', () => {
  it('finds its servers in the scope, cuts nobody off when it is deleted, and says how to adopt them', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.loseSlices();
    await lab.until(async () => (await lab.status()).found === 4);
    expect(await lab.message('Complete')).toContain('adoptionPolicy: IfUnowned');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual([scopeId, scopeId, scopeId, scopeId]);
    await lab.stop();
  });
});

describe('an association that lost its status', () => {
  it('still releases its servers when it is deleted before its first good pass', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.stop();
    const key = { namespace, name: 'servers' };
    await lab.kubernetes.patch(associations, key, { status: null }, { subresource: 'status' });
    await lab.dissociate();
    lab.start();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(['', '', '', '']);
    await lab.stop();
  });

  it('goes without credentials when it never held a server', async () => {
    const lab = new ServersLab();
    await lab.kubernetes.create(scopes, scopeObject());
    await lab.associate();
    lab.start();
    await lab.until(async () => (await lab.state()) !== '');
    expect((await lab.kubernetes.list(secrets, { namespace })).items).toEqual([]);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.world.exchanges).toEqual([]);
    await lab.stop();
  });
});

describe('a server that goes from one association to another', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
    await lab.associate({}, 'older');
    lab.start();
    await lab.becomes('True Ready', 'Ready', 'older');
    await lab.clock.advance(minute);
  });
  afterEach(() => lab.stop());

  it('takes its finished wait and its origin along when the holder is deleted', async () => {
    const before = (await lab.entries()).get('web-1');
    await lab.associate();
    await lab.becomes('True Ready');
    const patched = lab.patches().length;
    await lab.dissociate('older');
    await lab.until(() => lab.gone('older'));
    await lab.clock.advance(minute);
    expect((await lab.entries()).get('web-1')).toEqual(before);
    expect(await lab.status()).toMatchObject({ associated: 4, propagated: 4, found: 0 });
    expect(lab.patches()).toHaveLength(patched);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(['', '', '', '']);
  });

  it('takes them along when the holder selects it no more', async () => {
    const before = (await lab.entries()).get('web-1');
    await lab.associate({ machines: { names: ['web-1'] } });
    await lab.becomes('True Ready');
    const patched = lab.patches().length;
    await lab.select(['web-2', 'web-3', 'web-4'], 'older');
    await lab.until(async () => (await lab.status()).associated === 1);
    await lab.clock.advance(30 * minute);
    expect((await lab.entries()).get('web-1')).toEqual(before);
    expect((await lab.status('older')).associated).toBe(3);
    expect(lab.patches()).toHaveLength(patched);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  it('is released where the one that would keep it is suspended', async () => {
    await lab.associate({ machines: { names: ['web-1'] } });
    await lab.becomes('True Ready');
    await lab.change({ suspend: true });
    await lab.becomes('True Suspended', 'Suspended');
    await lab.dissociate('older');
    await lab.until(() => lab.gone('older'));
    expect(lab.scopeOf('web-1')).toBe('');
  });
});

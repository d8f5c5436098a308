import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../api/resources.ts';
import type { Client } from '../runtime/client.ts';
import { secrets } from '../identity/resources.ts';
import { namespace, secretData } from '../../test/world/laboratory.ts';
import { associationObject, scopeObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId } from '../../test/world/small-seed.ts';

const minute = 60_000;
/** The client's methods as an object of their own, for one of them to be replaced. */
const bound = (client: Client): Client => ({
  get: (...call) => client.get(...call),
  list: (...call) => client.list(...call),
  watch: (...call) => client.watch(...call),
  create: (...call) => client.create(...call),
  replace: (...call) => client.replace(...call),
  patch: (...call) => client.patch(...call),
  delete: (...call) => client.delete(...call),
  createSubresource: (...call) => client.createSubresource(...call),
});
const open = { privateEndpoints: [], publicNetworkAccess: 'Enabled' };

describe('two associations that select one server', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
  });
  afterEach(() => lab.stop());

  it('leave it to the older one, and the other is told', async () => {
    await lab.associate({}, 'older');
    lab.start();
    await lab.becomes('False WaitingForPropagation', 'Ready', 'older');
    await lab.associate({ machines: { names: ['web-1'] } });
    await lab.becomes('True Ready');
    expect((await lab.status()).exceptions).toMatchObject([
      { reason: 'HeldByAssociation', message: expect.stringContaining('lab/older') },
    ]);
    expect(lab.patches().filter((name) => name === 'web-1')).toHaveLength(1);
  });

  it('leave each the servers of its own region', async () => {
    await lab.kubernetes.create(scopes, scopeObject({ ...open, location: 'japaneast' }, 'east'));
    await lab.associate();
    await lab.clock.advance(2_000);
    await lab.associate({ scopeRef: { name: 'east' } }, 'east');
    lab.start();
    await lab.becomes('True Ready', 'Ready', 'east');
    expect(String(lab.scopeOf('abroad'))).toMatch(/\/east$/);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  it('let the younger one move what the older one refuses', async () => {
    await lab.kubernetes.create(scopes, scopeObject(open, 'second'));
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    expect((await lab.phases())['taken']).toBe('Refused InOtherScope');
    await lab.associate(
      { scopeRef: { name: 'second' }, conflictPolicy: 'Move', machines: { names: ['taken', 'web-1'] } },
      'mover',
    );
    await lab.until(() => String(lab.scopeOf('taken')).endsWith('/second'));
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    expect(lab.patches().filter((name) => name === 'taken')).toHaveLength(1);
  });

  it('hand it over without a call, also while Azure lists next to none of the servers', async () => {
    lab.plant('other', { count: 6, tags: { site: 'other' } });
    await lab.associate({ machines: { tagSelector: { matchTags: { site: 'other' } } } }, 'heir');
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready', 'Ready', 'heir');
    await lab.becomes('True Ready');
    const patches = lab.patches().length;
    lab.world.quirks.listed = (type, found) => (type.endsWith('/machines') ? found.slice(0, 1) : found);
    await lab.clock.advance(6 * minute);
    const both = { matchTags: null, matchExpressions: [{ key: 'site', operator: 'Exists' }] };
    await lab.change({ machines: { tagSelector: both } }, 'heir');
    await lab.dissociate();
    await lab.clock.advance(10 * minute);
    delete lab.world.quirks.listed;
    await lab.until(() => lab.gone());
    await lab.clock.advance(30 * minute);
    expect(lab.patches().slice(patches)).toEqual(['office']);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    expect((await lab.phases())['web-1']).toBe('Propagated');
  });

  it.each([
    ['while the operator runs', false],
    ['while no operator runs', true],
  ])('hand it over without a call to one that is made in the same moment, %s', async (_, stopped) => {
    // The API server answers late about the new one, so that the old one's pass is over before.
    const late = (client: Client): Client => ({
      ...bound(client),
      async get(resource, key, options) {
        if (key.name === 'taker') await lab.clock.sleep(1_000);
        return await client.get(resource, key, options);
      },
    });
    const start = (): void => lab.start(undefined, [], { client: late });
    await lab.associate();
    start();
    await lab.becomes('True Ready');
    if (stopped) await lab.stop();
    const patches = lab.patches().length;
    await lab.associate({}, 'taker');
    await lab.dissociate();
    if (stopped) start();
    await lab.until(() => lab.gone());
    await lab.becomes('True Ready', 'Ready', 'taker');
    await lab.clock.advance(30 * minute);
    expect(lab.patches().slice(patches)).toEqual([]);
    expect((await lab.phases())['web-1']).toBe('Propagated');
  });

  it.each([
    ['has its credentials a moment later', 'late'],
    ['is refused its first listing', 'refused'],
  ])('hand it over without a call to one that %s', async (_, how) => {
    const data = secretData({ AZURE_CLIENT_SECRET: 'own' });
    const secret = { metadata: { namespace, name: 'own' }, data };
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    const patches = lab.patches().length;
    if (how === 'refused') {
      await lab.kubernetes.create(secrets, secret);
      lab.refuseListings();
    }
    await lab.associate({ credentialsSecretRef: { name: 'own' } }, 'taker');
    await lab.dissociate();
    await lab.clock.advance(20_000);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    if (how === 'late') await lab.kubernetes.create(secrets, secret);
    lab.onAzure = (_request, send) => send();
    await lab.until(() => lab.gone());
    await lab.becomes('True Ready', 'Ready', 'taker');
    expect(lab.patches().slice(patches)).toEqual([]);
    expect((await lab.phases())['web-1']).toBe('Propagated');
  });

  it('hand it over when the selection is narrowed while the other one has no credentials yet', async () => {
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    const patches = lab.patches().length;
    await lab.associate({ credentialsSecretRef: { name: 'own' } }, 'taker');
    await lab.select(['office']);
    await lab.clock.advance(60 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    const data = secretData({ AZURE_CLIENT_SECRET: 'own' });
    await lab.kubernetes.create(secrets, { metadata: { namespace, name: 'own' }, data });
    await lab.becomes('True Ready', 'Ready', 'taker');
    await lab.clock.advance(30 * minute);
    expect(lab.patches().slice(patches)).toEqual(['office']);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  it('leave the scope when the one that would take over never could', async () => {
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.associate({ credentialsSecretRef: { name: 'nowhere' } }, 'taker');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.scopeOf('web-1')).toBe('');
  });

  it('leave it to the younger one while the older one is suspended', async () => {
    await lab.associate({ suspend: true }, 'older');
    lab.start();
    await lab.becomes('True Suspended', 'Suspended', 'older');
    await lab.associate();
    await lab.becomes('True Ready');
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  it('take nothing from each other under Move, whatever has become of the scope object of the holder', async () => {
    lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.kubernetes.patch(scopes, { namespace, name: 'net' }, { spec: { deletionPolicy: 'Retain' } });
    await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
    await lab.until(async () => (await lab.scope('net')) === undefined);
    const moves = { scopeRef: undefined, scopeResourceId: otherScopeId, conflictPolicy: 'Move' };
    await lab.associate(moves, 'mover');
    await lab.becomes('True Ready', 'Ready', 'mover');
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    await lab.stop();
    lab.start();
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    await lab.change({ suspend: true });
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    expect((await lab.status('mover')).exceptions?.[0]?.reason).toBe('RegionMismatch');
    expect((await lab.status('mover')).exceptions?.[1]?.reason).toBe('HeldByAssociation');
  });
});

describe('an association that may not read the servers', () => {
  const evil = { namespace: 'elsewhere', name: 'all' };

  /** Of another namespace, without credentials, and older than everybody. */
  async function withIntruder(more: Record<string, unknown> = {}): Promise<ServersLab> {
    const lab = new ServersLab();
    const spec = {
      scopeRef: undefined,
      scopeResourceId: scopeId,
      machines: { selectionMode: 'All' },
      ...more,
    };
    await lab.kubernetes.create(associations, { ...associationObject(spec), metadata: evil });
    await lab.clock.advance(2_000);
    await lab.prepare();
    await lab.associate();
    lab.start();
    return lab;
  }

  for (const [what, more] of [
    ['', {}],
    [' and is suspended', { suspend: true }],
    [' and selects for another scope', { scopeResourceId: otherScopeId, conflictPolicy: 'Move' }],
  ] as const) {
    it(`keeps nobody from taking servers and from releasing them${what}`, async () => {
      const lab = await withIntruder(more);
      await lab.becomes('True Ready');
      expect(lab.scopeOf('web-1')).toBe(scopeId);
      await lab.select(['web-1', 'web-2', 'web-3']);
      await lab.until(() => lab.scopeOf('web-4') === '');
      await lab.dissociate();
      await lab.until(() => lab.gone());
      expect(['web-1', 'web-2', 'web-3'].map((name) => lab.scopeOf(name))).toEqual(['', '', '']);
      await lab.stop();
    });
  }
});

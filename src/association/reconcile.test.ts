import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, reconcileRequestedAt, scopes, slices } from '../api/resources.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId, serverId, smallSeed } from '../../test/world/small-seed.ts';

const key = { namespace, name: 'servers' };
const minute = 60_000;
const ours = ['web-1', 'web-2', 'web-3', 'web-4'];

describe('an ArcServerAssociation', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
  });
  afterEach(() => lab.stop());

  const make = async (more: Record<string, unknown> = {}): Promise<void> => {
    await lab.associate(more);
    lab.start();
  };

  it('takes the servers that match, one PATCH and no GET each, and refuses the others for a stated reason', async () => {
    await make();
    await lab.becomes('False WaitingForPropagation');
    expect(lab.patches().sort()).toEqual(ours);
    expect(lab.machineCalls('GET').filter(({ path }) => path.includes('/machines/'))).toEqual([]);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    expect(lab.scopeOf('taken')).toBe(otherScopeId);
    expect(await lab.phases()).toEqual({
      abroad: 'Refused RegionMismatch',
      taken: 'Refused InOtherScope',
      ...Object.fromEntries(ours.map((name) => [name, 'Propagating'])),
    });
  });

  it('is ready when the wait of fifteen minutes is over, and not a second before', async () => {
    await make();
    await lab.becomes('False WaitingForPropagation');
    const { since } = (await lab.entries()).get('web-1') ?? { since: '' };
    expect((await lab.status()).propagatedBy).toBeDefined();
    await lab.becomes('True Ready');
    expect(lab.clock.now() - Date.parse(since)).toBeGreaterThanOrEqual(15 * minute);
    expect(await lab.status()).toMatchObject({
      selected: 6,
      associated: 4,
      found: 0,
      propagated: 4,
      propagating: 0,
      refused: 2,
      rolledOutGeneration: 1,
    });
    expect(await lab.state('Complete')).toBe('False ServersNeedAttention');
    expect((await lab.status()).exceptions?.map(({ reason }) => reason)).toEqual([
      'RegionMismatch',
      'InOtherScope',
    ]);
  });

  it('does not begin a wait anew when the operator is started again', async () => {
    await make();
    await lab.becomes('False WaitingForPropagation');
    const before = (await lab.entries()).get('web-1')?.since;
    await lab.clock.advance(10 * minute);
    await lab.stop();
    lab.start();
    await lab.clock.advance(4 * minute);
    expect((await lab.entries()).get('web-1')).toMatchObject({ phase: 'Propagating', since: before });
    await lab.clock.advance(2 * minute);
    expect((await lab.entries()).get('web-1')?.phase).toBe('Propagated');
    expect(lab.patches()).toHaveLength(4);
  });

  it('goes by Azure’s clock, whatever this machine’s says', async () => {
    lab.world.quirks.clockAheadMs = 14 * minute;
    await make();
    await lab.becomes('False WaitingForPropagation');
    const began = Date.parse((await lab.entries()).get('web-1')?.since ?? '');
    expect(began - lab.clock.now()).toBeGreaterThan(13 * minute);
    await lab.clock.advance(14 * minute);
    expect((await lab.phases())['web-1']).toBe('Propagating');
    await lab.clock.advance(2 * minute);
    expect((await lab.phases())['web-1']).toBe('Propagated');
  });

  it('writes nothing, to Azure or to Kubernetes, once it is settled', async () => {
    await make();
    await lab.becomes('True Ready');
    await lab.clock.advance(2 * minute);
    const [azure, kubernetes] = [lab.world.writes().length, lab.kubernetes.writes().length];
    await lab.clock.advance(45 * minute);
    expect(lab.world.writes()).toHaveLength(azure);
    expect(lab.kubernetes.writes()).toHaveLength(kubernetes);
  });

  it('takes servers that come to match later, and stays ready meanwhile', async () => {
    await make();
    await lab.becomes('True Ready');
    lab.plant('late', { tags: { SITE: 'plant' } });
    await lab.until(async () => (await lab.phases())['late'] === 'Propagating');
    expect(await lab.state()).toBe('True Ready');
    expect(await lab.state('Propagated')).toBe('False Propagating');
    await lab.becomes('True Propagated', 'Propagated');
  });

  it('puts a server back that someone took out of the scope', async () => {
    await make();
    await lab.becomes('True Ready');
    lab.portal.moveServer(serverId('web-2'), '');
    await lab.until(() => lab.scopeOf('web-2') === scopeId);
    await lab.clock.advance(minute);
    expect((await lab.events()).map(({ reason }) => reason)).toContain('PutBack');
  });

  it('reports a server that someone moved to another scope, and does not touch it', async () => {
    await make();
    await lab.becomes('True Ready');
    const before = lab.patches().length;
    lab.portal.moveServer(serverId('web-2'), otherScopeId);
    await lab.until(async () => (await lab.phases())['web-2'] === 'Refused MovedAway');
    await lab.clock.advance(60 * minute);
    expect(lab.patches()).toHaveLength(before);
    expect(lab.scopeOf('web-2')).toBe(otherScopeId);
  });

  it('takes a server back at most twice an hour under Move, then says Contested and writes nothing', async () => {
    await make({ conflictPolicy: 'Move' });
    await lab.until(() => lab.scopeOf('taken') === scopeId);
    for (let time = 0; time < 2; time += 1) {
      lab.portal.moveServer(serverId('web-2'), otherScopeId);
      await lab.until(() => lab.scopeOf('web-2') === scopeId);
    }
    lab.portal.moveServer(serverId('web-2'), otherScopeId);
    await lab.until(async () => (await lab.phases())['web-2'] === 'Refused Contested');
    expect(lab.scopeOf('web-2')).toBe(otherScopeId);
    await lab.becomes('True Ready');
    const [patched, written] = [lab.patches().length, lab.kubernetes.writes().length];
    await lab.clock.advance(20 * minute);
    expect(lab.patches()).toHaveLength(patched);
    expect(lab.kubernetes.writes()).toHaveLength(written);
  });

  it('begins the wait anew for a server that was onboarded again', async () => {
    await make();
    await lab.becomes('True Ready');
    lab.portal.set(serverId('web-1'), { vmId: 'another' });
    await lab.until(async () => (await lab.phases())['web-1'] === 'Propagating');
    expect(lab.patches()).toHaveLength(4);
  });

  it('shows the wait once more when its slices are lost, and touches nothing in Azure', async () => {
    await make();
    await lab.becomes('True Ready');
    const before = lab.patches().length;
    await lab.loseSlices();
    await lab.until(async () => (await lab.phases())['web-1'] === 'Propagating');
    expect(lab.patches()).toHaveLength(before);
  });

  it('keeps what it knows of its servers when someone deletes a slice', async () => {
    await make();
    await lab.becomes('True Ready');
    const before = await lab.entries();
    const [slice] = (await lab.kubernetes.list(slices, { namespace })).items;
    await lab.kubernetes.delete(slices, {
      namespace,
      name: slice?.metadata.name ?? '',
    });
    await lab.clock.advance(10 * minute);
    expect(await lab.entries()).toEqual(before);
    const [kept] = (await lab.kubernetes.list(slices, { namespace })).items;
    expect(kept?.metadata.deletionTimestamp).toBeUndefined();
    expect(lab.patches()).toHaveLength(4);
  });

  it('names servers that do not exist, and is ready all the same', async () => {
    await make({ machines: { names: ['web-1', 'ghost'] } });
    await lab.becomes('True Ready');
    expect((await lab.status()).exceptions).toMatchObject([{ id: 'ghost', reason: 'ServerNotFound' }]);
  });

  it('is ready with nothing selected, and says so', async () => {
    await make({ machines: { names: ['ghost'] } });
    await lab.becomes('True Ready');
    expect(await lab.state('MachinesSelected')).toBe('False NoneMatched');
  });

  it('does nothing while it is suspended, and releases nothing when it is deleted then', async () => {
    await make();
    await lab.becomes('True Ready');
    await lab.change({ suspend: true });
    await lab.becomes('True Suspended', 'Suspended');
    lab.portal.moveServer(serverId('web-1'), '');
    const before = lab.patches().length;
    await lab.clock.advance(30 * minute);
    expect(await lab.state()).toBe('True Ready');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.patches()).toHaveLength(before);
    expect(lab.scopeOf('web-2')).toBe(scopeId);
  });

  it('says before it is suspended when its last wait ends, so that nobody waits for it longer', async () => {
    await make();
    await lab.becomes('False WaitingForPropagation');
    await lab.change({ suspend: true });
    await lab.becomes('True Suspended', 'Suspended');
    const { propagating, propagatedBy } = await lab.status();
    expect(propagating).toBe(4);
    expect(Date.parse(propagatedBy ?? '') - lab.clock.now()).toBeGreaterThan(14 * minute);
    expect(Date.parse(propagatedBy ?? '') - lab.clock.now()).toBeLessThanOrEqual(15 * minute + 1_000);
  });

  it('only says what it would do under Observe, and writes nothing while nothing changes', async () => {
    await make({ managementPolicy: 'Observe' });
    await lab.becomes('False ChangesPlanned');
    expect(lab.patches()).toEqual([]);
    const { plannedActions, plannedActionsTotal } = await lab.status();
    expect(plannedActionsTotal).toBe(4);
    expect(plannedActions?.[0]).toEqual({
      verb: 'PATCH',
      id: serverId('web-1'),
      because: 'associating server web-1',
    });
    expect(await lab.entries()).toEqual(new Map());
    lab.portal.moveServer(serverId('web-1'), scopeId);
    await lab.until(async () => (await lab.status()).associated === 1);
    await lab.clock.advance(20 * minute);
    const written = lab.kubernetes.writes().length;
    await lab.clock.advance(30 * minute);
    expect(lab.kubernetes.writes()).toHaveLength(written);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.patches()).toEqual([]);
  });

  describe('and its scope', () => {
    it('takes no server before the scope can serve it', async () => {
      const own = new ServersLab(smallSeed);
      await own.prepare(scopeObject());
      await own.associate();
      own.start();
      await own.until(async () => (await own.condition(own.scope('net'), 'ScopeReady')) === 'True Ready');
      expect(await own.state()).toBe('False WaitingForScope');
      expect(own.patches()).toEqual([]);
      await own.becomes('False WaitingForPropagation');
      expect((await own.scope('net'))?.status?.endpoints?.[0]?.connectionState).toBe('Approved');
      await own.stop();
    });

    it('waits for a scope that comes later, as in any order of a Git repository', async () => {
      await make({ scopeRef: { name: 'late' } });
      await lab.becomes('False ScopeNotFound');
      await lab.becomes('True ScopeNotFound', 'Stalled');
      await lab.kubernetes.create(
        scopes,
        scopeObject({ privateEndpoints: [], publicNetworkAccess: 'Enabled' }, 'late'),
      );
      await lab.becomes('True Ready');
      expect(String(lab.scopeOf('web-1'))).toMatch(/\/late$/);
    });

    it('lets public access be turned off only when no server is still propagating', async () => {
      const net = { namespace, name: 'net' };
      await make();
      await lab.becomes('False WaitingForPropagation');
      await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
      await lab.kubernetes.patch(scopes, net, { spec: { publicNetworkAccess: 'Disabled' } });
      await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'False WaitingForPropagation');
      const access = (): unknown => lab.portal.need(scopeId).properties['publicNetworkAccess'];
      await lab.clock.advance(5 * minute);
      expect(access()).toBe('Enabled');
      await lab.becomes('True Ready');
      await lab.until(() => access() === 'Disabled');
    });

    it('takes servers into a scope that nobody here manages, also one of another cluster', async () => {
      lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
      lab.portal.tag(otherScopeId, { 'arc-private-link-operator': 'another-cluster/elsewhere/other' });
      await make({ scopeRef: undefined, scopeResourceId: otherScopeId });
      await lab.becomes('True Ready');
      expect(lab.scopeOf('web-1')).toBe(otherScopeId);
      expect(await lab.status()).toMatchObject({ scope: otherScopeId, associated: 5, found: 1 });
    });

    it('refuses the id of a scope that an object of its own operator manages, and names the object', async () => {
      lab.portal.tag(otherScopeId, { 'arc-private-link-operator': 'cluster/elsewhere/other' });
      await make({ scopeRef: undefined, scopeResourceId: otherScopeId });
      await lab.becomes('False UseScopeRef');
      expect(await lab.state('Stalled')).toBe('True UseScopeRef');
      expect(await lab.message('Ready')).toContain('elsewhere/other');
      expect(lab.patches()).toEqual([]);
    });

    it('asks after a scope that cannot serve no more than once a minute, and takes servers when it can', async () => {
      await make({ scopeRef: undefined, scopeResourceId: otherScopeId });
      lab.portal.set(otherScopeId, { publicNetworkAccess: 'Disabled' });
      await lab.becomes('False ScopeCannotServe');
      const reads = (): number =>
        lab.world.exchanges.filter(({ path }) => path.startsWith(otherScopeId)).length;
      const before = reads();
      await lab.clock.advance(10 * minute);
      expect(reads() - before).toBeLessThanOrEqual(22);
      lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
      await lab.until(() => lab.scopeOf('web-1') === otherScopeId, 3 * minute);
    });

    it('moves its servers on when the scope is replaced, and reports none as moved away', async () => {
      await make();
      await lab.becomes('True Ready');
      await lab.kubernetes.patch(scopes, { namespace, name: 'net' }, { spec: { deletionPolicy: 'Retain' } });
      await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
      await lab.until(async () => (await lab.scope('net')) === undefined);
      await lab.kubernetes.create(
        scopes,
        scopeObject({ privateEndpoints: [], publicNetworkAccess: 'Enabled', azureName: 'net-new' }),
      );
      await lab.until(() => ours.every((name) => String(lab.scopeOf(name)).endsWith('/net-new')));
      await lab.clock.advance(minute);
      expect((await lab.events()).map(({ reason }) => reason)).toContain('MovedOn');
      expect(Object.values(await lab.phases())).not.toContain('Refused MovedAway');
      expect((await lab.status()).previousScopeIds).toBeUndefined();
    });

    it('takes its servers out of the scope that was replaced when it is deleted before they have moved on', async () => {
      await make();
      await lab.becomes('True Ready');
      await lab.kubernetes.patch(scopes, { namespace, name: 'net' }, { spec: { deletionPolicy: 'Retain' } });
      await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
      await lab.until(async () => (await lab.scope('net')) === undefined);
      const closed = { privateEndpoints: [], publicNetworkAccess: 'Disabled', azureName: 'net-new' };
      await lab.kubernetes.create(scopes, scopeObject(closed));
      await lab.until(async () => (await lab.status()).scopeId?.endsWith('/net-new') ?? false);
      await lab.dissociate();
      await lab.until(() => lab.gone());
      expect(ours.map((name) => lab.scopeOf(name))).toEqual(['', '', '', '']);
    });
  });

  it('wants new listings once for a request, and none when the request is taken back', async () => {
    await make();
    await lab.becomes('True Ready');
    const request = 'arcprivatelink.io/reconcile-requested-at';
    await lab.kubernetes.patch(associations, key, { metadata: { annotations: { [request]: 'now' } } });
    await lab.until(async () => (await lab.status()).lastHandledReconcileAt === 'now');
    await lab.kubernetes.patch(associations, key, { metadata: { annotations: { [request]: null } } });
    await lab.clock.advance(minute);
    const before = lab.listings();
    await lab.clock.advance(60 * minute);
    expect(lab.listings() - before).toBeLessThanOrEqual(18);
  });
});

describe('a look that a person asked for', () => {
  it.each([10, 300])(
    'is taken once, be the word %i characters long: listings stay shared',
    async (length) => {
      const lab = new ServersLab();
      await lab.prepare();
      await lab.associate();
      await lab.associate({ machines: { names: ['taken'] } }, 'second');
      lab.start();
      await lab.becomes('True Ready');
      const metadata = { annotations: { [reconcileRequestedAt]: 'x'.repeat(length) } };
      for (const name of ['servers', 'second']) {
        await lab.kubernetes.patch(associations, { namespace, name }, { metadata });
        await lab.clock.advance(2 * minute);
      }
      const before = lab.listings();
      await lab.clock.advance(60 * minute);
      expect(lab.listings() - before).toBeLessThanOrEqual(14);
      await lab.stop();
    },
  );
});

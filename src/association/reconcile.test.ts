import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, confirmRelease, scopes, slices } from '../api/resources.ts';
import { Laboratory, namespace } from '../../test/world/laboratory.ts';
import { associationObject, scopeObject } from '../../test/world/objects.ts';
import { plantServers } from '../../test/world/azure/seed.ts';
import { otherScopeId, scopeId, serverId, smallSeed, subscription } from '../../test/world/small-seed.ts';

const key = { namespace, name: 'servers' };
const minute = 60_000;

describe('an ArcServerAssociation', () => {
  let lab: Laboratory;
  beforeEach(async () => {
    lab = new Laboratory(smallSeed);
    await lab.createSecret();
    await lab.kubernetes.create(scopes, scopeObject());
  });
  afterEach(() => lab.stop());

  const state = (type = 'Ready', name = 'servers'): Promise<string> =>
    lab.condition(lab.association(name), type);
  const becomes = (wanted: string, type = 'Ready', name = 'servers'): Promise<void> =>
    lab.until(async () => (await state(type, name)) === wanted, 2 * 60 * minute);
  const make = async (more: Record<string, unknown> = {}): Promise<void> => {
    await lab.kubernetes.create(associations, associationObject(more));
    lab.start();
  };
  const patches = (): string[] =>
    lab.world.exchanges
      .filter(({ method }) => method === 'PATCH')
      .map(({ path }) => path.split('/').pop() ?? '');
  const scopeOf = (name: string): unknown =>
    lab.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];
  const phases = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      [...(await lab.entries())].map(([name, { phase, reason }]) => [
        name,
        reason ? `${phase} ${reason}` : phase,
      ]),
    );

  it('takes the servers that match, one PATCH and no GET each, and refuses the others for a stated reason', async () => {
    await make();
    await becomes('False WaitingForPropagation');
    expect(patches().sort()).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);
    expect(
      lab.world.exchanges.filter(({ method, path }) => method === 'GET' && path.includes('/machines/')),
    ).toEqual([]);
    expect(scopeOf('web-1')).toBe(scopeId);
    expect(scopeOf('taken')).toBe(otherScopeId);
    expect(await phases()).toEqual({
      abroad: 'Refused RegionMismatch',
      taken: 'Refused InOtherScope',
      'web-1': 'Propagating',
      'web-2': 'Propagating',
      'web-3': 'Propagating',
      'web-4': 'Propagating',
    });
  });

  it('is ready when the wait of fifteen minutes is over, and not a second before', async () => {
    await make();
    await becomes('False WaitingForPropagation');
    const { since } = (await lab.entries()).get('web-1') ?? { since: '' };
    expect((await lab.association('servers'))?.status?.propagatedBy).toBeDefined();
    await becomes('True Ready');
    expect(lab.clock.now() - Date.parse(since)).toBeGreaterThanOrEqual(15 * minute);
    expect((await lab.association('servers'))?.status).toMatchObject({
      selected: 6,
      associated: 4,
      propagated: 4,
      propagating: 0,
      refused: 2,
      rolledOutGeneration: 1,
    });
    expect(await state('Complete')).toBe('False ServersNeedAttention');
    expect((await lab.association('servers'))?.status?.exceptions?.map(({ reason }) => reason)).toEqual([
      'RegionMismatch',
      'InOtherScope',
    ]);
  });

  it('takes no server before the scope can serve it', async () => {
    await make();
    await lab.until(async () => (await lab.condition(lab.scope('net'), 'ScopeReady')) === 'True Ready');
    expect(await state()).toBe('False WaitingForScope');
    expect(patches()).toEqual([]);
    await becomes('False WaitingForPropagation');
    expect((await lab.scope('net'))?.status?.endpoints?.[0]?.connectionState).toBe('Approved');
  });

  it('does not begin a wait anew when the operator is started again', async () => {
    await make();
    await becomes('False WaitingForPropagation');
    const before = (await lab.entries()).get('web-1')?.since;
    await lab.clock.advance(10 * minute);
    await lab.stop();
    lab.start();
    await lab.clock.advance(4 * minute);
    expect((await lab.entries()).get('web-1')).toMatchObject({ phase: 'Propagating', since: before });
    await lab.clock.advance(2 * minute);
    expect((await lab.entries()).get('web-1')?.phase).toBe('Propagated');
    expect(patches()).toHaveLength(4);
  });

  it('writes nothing, to Azure or to Kubernetes, once it is settled', async () => {
    await make();
    await becomes('True Ready');
    await lab.clock.advance(2 * minute);
    const [azure, kubernetes] = [lab.world.writes().length, lab.kubernetes.writes().length];
    await lab.clock.advance(45 * minute);
    expect(lab.world.writes()).toHaveLength(azure);
    expect(lab.kubernetes.writes()).toHaveLength(kubernetes);
  });

  it('takes servers that come to match later, and stays ready meanwhile', async () => {
    await make();
    await becomes('True Ready');
    plantServers(lab.world, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'late',
      location: 'westeurope',
      tags: { SITE: 'plant' },
    });
    await lab.until(async () => (await phases())['late'] === 'Propagating');
    expect(await state()).toBe('True Ready');
    expect(await state('Propagated')).toBe('False Propagating');
    await becomes('True Propagated', 'Propagated');
  });

  it('puts a server back that someone took out of the scope', async () => {
    await make();
    await becomes('True Ready');
    lab.portal.moveServer(serverId('web-2'), '');
    await lab.until(() => scopeOf('web-2') === scopeId);
    await lab.clock.advance(minute);
    expect((await lab.events()).map(({ reason }) => reason)).toContain('PutBack');
  });

  it('reports a server that someone moved to another scope, and does not touch it', async () => {
    await make();
    await becomes('True Ready');
    const before = patches().length;
    lab.portal.moveServer(serverId('web-2'), otherScopeId);
    await lab.until(async () => (await phases())['web-2'] === 'Refused MovedAway');
    await lab.clock.advance(60 * minute);
    expect(patches()).toHaveLength(before);
    expect(scopeOf('web-2')).toBe(otherScopeId);
  });

  it('takes a server back at most twice an hour under Move, then says Contested', async () => {
    await make({ conflictPolicy: 'Move' });
    await lab.until(() => scopeOf('taken') === scopeId);
    for (let time = 0; time < 2; time += 1) {
      lab.portal.moveServer(serverId('web-2'), otherScopeId);
      await lab.until(() => scopeOf('web-2') === scopeId);
    }
    lab.portal.moveServer(serverId('web-2'), otherScopeId);
    await lab.until(async () => (await phases())['web-2'] === 'Refused Contested');
    expect(scopeOf('web-2')).toBe(otherScopeId);
  });

  it('begins the wait anew for a server that was onboarded again', async () => {
    await make();
    await becomes('True Ready');
    lab.portal.set(serverId('web-1'), { vmId: 'another' });
    await lab.until(async () => (await phases())['web-1'] === 'Propagating');
    expect(patches()).toHaveLength(4);
  });

  it('shows the wait once more when its slices are lost, and touches nothing in Azure', async () => {
    await make();
    await becomes('True Ready');
    const before = patches().length;
    for (const { metadata } of (await lab.kubernetes.list(slices, { namespace })).items)
      await lab.kubernetes.delete(slices, { namespace, name: metadata.name });
    await lab.until(async () => (await phases())['web-1'] === 'Propagating');
    expect(patches()).toHaveLength(before);
  });

  it('reports a policy that rewrites the scope, and does not fight it', async () => {
    await lab.kubernetes.create(associations, associationObject());
    lab.start();
    await lab.until(
      async () => (await lab.condition(lab.scope('net'))) === 'True Ready' || patches().length > 0,
    );
    lab.world.overrides.machineScope = otherScopeId;
    plantServers(lab.world, {
      subscriptionId: subscription,
      resourceGroup: 'rg',
      name: 'odd',
      location: 'westeurope',
      tags: { site: 'plant' },
    });
    await lab.until(
      async () =>
        (await phases())['odd'] === 'Failed OverriddenByPolicy' ||
        (await phases())['odd'] === 'Refused InOtherScope',
    );
    const before = patches().filter((name) => name === 'odd').length;
    await lab.clock.advance(30 * minute);
    expect(patches().filter((name) => name === 'odd')).toHaveLength(before);
  });

  it('names servers that do not exist, and is ready all the same', async () => {
    await make({ machines: { names: ['web-1', 'ghost'] } });
    await becomes('True Ready');
    expect((await lab.association('servers'))?.status?.exceptions).toMatchObject([
      { id: 'ghost', reason: 'ServerNotFound' },
    ]);
  });

  it('is ready with nothing selected, and says so', async () => {
    await make({ machines: { names: ['ghost'] } });
    await becomes('True Ready');
    expect(await state('MachinesSelected')).toBe('False NoneMatched');
  });

  it('takes servers into a scope that nobody here manages', async () => {
    await make({ scopeRef: undefined, scopeResourceId: otherScopeId });
    await becomes('True Ready');
    expect(scopeOf('web-1')).toBe(otherScopeId);
    expect((await lab.association('servers'))?.status).toMatchObject({ scope: otherScopeId, associated: 5 });
  });

  it('refuses the id of a scope that an object manages, and names the object', async () => {
    lab.portal.tag(otherScopeId, { 'arc-private-link-operator': 'cluster/elsewhere/other' });
    await make({ scopeRef: undefined, scopeResourceId: otherScopeId });
    await becomes('False UseScopeRef');
    expect(await state('Stalled')).toBe('True UseScopeRef');
    expect(patches()).toEqual([]);
  });

  it('waits for a scope that comes later, as in any order of a Git repository', async () => {
    await make({ scopeRef: { name: 'late' } });
    await becomes('False ScopeNotFound');
    await lab.until(async () => (await state('Stalled')) === 'True ScopeNotFound');
    await lab.kubernetes.create(
      scopes,
      scopeObject({ privateEndpoints: [], publicNetworkAccess: 'Enabled' }, 'late'),
    );
    await becomes('True Ready');
    expect(String(scopeOf('web-1'))).toMatch(/\/late$/);
  });

  it('lets public access be turned off only when no server is still propagating', async () => {
    const net = { namespace, name: 'net' };
    await lab.kubernetes.patch(scopes, net, { spec: { publicNetworkAccess: 'Enabled' } });
    await make();
    await becomes('False WaitingForPropagation');
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
    await lab.kubernetes.patch(scopes, net, { spec: { publicNetworkAccess: 'Disabled' } });
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'False WaitingForPropagation');
    const access = (): unknown => lab.portal.need(scopeId).properties['publicNetworkAccess'];
    await lab.clock.advance(5 * minute);
    expect(access()).toBe('Enabled');
    await becomes('True Ready');
    await lab.until(() => access() === 'Disabled');
  });

  it('does nothing while it is suspended, and releases nothing when it is deleted then', async () => {
    await make();
    await becomes('True Ready');
    await lab.kubernetes.patch(associations, key, { spec: { suspend: true } });
    await lab.until(async () => (await state('Suspended')) === 'True Suspended');
    lab.portal.moveServer(serverId('web-1'), '');
    const before = patches().length;
    await lab.clock.advance(30 * minute);
    expect(await state()).toBe('True Ready');
    await lab.kubernetes.delete(associations, key);
    await lab.until(async () => (await lab.association('servers')) === undefined);
    expect(patches()).toHaveLength(before);
    expect(scopeOf('web-2')).toBe(scopeId);
  });

  it('says which right is missing, touches no server twice for it, and goes on when it is granted', async () => {
    lab.world.rules.forbid('Microsoft.HybridCompute/machines/write');
    await make();
    await becomes('False AuthorizationFailed');
    expect((await lab.association('servers'))?.status?.conditions?.[0]?.message).toContain(
      'Microsoft.HybridCompute/machines/write',
    );
    lab.world.rules.permit('Microsoft.HybridCompute/machines/write');
    await becomes('True Ready');
  });

  describe('with another association', () => {
    it('leaves a server that both select to the older one', async () => {
      await lab.kubernetes.create(associations, associationObject({}, 'older'));
      lab.start();
      await becomes('False WaitingForPropagation', 'Ready', 'older');
      await lab.kubernetes.create(associations, associationObject({ machines: { names: ['web-1'] } }));
      await becomes('True Ready');
      expect((await lab.association('servers'))?.status?.exceptions).toMatchObject([
        { reason: 'HeldByAssociation', message: expect.stringContaining('lab/older') },
      ]);
      expect(patches().filter((name) => name === 'web-1')).toHaveLength(1);
    });

    it('hands servers over without a PATCH when the holder goes', async () => {
      await lab.kubernetes.create(associations, associationObject({}, 'older'));
      lab.start();
      await becomes('True Ready', 'Ready', 'older');
      await lab.kubernetes.create(associations, associationObject());
      await becomes('True Ready');
      const before = patches().length;
      await lab.kubernetes.delete(associations, { namespace, name: 'older' });
      await lab.until(
        async () =>
          (await lab.association('older')) === undefined &&
          (await lab.association('servers'))?.status?.associated === 4,
      );
      expect(patches()).toHaveLength(before);
      expect(scopeOf('web-1')).toBe(scopeId);
    });
  });

  describe('releases', () => {
    const narrow = async (names: string[]): Promise<unknown> =>
      await lab.kubernetes.patch(associations, key, { spec: { machines: { tagSelector: null, names } } });

    it('a server that leaves the selection, after two complete listings', async () => {
      await make();
      await becomes('True Ready');
      await narrow(['web-1', 'web-2', 'web-3']);
      const listings = (): number =>
        lab.world.exchanges.filter(({ method, path }) => method === 'GET' && path.endsWith('/machines'))
          .length;
      const before = listings();
      await lab.until(() => scopeOf('web-4') === '');
      expect(listings() - before).toBeGreaterThanOrEqual(2);
      expect(scopeOf('taken')).toBe(otherScopeId);
      await lab.until(async () => (await phases())['web-4'] === undefined);
    });

    it('never a server that it did not hold', async () => {
      lab.portal.moveServer(serverId('office'), scopeId);
      await make();
      await becomes('True Ready');
      await lab.clock.advance(30 * minute);
      expect(scopeOf('office')).toBe(scopeId);
    });

    it('nothing when more would go than is usual, until a person confirms the count', async () => {
      plantServers(lab.world, {
        subscriptionId: subscription,
        resourceGroup: 'rg',
        name: 'many',
        count: 20,
        location: 'westeurope',
        tags: { site: 'plant' },
      });
      await make();
      await becomes('True Ready');
      await narrow(['web-1']);
      await becomes('False MassReleaseBlocked', 'Complete');
      await lab.clock.advance(30 * minute);
      expect(scopeOf('many-01')).toBe(scopeId);
      const message = (await lab.association('servers'))?.status?.conditions?.find(
        ({ type }) => type === 'Complete',
      )?.message;
      expect(message).toContain(`${confirmRelease}=23`);
      await lab.kubernetes.patch(associations, key, {
        metadata: { annotations: { [confirmRelease]: '23' } },
      });
      await lab.until(() => scopeOf('many-01') === '' && scopeOf('many-20') === '');
      expect(scopeOf('web-1')).toBe(scopeId);
    });
  });

  describe('when it is deleted', () => {
    it('takes its servers out of the scope and no other', async () => {
      await make();
      await becomes('True Ready');
      await lab.kubernetes.delete(associations, key);
      await lab.until(async () => (await lab.association('servers')) === undefined);
      expect(['web-1', 'web-2', 'web-3', 'web-4'].map(scopeOf)).toEqual(['', '', '', '']);
      expect(scopeOf('taken')).toBe(otherScopeId);
      expect((await lab.kubernetes.list(slices, { namespace })).items).toEqual([]);
    });

    it('leaves them there with deletionPolicy Retain', async () => {
      await make({ deletionPolicy: 'Retain' });
      await becomes('True Ready');
      await lab.kubernetes.delete(associations, key);
      await lab.until(async () => (await lab.association('servers')) === undefined);
      expect(scopeOf('web-1')).toBe(scopeId);
    });

    it('blocks its scope while it lives, and lets name resolution go first when both go', async () => {
      const before = lab.portal.picture();
      await make();
      await becomes('True Ready');
      await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
      await lab.until(
        async () => (await lab.condition(lab.scope('net'), 'DeletionBlocked')) === 'True AssociationsExist',
      );
      expect(scopeOf('web-1')).toBe(scopeId);
      const mark = lab.world.exchanges.length;
      await lab.kubernetes.delete(associations, key);
      await lab.until(
        async () =>
          (await lab.scope('net')) === undefined && (await lab.association('servers')) === undefined,
      );
      const order = lab.world.exchanges
        .slice(mark)
        .filter(({ method, status }) => ['DELETE', 'PATCH'].includes(method) && status < 300)
        .map(({ type }) => type.split('/').pop());
      expect(order.indexOf('privatednszonegroups')).toBeLessThan(order.indexOf('privateendpoints'));
      expect(order.indexOf('machines')).toBeLessThan(order.indexOf('privateendpoints'));
      expect(lab.portal.picture()).toEqual(before);
    });
  });
});

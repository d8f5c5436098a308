import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes, slices } from '../api/resources.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId, serverId } from '../../test/world/small-seed.ts';

const minute = 60_000;
const net = { namespace, name: 'net' };
const ours = ['web-1', 'web-2', 'web-3', 'web-4'];

describe('an association that is deleted', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
  });
  afterEach(() => lab.stop());

  const make = async (more: Record<string, unknown> = {}): Promise<void> => {
    await lab.associate(more);
    lab.start();
    await lab.becomes('True Ready');
  };
  const scopes4 = (): unknown[] => ours.map((name) => lab.scopeOf(name));

  it('takes its servers out of the scope and no other', async () => {
    await make();
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(scopes4()).toEqual(['', '', '', '']);
    expect(lab.scopeOf('taken')).toBe(otherScopeId);
    expect((await lab.kubernetes.list(slices, { namespace })).items).toEqual([]);
  });

  it('leaves them there with deletionPolicy Retain, also when that is said only while it waits', async () => {
    await make();
    lab.world.rules.forbid('Microsoft.HybridCompute/machines/write');
    await lab.dissociate();
    await lab.becomes('False AuthorizationFailed');
    await lab.change({ deletionPolicy: 'Retain' });
    await lab.until(() => lab.gone());
    expect(scopes4()).toEqual([scopeId, scopeId, scopeId, scopeId]);
    expect((await lab.kubernetes.list(slices, { namespace })).items).toEqual([]);
  });

  it('lists each subscription about once a minute and not once a batch, however many servers there are', async () => {
    lab.plant('many', { count: 600 });
    await make();
    const before = lab.listings();
    const startMs = lab.clock.now();
    await lab.dissociate();
    await lab.until(() => lab.gone());
    const pages = 7;
    expect((lab.listings() - before) / pages).toBeLessThanOrEqual((lab.clock.now() - startMs) / minute + 2);
    expect(lab.world.exchanges.filter(({ status }) => status === 429)).toEqual([]);
    expect(lab.scopeOf('many-600')).toBe('');
  }, 60_000);

  it('releases its servers also in foreground deletion, which takes what it owns first', async () => {
    await make();
    await lab.kubernetes.deleteInForeground(associations, { namespace, name: 'servers' });
    await lab.until(() => lab.gone());
    expect(scopes4()).toEqual(['', '', '', '']);
    expect((await lab.kubernetes.list(slices, { namespace })).items).toEqual([]);
  });

  it('releases its servers also when its namespace goes and takes the slices at the same time', async () => {
    await make();
    await lab.stop();
    for (const { metadata } of (await lab.kubernetes.list(slices, { namespace })).items)
      await lab.kubernetes.delete(slices, { namespace, name: metadata.name });
    await lab.dissociate();
    lab.start();
    await lab.until(() => lab.gone());
    expect(scopes4()).toEqual(['', '', '', '']);
    expect((await lab.kubernetes.list(slices, { namespace })).items).toEqual([]);
  });

  it('leaves no slice behind that would hold its namespace up when a person takes its finalizer off', async () => {
    await make();
    await lab.stop();
    await lab.dissociate();
    const key = { namespace, name: 'servers' };
    await lab.kubernetes.patch(associations, key, { metadata: { finalizers: [] } });
    expect((await lab.kubernetes.list(slices, { namespace })).items).toHaveLength(1);
    lab.start();
    await lab.until(async () => (await lab.kubernetes.list(slices, { namespace })).items.length === 0);
    expect(scopes4()).toEqual([scopeId, scopeId, scopeId, scopeId]);
  });

  it('waits for the scope’s name resolution to go when the scope is deleted first, even a blocked one', async () => {
    await make();
    await lab.kubernetes.delete(scopes, net);
    await lab.until(
      async () => (await lab.condition(lab.scope('net'), 'DeletionBlocked')) === 'True AssociationsExist',
    );
    await lab.stop();
    // Another association keeps the scope blocked: its names resolve for as long as that lasts.
    await lab.associate({ machines: { names: ['nobody'] } }, 'another');
    lab.start();
    await lab.dissociate();
    await lab.becomes('False WaitingForNameResolution');
    expect(await lab.message('Ready')).toContain('AssociationsExist');
    await lab.clock.advance(30 * minute);
    expect(scopes4()).toEqual([scopeId, scopeId, scopeId, scopeId]);
    await lab.dissociate('another');
    await lab.until(async () => (await lab.gone()) && (await lab.scope('net')) === undefined);
    expect(scopes4()).toEqual(['', '', '', '']);
  });

  it('does not wait for a scope that leaves Azure as it is', async () => {
    await make();
    await lab.stop();
    await lab.kubernetes.patch(scopes, net, { spec: { suspend: true } });
    await lab.kubernetes.delete(scopes, net);
    await lab.dissociate();
    lab.start();
    await lab.until(() => lab.gone());
    expect(scopes4()).toEqual(['', '', '', '']);
  });
});

describe('a scope and its association that are deleted together', () => {
  it('let name resolution go first, then the servers, then the endpoints', async () => {
    const lab = new ServersLab();
    const before = lab.portal.picture();
    await lab.prepare(scopeObject());
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.kubernetes.delete(scopes, net);
    await lab.until(
      async () => (await lab.condition(lab.scope('net'), 'DeletionBlocked')) === 'True AssociationsExist',
    );
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    const mark = lab.world.exchanges.length;
    await lab.dissociate();
    await lab.until(async () => (await lab.scope('net')) === undefined && (await lab.gone()));
    const order = lab.world.exchanges
      .slice(mark)
      .filter(({ method, status }) => ['DELETE', 'PATCH'].includes(method) && status < 300)
      .map(({ type }) => type.split('/').pop());
    expect(order.lastIndexOf('privatednszonegroups')).toBeLessThan(order.indexOf('machines'));
    expect(order.lastIndexOf('machines')).toBeLessThan(order.indexOf('privateendpoints'));
    expect(lab.portal.picture()).toEqual(before);
    await lab.stop();
  });
});

describe('a server that someone moves while its association is deleted', () => {
  it('stays where it was moved to', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.clock.advance(2 * minute);
    lab.portal.moveServer(serverId('web-1'), otherScopeId);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.scopeOf('web-1')).toBe(otherScopeId);
    await lab.stop();
  });
});

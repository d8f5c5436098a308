import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseNameOf } from './shard.ts';
import { associations, scopes } from './api/resources.ts';
import type { ArcServerAssociation } from './api/types.ts';
import { parseLabelSelector } from './base/label-selector.ts';
import { namespace } from '../test/world/laboratory.ts';
import { associationObject, scopeObject } from '../test/world/objects.ts';
import { ServersLab } from '../test/world/servers.ts';
import { scopeId } from '../test/world/small-seed.ts';

const selectors = ['!shard', 'shard=a', 'shard in (b,c)'];
const open = { privateEndpoints: [], publicNetworkAccess: 'Enabled' };

function ofShard(shard: string, object: ArcServerAssociation): ArcServerAssociation {
  return { ...object, metadata: { ...object.metadata, labels: { shard } } };
}

describe('three operators on one estate', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
    await lab.kubernetes.create(scopes, scopeObject(open, 'second'));
  });
  afterEach(() => lab.stop());

  const create = async (shard: string, more: Record<string, unknown>, name: string): Promise<void> => {
    await lab.kubernetes.create(associations, ofShard(shard, associationObject(more, name)));
    await lab.clock.advance(2_000);
  };
  const start = (...shards: readonly string[]): void => {
    for (const selector of shards) lab.start(undefined, [`--watch-label-selector=${selector}`]);
  };
  const startAll = (): void => start(...selectors);
  const names = { machines: { names: ['web-1', 'office'] }, scopeRef: { name: 'second' } };
  const patchesOf = (server: string): number => lab.patches().filter((name) => name === server).length;

  it('bring each its own servers into scopes that another one makes', async () => {
    await create('a', {}, 'plant');
    await create('c', { ...names, machines: { names: ['office'] } }, 'office');
    startAll();
    await lab.becomes('True Ready', 'Ready', 'plant');
    await lab.becomes('True Ready', 'Ready', 'office');
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    expect(String(lab.scopeOf('office'))).toMatch(/\/second$/);
    expect(lab.patches().length).toBe(new Set(lab.patches()).size);
  });

  it('leave a server that two shards select to the older association, also when its operator comes last', async () => {
    await create('b', {}, 'plant');
    await create('a', names, 'named');
    const [main = '', first = '', last = ''] = selectors;
    start(main, first);
    await lab.until(() => patchesOf('office') === 1);
    await lab.clock.advance(60_000);
    expect(patchesOf('web-1')).toBe(0);
    start(last);
    await lab.becomes('True Ready', 'Ready', 'plant');
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    await lab.becomes('True Ready', 'Ready', 'named');
    expect(patchesOf('web-1')).toBe(1);
    expect((await lab.status('named')).exceptions).toMatchObject([
      { reason: 'HeldByAssociation', message: expect.stringContaining('lab/plant') },
    ]);
  });

  it('delete no scope that an association of another shard refers to', async () => {
    await create('a', {}, 'plant');
    startAll();
    await lab.becomes('True Ready', 'Ready', 'plant');
    await lab.kubernetes.delete(scopes, { namespace, name: 'net' });
    await lab.clock.advance(60_000);
    expect(await lab.condition(lab.scope('net'), 'DeletionBlocked')).toMatch(/^True/);
    await lab.kubernetes.delete(associations, { namespace, name: 'plant' });
    await lab.until(async () => (await lab.scope('net')) === undefined);
    expect(lab.scopeOf('web-1')).toBe('');
  });

  it('leave alone what no shard has, and take it up within seconds when it gets a label', async () => {
    await create('nobody', {}, 'plant');
    startAll();
    await lab.clock.advance(20 * 60_000);
    expect(await lab.status('plant')).toEqual({ observedGeneration: -1 });
    expect(lab.patches()).toEqual([]);
    const key = { namespace, name: 'plant' };
    await lab.kubernetes.patch(associations, key, { metadata: { labels: { shard: 'b' } } });
    await lab.clock.advance(10_000);
    expect(patchesOf('web-1')).toBe(1);
    await lab.kubernetes.patch(associations, key, { metadata: { labels: { shard: 'a' } } });
    await lab.becomes('True Ready', 'Ready', 'plant');
    expect(patchesOf('web-1')).toBe(1);
  });
});

describe('the Lease of a shard', () => {
  it('is named by its selector, and the fixed one where there is none', () => {
    const names = ['', ...selectors].map((text) => leaseNameOf(parseLabelSelector(text)!));
    expect(names[0]).toBe('arc-private-link-operator');
    expect(new Set(names).size).toBe(4);
    for (const name of names.slice(1)) expect(name).toMatch(/^arc-private-link-operator-[0-9a-f]{8}$/);
  });
});

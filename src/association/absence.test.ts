import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServersLab } from '../../test/world/servers.ts';
import { scopeId, serverId, smallSeed, subscription } from '../../test/world/small-seed.ts';

const minute = 60_000;
const second = '00000000-0000-0000-0000-00000000000b';
const idIn = (name: string): string => serverId(name).replace(subscription, second);

describe('servers that a listing lacks', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
  });
  afterEach(() => lab.stop());

  const asked = (name: string): number =>
    lab.machineCalls('GET').filter(({ path }) => path.endsWith(`/machines/${name}`)).length;

  it('are forgotten one by one when Azure says that they are gone, after one question each', async () => {
    lab.portal.delete(serverId('web-1'));
    await lab.until(async () => (await lab.phases())['web-1'] === undefined);
    expect(asked('web-1')).toBe(1);
    expect(await lab.status()).toMatchObject({ selected: 5, associated: 3 });
    expect(await lab.state('Complete')).toBe('False ServersNeedAttention');
  });

  it('are kept and named when the identity may no longer read them', async () => {
    lab.world.rules.hide(serverId('web-1'));
    await lab.until(async () =>
      Boolean((await lab.status()).exceptions?.some(({ reason }) => reason === 'NotVisible')),
    );
    await lab.clock.advance(60 * minute);
    expect((await lab.phases())['web-1']).toBe('Propagated');
    expect(asked('web-1')).toBeLessThanOrEqual(16);
    lab.world.rules.show(serverId('web-1'));
    await lab.until(
      async () => !(await lab.status()).exceptions?.some(({ reason }) => reason === 'NotVisible'),
    );
    expect(lab.patches()).toHaveLength(4);
  });

  it('keep nobody waiting when they go out of sight before their wait is over', async () => {
    lab.plant('late', { count: 2 });
    await lab.change({ conflictPolicy: 'Move' });
    await lab.until(async () => (await lab.phases())['late-1'] === 'Propagating');
    lab.world.rules.hide(serverId('late-1'));
    await lab.until(async () => (await lab.phases())['late-2'] === 'Propagated');
    await lab.becomes('True Ready');
    expect((await lab.phases())['late-1']).toBe('Propagating');
    expect(await lab.state('Propagated')).toBe('False Propagating');
  });

  it('are kept when the listing only lags', async () => {
    lab.world.quirks.listed = (type, found) =>
      type.endsWith('/machines') ? found.filter(({ name }) => name !== 'web-1') : found;
    await lab.clock.advance(30 * minute);
    expect((await lab.phases())['web-1']).toBe('Propagated');
    expect(lab.patches()).toHaveLength(4);
  });

  it('are all kept when too many are missing for the listing to be believed, and that is said', async () => {
    lab.world.quirks.listed = (type, found) =>
      type.endsWith('/machines') ? found.filter(({ name }) => name === 'web-1') : found;
    await lab.becomes('False ListingIncomplete', 'Complete');
    const before = await lab.entries();
    await lab.clock.advance(60 * minute);
    expect(await lab.entries()).toEqual(before);
    expect(await lab.state()).toBe('True Ready');
    expect(await lab.message('Complete')).toContain(subscription);
    expect(asked('web-2')).toBe(0);
    lab.world.quirks.listed = (_, found) => found;
    await lab.becomes('False ServersNeedAttention', 'Complete');
    expect(lab.patches()).toHaveLength(4);
  });

  it('release nothing while the listing is not believed', async () => {
    lab.world.quirks.listed = (type, found) =>
      type.endsWith('/machines') ? found.filter(({ name }) => name === 'web-1') : found;
    await lab.select(['web-2', 'web-3', 'web-4', 'taken']);
    await lab.becomes('False ListingIncomplete', 'Complete');
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  it('are asked for and forgotten when a person says that they are gone for good', async () => {
    for (const name of ['web-1', 'web-2', 'web-3']) lab.portal.delete(serverId(name));
    await lab.becomes('False ListingIncomplete', 'Complete');
    await lab.clock.advance(10 * minute);
    expect((await lab.status()).associated).toBe(4);
    await lab.confirm();
    await lab.until(async () => (await lab.status()).associated === 1);
    expect(asked('web-1')).toBe(1);
  });

  it('are asked for at deletion, which lets go what is gone and what it may not see it waits for', async () => {
    lab.portal.delete(serverId('web-1'));
    lab.portal.delete(serverId('web-2'));
    lab.world.rules.hide(serverId('web-3'));
    await lab.dissociate();
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.message('Ready')).toContain('web-3');
    expect(await lab.message('Ready')).not.toContain('web-1');
    expect(lab.scopeOf('web-4')).toBe('');
    lab.world.rules.show(serverId('web-3'));
    await lab.until(() => lab.gone());
    expect(lab.scopeOf('web-3')).toBe('');
  });
});

describe('with a second subscription', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    const group = { subscriptionId: second, name: 'rg' };
    lab = new ServersLab({ ...smallSeed, resourceGroups: [...smallSeed.resourceGroups, group] });
    lab.plant('far', { count: 3, subscriptionId: second });
    await lab.prepare();
    await lab.associate({
      machines: {
        subscriptionIds: [subscription, second],
        tagSelector: { matchTags: { site: 'plant' } },
      },
    });
    lab.start();
    await lab.becomes('True Ready');
  });
  afterEach(() => lab.stop());

  const passes = (): number =>
    lab.kubernetes.calls.filter(({ verb, kind }) => verb === 'get' && kind === 'ArcPrivateLinkScope').length;
  const far = (name: string): unknown => lab.portal.need(idIn(name)).properties['privateLinkScopeResourceId'];

  for (const [what, break_, reason] of [
    ['forbidden', () => lab.world.rules.hide(`/subscriptions/${second}`), 'AuthorizationFailed'],
    ['vanished', () => lab.world.rules.vanish(second), 'SubscriptionNotFound'],
  ] as const) {
    it(`keeps the servers of one that is ${what}, names it, and goes on with the rest`, async () => {
      break_();
      await lab.becomes(`False ${reason}`, 'Complete');
      expect(await lab.message('Complete')).toContain(second);
      lab.portal.moveServer(serverId('web-1'), '');
      lab.plant('late');
      await lab.until(() => lab.scopeOf('web-1') === scopeId && lab.scopeOf('late') === scopeId);
      expect(await lab.state()).toBe('True Ready');
      expect((await lab.phases())['far-1']).toBe('Propagated');
      const before = passes();
      await lab.clock.advance(60 * minute);
      expect(passes() - before).toBeLessThanOrEqual(200);
    });

    it(`releases the rest at deletion, and waits for the servers of one that is ${what}`, async () => {
      break_();
      await lab.dissociate();
      await lab.becomes(`False ${reason}`);
      expect(await lab.message('Ready')).toContain('far-1');
      expect(lab.scopeOf('web-1')).toBe('');
      const before = passes();
      await lab.clock.advance(60 * minute);
      expect(passes() - before).toBeLessThanOrEqual(200);
      expect(await lab.gone()).toBe(false);
      lab.world.rules.show(`/subscriptions/${second}`);
      lab.world.rules.reappear(second);
      await lab.until(() => lab.gone());
      expect(far('far-1')).toBe('');
    });
  }

  it('lets the servers go whose resource group is gone', async () => {
    lab.portal.delete(`/subscriptions/${second}/resourceGroups/rg`);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(lab.scopeOf('web-1')).toBe('');
  });

  it('stays Ready when a listing is throttled for a while', async () => {
    lab.world.onRequest = (request) =>
      request.url.pathname.includes(second)
        ? { status: 429, headers: { 'retry-after': '120' }, body: '' }
        : undefined;
    await lab.clock.advance(10 * minute);
    expect(await lab.state()).toBe('True Ready');
    expect(await lab.message('MachinesSelected')).toContain('Not read anew');
    const { length } = lab.world.exchanges.filter(({ path, atMs }) => path.includes(second) && atMs > 0);
    lab.world.onRequest = undefined;
    await lab.becomes('True Matched', 'MachinesSelected');
    await lab.until(async () => !(await lab.message('MachinesSelected')).includes('Not read anew'));
    expect(length).toBeLessThan(60);
  });
});

describe('a subscription of many associations', () => {
  it('is listed once for all of them', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    for (const name of ['web-1', 'web-2', 'web-3', 'web-4'])
      await lab.associate({ machines: { names: [name] } }, `own-${name}`);
    lab.start();
    for (const name of ['web-1', 'web-2', 'web-3', 'web-4'])
      await lab.becomes('True Ready', 'Ready', `own-${name}`);
    const before = lab.listings();
    await lab.clock.advance(60 * minute);
    expect(lab.listings() - before).toBeLessThanOrEqual(20);
    await lab.stop();
  });
});

import { describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { secrets } from '../identity/resources.ts';
import { namespace, secretData } from '../../test/world/laboratory.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId, serverId, smallSeed, subscription } from '../../test/world/small-seed.ts';

const minute = 60_000;
const ours = ['web-1', 'web-2', 'web-3', 'web-4'];
const open = { privateEndpoints: [], publicNetworkAccess: 'Enabled' };

describe('servers that another association still holds', () => {
  it('stay in the scope when the one that took them over is deleted, also while the other is suspended', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate({}, 'prod');
    lab.start();
    await lab.becomes('True Ready', 'Ready', 'prod');
    await lab.change({ suspend: true }, 'prod');
    await lab.clock.advance(minute);
    await lab.associate({}, 'test');
    await lab.becomes('True Ready', 'Ready', 'test');
    await lab.dissociate('test');
    await lab.until(() => lab.gone('test'));
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(ours.map(() => scopeId));
    await lab.stop();
  });

  it.each([1, 2, 3])(
    'are not moved to another scope because its listing number %i after a start was refused once',
    async (which) => {
      const lab = new ServersLab();
      await lab.prepare();
      const data = secretData({ AZURE_CLIENT_ID: '33333333-3333-3333-3333-333333333333' });
      await lab.kubernetes.create(secrets, { metadata: { namespace, name: 'own' }, data });
      await lab.kubernetes.create(scopes, scopeObject(open, 'second'));
      await lab.associate({ credentialsSecretRef: { name: 'own' } }, 'holder');
      lab.start();
      await lab.becomes('True Ready', 'Ready', 'holder');
      await lab.associate({ scopeRef: { name: 'second' }, conflictPolicy: 'Move' }, 'mover');
      await lab.clock.advance(30 * minute);
      await lab.stop();
      const before = lab.patches().length;
      let listed = 0;
      lab.world.onRequest = ({ method, url }) => {
        if (method !== 'GET' || !url.pathname.endsWith('/machines') || (listed += 1) !== which)
          return undefined;
        const error = { code: 'AuthorizationFailed', message: 'The client may not list machines.' };
        return { status: 403, headers: {}, body: JSON.stringify({ error }) };
      };
      lab.start();
      await lab.clock.advance(10 * minute);
      expect(lab.patches()).toHaveLength(before);
      expect(ours.map((name) => lab.scopeOf(name))).toEqual(ours.map(() => scopeId));
      await lab.stop();
    },
  );
});

describe('a confirmation', () => {
  it('that servers are gone is none that as many may be released', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    lab.plant('many', { count: 20 });
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.clock.advance(130 * minute);
    const many = Array.from({ length: 15 }, (_, index) => `many-${String(index + 1).padStart(2, '0')}`);
    for (const name of many) lab.world.rules.hide(serverId(name));
    await lab.becomes('False ListingIncomplete', 'Complete');
    await lab.confirm();
    await lab.clock.advance(30 * minute);
    for (const name of many) lab.world.rules.show(serverId(name));
    await lab.clock.advance(120 * minute);
    for (const name of many) lab.portal.tag(serverId(name), { site: 'plnat' });
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    expect(many.filter((name) => lab.scopeOf(name) === scopeId)).toEqual(many);
    await lab.stop();
  });
});

describe('a server whose PATCH took effect while its answer was lost', () => {
  it('is released when it is no longer selected a moment later', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate({ machines: { names: ['web-2', 'web-3', 'web-4'] } });
    lab.start();
    await lab.becomes('True Ready');
    await lab.clock.advance(20 * minute);
    let patched = 0;
    lab.world.onRequest = ({ method, url }) => {
      if (method !== 'PATCH' || !url.pathname.endsWith('/web-1') || patched > 1) return undefined;
      patched += 1;
      if (patched > 1) return undefined;
      lab.portal.moveServer(serverId('web-1'), scopeId);
      return { status: 502, headers: {}, body: '' };
    };
    await lab.select(ours);
    await lab.until(() => patched > 0);
    await lab.clock.advance(1_000);
    await lab.select(['web-2', 'web-3', 'web-4']);
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe('');
    expect(lab.scopeOf('web-2')).toBe(scopeId);
    await lab.stop();
  });

  it('is released at deletion, also while the listing does not show it in the scope yet', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    await lab.associate();
    lab.start();
    lab.world.quirks.listed = (type, found) =>
      type.endsWith('/machines')
        ? found.map((one) => {
            const properties = { ...one.properties, privateLinkScopeResourceId: '' };
            return ours.includes(one.name) ? { ...one, properties } : one;
          })
        : found;
    await lab.until(() => lab.scopeOf('web-4') === scopeId);
    await lab.clock.advance(10_000);
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(ours.map(() => ''));
    await lab.stop();
  });
});

describe('an association that names the scope of an ArcPrivateLinkScope by its ID', () => {
  it('takes nothing, says what to do, and releases nothing when it is deleted', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
    for (const name of ours) lab.portal.moveServer(serverId(name), scopeId);
    const machines = { selectionMode: 'All', subscriptionIds: [subscription] };
    const byId = { scopeRef: undefined, scopeResourceId: scopeId, adoptionPolicy: 'IfUnowned', machines };
    await lab.associate(byId, 'thief');
    await lab.becomes('False UseScopeRef', 'Ready', 'thief');
    expect(await lab.message('Ready', 'thief')).toContain(
      'Create an association with scopeRef in that namespace first',
    );
    await lab.dissociate('thief');
    await lab.until(() => lab.gone('thief'));
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(ours.map(() => scopeId));
    expect(lab.patches()).toEqual([]);
    await lab.stop();
  });

  it('leaves its servers to the association that its message asks for', async () => {
    const lab = new ServersLab();
    await lab.createSecret();
    await lab.associate({ scopeRef: undefined, scopeResourceId: otherScopeId });
    lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
    lab.start();
    await lab.becomes('True Ready');
    const before = lab.patches().length;
    await lab.kubernetes.create(scopes, scopeObject({ ...open, adoptionPolicy: 'IfUnowned' }, 'other'));
    await lab.becomes('False UseScopeRef');
    await lab.associate({ scopeRef: { name: 'other' } }, 'better');
    await lab.becomes('True Ready', 'Ready', 'better');
    await lab.dissociate();
    await lab.until(() => lab.gone());
    expect(ours.map((name) => lab.scopeOf(name))).toEqual(ours.map(() => otherScopeId));
    expect(lab.patches()).toHaveLength(before);
    await lab.stop();
  });
});

describe('servers that somebody keeps moving away', () => {
  it('are taken back at most twice an hour each, however many wait for their turn', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    lab.plant('many', { count: 300 });
    await lab.associate({ conflictPolicy: 'Move' });
    lab.start();
    await lab.becomes('True Ready');
    const many = Array.from({ length: 300 }, (_, index) => `many-${String(index + 1).padStart(3, '0')}`);
    const before = lab.patches().length;
    for (let round = 0; round < 11; round += 1) {
      for (const name of many) lab.portal.moveServer(serverId(name), otherScopeId);
      await lab.clock.advance(5.2 * minute);
    }
    const times = new Map<string, number>();
    for (const name of lab.patches().slice(before)) times.set(name, (times.get(name) ?? 0) + 1);
    expect(times.size).toBeGreaterThan(100);
    expect(Math.max(...times.values())).toBeLessThanOrEqual(2);
    await lab.stop();
  });
});

describe('an association over two subscriptions', () => {
  it('is not Ready before it has seen the one that is throttled at first', async () => {
    const second = '00000000-0000-0000-0000-00000000000b';
    const group = { subscriptionId: second, name: 'rg' };
    const lab = new ServersLab({ ...smallSeed, resourceGroups: [...smallSeed.resourceGroups, group] });
    lab.plant('far', { count: 30, subscriptionId: second });
    await lab.prepare();
    const tagSelector = { matchTags: { site: 'plant' } };
    await lab.associate({ machines: { subscriptionIds: [subscription, second], tagSelector } });
    const end = lab.clock.now() + 16.2 * minute;
    lab.world.onRequest = ({ url }) =>
      lab.clock.now() < end && url.pathname.includes(second)
        ? { status: 429, headers: { 'retry-after': '120' }, body: '' }
        : undefined;
    lab.start();
    await lab.becomes('True Ready');
    expect(lab.clock.now()).toBeGreaterThan(end);
    expect((await lab.status()).selected).toBeGreaterThan(30);
    await lab.stop();
  });
});

describe('servers that an older association shall take over but cannot', () => {
  it('are looked at once a minute, not every few seconds', async () => {
    const lab = new ServersLab();
    await lab.prepare();
    const data = secretData({ AZURE_CLIENT_ID: '33333333-3333-3333-3333-333333333333' });
    await lab.kubernetes.create(secrets, { metadata: { namespace, name: 'own' }, data });
    await lab.associate({ suspend: true, credentialsSecretRef: { name: 'own' } }, 'older');
    await lab.clock.advance(2_000);
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.change({ suspend: false, managementPolicy: 'Observe' }, 'older');
    await lab.clock.advance(minute);
    await lab.kubernetes.delete(secrets, { namespace, name: 'own' });
    await lab.change({ managementPolicy: 'Manage' }, 'older');
    await lab.clock.advance(10 * minute);
    const before = lab.kubernetes.calls.length;
    await lab.clock.advance(60 * minute);
    expect((await lab.phases())['web-1']).toBe('Propagated');
    expect(lab.kubernetes.calls.length - before).toBeLessThan(600);
    await lab.stop();
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId, serverId, smallSeed, subscription } from '../../test/world/small-seed.ts';

const minute = 60_000;
const second = '00000000-0000-0000-0000-00000000000b';
const writes = 'Microsoft.HybridCompute/machines/write';

describe('servers that Azure refuses', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
  });
  afterEach(() => lab.stop());

  /** What an hour costs from now on. */
  const anHour = async (): Promise<{ patches: number; written: number }> => {
    const [patched, written] = [lab.patches().length, lab.kubernetes.writes().length];
    await lab.clock.advance(60 * minute);
    return { patches: lab.patches().length - patched, written: lab.kubernetes.writes().length - written };
  };

  it('are named and hold up nobody, when only some are forbidden', async () => {
    lab.plant('abc', { count: 30 });
    lab.plant('xyz', { count: 64 });
    for (let number = 1; number <= 30; number += 1)
      lab.world.rules.forbid(writes, serverId(`abc-${String(number).padStart(2, '0')}`));
    await lab.associate();
    lab.start();
    await lab.until(() => lab.scopeOf('xyz-64') === scopeId && lab.scopeOf('web-4') === scopeId, 2 * minute);
    await lab.becomes('True Ready');
    expect(await lab.status()).toMatchObject({ failed: 30, associated: 68 });
    expect((await lab.status()).exceptions?.[1]).toMatchObject({ reason: 'AuthorizationFailed' });
  });

  it('cost few calls and no write to Kubernetes, were there hundreds', async () => {
    lab.plant('abc', { count: 204 });
    lab.world.rules.forbid(writes);
    lab.world.rules.permit(writes);
    for (let number = 1; number <= 204; number += 1)
      lab.world.rules.forbid(writes, serverId(`abc-${String(number).padStart(3, '0')}`));
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.clock.advance(30 * minute);
    const { patches, written } = await anHour();
    expect(patches).toBeLessThanOrEqual(620);
    expect(written).toBe(0);
    lab.world.rules.permit(writes);
    await lab.until(async () => (await lab.status()).failed === 0, 15 * minute);
  }, 60_000);

  it('make the association say what is missing where nothing at all may be taken', async () => {
    lab.world.rules.forbid(writes);
    await lab.associate();
    lab.start();
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.message('Ready')).toContain(writes);
    await lab.becomes('True AuthorizationFailed', 'Stalled');
    lab.world.rules.permit(writes);
    await lab.becomes('True Ready');
  });

  for (const [what, status, code] of [
    ['always busy', 409, 'AnotherOperationInProgress'],
    ['told to be retried', 429, 'RetryableError'],
    ['always failing', 500, 'InternalServerError'],
  ] as const) {
    it(`are named and tried ever more rarely when one is ${what}, while the others go on`, async () => {
      lab.plant('many', { count: 50 });
      lab.world.onRequest = (request) => {
        if (request.method !== 'PATCH' || !request.url.pathname.endsWith('/web-1')) return undefined;
        return { status, headers: {}, body: JSON.stringify({ error: { code, message: 'no' } }) };
      };
      await lab.associate();
      lab.start();
      await lab.until(
        () => lab.scopeOf('web-2') === scopeId && lab.scopeOf('many-50') === scopeId,
        2 * minute,
      );
      await lab.until(async () => (await lab.phases())['web-1'] === `Failed ${code}`, 10 * minute);
      await lab.becomes('True Ready');
      const { patches, written } = await anHour();
      expect(patches).toBeLessThanOrEqual(13);
      expect(written).toBe(0);
    });
  }

  it('cost nothing but a look where they belong to someone else', async () => {
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
    await lab.clock.advance(10 * minute);
    expect(await anHour()).toEqual({ patches: 0, written: 0 });
  });

  it('are told and hardly fought for when a policy moves them elsewhere under Move', async () => {
    await lab.associate({ conflictPolicy: 'Move', machines: { names: ['web-1'] } });
    lab.world.overrides.machineScope = otherScopeId;
    lab.start();
    await lab.until(async () => (await lab.phases())['web-1'] === 'Failed OverriddenByPolicy');
    const { patches, written } = await anHour();
    expect(patches).toBeLessThanOrEqual(3);
    // That it is Stalled after ten minutes, in the status and as an event.
    expect(written).toBeLessThanOrEqual(2);
    delete lab.world.overrides.machineScope;
    await lab.until(() => lab.scopeOf('web-1') === scopeId, 70 * minute);
    await lab.becomes('True Ready');
  });

  it('are told and not touched again when a policy moves them elsewhere under Refuse', async () => {
    await lab.associate();
    lab.start();
    await lab.until(() => lab.patches().length > 0);
    lab.world.overrides.machineScope = otherScopeId;
    lab.plant('odd');
    await lab.until(async () => (await lab.phases())['odd'] === 'Failed OverriddenByPolicy');
    await lab.clock.advance(60 * minute);
    expect(lab.patches().filter((name) => name === 'odd')).toHaveLength(1);
  });
});

describe('a subscription that is throttled', () => {
  it('keeps the servers of another one waiting for nothing', async () => {
    const group = { subscriptionId: second, name: 'rg' };
    const lab = new ServersLab({ ...smallSeed, resourceGroups: [...smallSeed.resourceGroups, group] });
    lab.plant('far', { count: 40, subscriptionId: second });
    lab.world.onRequest = (request) =>
      request.method === 'PATCH' && request.url.pathname.includes(subscription)
        ? { status: 429, headers: { 'retry-after': '3600' }, body: '' }
        : undefined;
    await lab.prepare();
    await lab.associate({
      machines: { subscriptionIds: [subscription, second], tagSelector: { matchTags: { site: 'plant' } } },
    });
    lab.start();
    const far = (name: string): unknown =>
      lab.portal.need(serverId(name).replace(subscription, second)).properties['privateLinkScopeResourceId'];
    await lab.until(() => far('far-01') === scopeId && far('far-40') === scopeId, 2 * minute);
    expect(lab.patches().filter((name) => name.startsWith('web'))).toHaveLength(4);
    await lab.becomes('False Throttled');
    const before = lab.patches().length;
    await lab.clock.advance(30 * minute);
    expect(lab.patches()).toHaveLength(before);
    lab.world.onRequest = undefined;
    await lab.becomes('True Ready');
    await lab.stop();
  });
});

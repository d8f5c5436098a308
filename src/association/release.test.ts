import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, confirmRelease } from '../api/resources.ts';
import { secrets } from '../identity/resources.ts';
import { NoKubernetesAnswer, type Client } from '../runtime/client.ts';
import { namespace, secretData } from '../../test/world/laboratory.ts';
import { ServersLab } from '../../test/world/servers.ts';
import { otherScopeId, scopeId, serverId } from '../../test/world/small-seed.ts';

const minute = 60_000;
const key = { namespace, name: 'servers' };

describe('servers that leave the selection', () => {
  let lab: ServersLab;
  beforeEach(async () => {
    lab = new ServersLab();
    await lab.prepare();
  });
  afterEach(() => lab.stop());

  const rollOut = async (count = 0): Promise<void> => {
    if (count > 0) lab.plant('many', { count });
    await lab.associate();
    lab.start();
    await lab.becomes('True Ready');
  };
  /** Settled for longer than an hour, so that nothing counts as taken lately. */
  const settle = async (): Promise<void> => await lab.clock.advance(130 * minute);
  /** Twelve of 94 are held back by a typo in their tags, and sixty more come into the scope. */
  const growWhileHeldBack = async (): Promise<void> => {
    await rollOut(90);
    await settle();
    for (const name of many(1, 12)) lab.portal.tag(serverId(name), { site: 'plnat' });
    await lab.becomes('False MassReleaseBlocked');
    lab.plant('grown', { count: 60 });
    await settle();
    expect(lab.scopeOf('grown-60')).toBe(scopeId);
  };
  const inScope = (names: readonly string[]): string[] =>
    names.filter((name) => lab.scopeOf(name) === scopeId);
  const many = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => `many-${String(from + index).padStart(2, '0')}`);

  it('leave the scope after two complete listings that began after the change', async () => {
    await rollOut();
    const before = lab.listings();
    await lab.select(['web-1', 'web-2', 'web-3']);
    await lab.until(() => lab.scopeOf('web-4') === '', 30_000);
    expect(lab.listings() - before).toBeGreaterThanOrEqual(2);
    expect(lab.scopeOf('taken')).toBe(otherScopeId);
    await lab.until(async () => (await lab.phases())['web-4'] === undefined);
    expect((await lab.status()).recentReleases).toMatchObject([{ count: 1 }]);
  });

  it('are not counted among those that the scope accepts while they are still to leave', async () => {
    await rollOut();
    lab.portal.tag(serverId('web-4'), { site: 'elsewhere' });
    await lab.until(async () => (await lab.status()).selected === 5);
    expect(lab.scopeOf('web-4')).toBe(scopeId);
    expect(await lab.message('Ready')).toBe(
      'The scope accepts 3 of 5 selected servers; 2 need a person, see status.exceptions.',
    );
  });

  it('keep it from being Ready for a spec that they are still to leave by', async () => {
    await rollOut();
    await lab.select(['web-1', 'web-2', 'web-3']);
    let early = 0;
    await lab.until(async () => {
      const { metadata, status } = (await lab.association('servers')) ?? {};
      const isReady =
        (await lab.state()) === 'True Ready' && status?.observedGeneration === metadata?.generation;
      if (isReady && lab.scopeOf('web-4') === scopeId) early += 1;
      return isReady;
    }, 2 * minute);
    expect(early).toBe(0);
    expect(lab.scopeOf('web-4')).toBe('');
    expect((await lab.status()).rolledOutGeneration).toBe(
      (await lab.association('servers'))?.metadata.generation,
    );
  });

  it('are said to be still to leave until then, which is Reconciling', async () => {
    await rollOut();
    await lab.select(['web-1', 'web-2', 'web-3']);
    await lab.becomes('False Releasing');
    expect(lab.scopeOf('web-4')).toBe(scopeId);
    expect(await lab.state('Reconciling')).toBe('True Releasing');
    expect(await lab.message('Ready')).toBe('1 server is still to leave the scope.');
  });

  it('need two listings anew when the operator is started in between', async () => {
    await rollOut();
    await lab.select(['web-1', 'web-2', 'web-3']);
    await lab.clock.advance(2_000);
    await lab.stop();
    const before = lab.listings();
    lab.start();
    await lab.until(() => lab.scopeOf('web-4') === '');
    expect(lab.listings() - before).toBeGreaterThanOrEqual(2);
  });

  it('leave it no later when the credentials are renewed between the listings', async () => {
    await rollOut();
    await lab.select(['web-1', 'web-2', 'web-3']);
    await lab.clock.advance(2_000);
    const data = secretData({ AZURE_CLIENT_SECRET: 'renewed' });
    const secret = { namespace, name: 'arc-private-link-credentials' };
    await lab.kubernetes.patch(secrets, secret, { data });
    await lab.until(() => lab.scopeOf('web-4') === '', 30_000);
    expect(inScope(['web-1', 'web-2', 'web-3'])).toHaveLength(3);
  });

  it('stay when the change is taken back within seconds', async () => {
    await rollOut();
    await lab.select(['web-1', 'web-2', 'web-3']);
    await lab.clock.advance(5_000);
    await lab.select(['web-1', 'web-2', 'web-3', 'web-4']);
    await lab.clock.advance(30 * minute);
    expect(lab.patches()).toHaveLength(4);
  });

  it('stay when a typo matches nothing, were there only one, until a person says that it is meant', async () => {
    await lab.associate({ machines: { names: ['web-1'] } });
    lab.start();
    await lab.becomes('True Ready');
    await lab.change({ machines: { names: ['wbe-1'] } });
    await lab.becomes('False MassReleaseBlocked');
    expect(await lab.state('Stalled')).toBe('True MassReleaseBlocked');
    expect(await lab.state('Complete')).toBe('False MassReleaseBlocked');
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    await lab.confirm();
    await lab.until(() => lab.scopeOf('web-1') === '');
  });

  it('stay when a typo in a tag would empty a small estate', async () => {
    lab.plant('plant', { count: 8, tags: { site: 'plant', line: 'a' } });
    await lab.associate({ machines: { tagSelector: { matchTags: { line: 'a' } } } });
    lab.start();
    await lab.becomes('True Ready');
    // One that still matches: that the selection is not empty does not make it right.
    lab.plant('other', { tags: { line: 'aa' } });
    await lab.change({ machines: { tagSelector: { matchTags: { line: 'aa' } } } });
    await lab.becomes('False MassReleaseBlocked');
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('plant-1')).toBe(scopeId);
    expect(lab.patches().filter((name) => name.startsWith('plant'))).toHaveLength(8);
  });

  it('stay when as many others come in their place, however long nobody says that it is meant', async () => {
    lab.plant('plant', { count: 8, tags: { site: 'plant', line: 'a' } });
    lab.plant('other', { count: 8, tags: { line: 'b' } });
    await lab.associate({ machines: { tagSelector: { matchTags: { line: 'a' } } } });
    lab.start();
    await lab.becomes('True Ready');
    await lab.change({ machines: { tagSelector: { matchTags: { line: 'b' } } } });
    await lab.until(() => lab.scopeOf('other-8') === scopeId);
    await lab.clock.advance(3 * 60 * minute);
    expect(lab.scopeOf('plant-1')).toBe(scopeId);
    expect(await lab.state()).toBe('False MassReleaseBlocked');
    expect(await lab.message('Complete')).toMatch(/^8 of 8 servers would leave/);
    await lab.confirm();
    await lab.until(() => lab.scopeOf('plant-1') === '');
    await lab.becomes('True Ready');
  });

  it('stay when one more comes to leave with them after the estate has grown', async () => {
    await growWhileHeldBack();
    lab.portal.tag(serverId('web-4'), { site: 'elsewhere' });
    await lab.clock.advance(30 * minute);
    expect(inScope(many(1, 12))).toHaveLength(12);
    expect(await lab.message('Complete')).toMatch(/^13 of 94 servers would leave/);
    await lab.confirm();
    await lab.until(() => inScope([...many(1, 12), 'web-4']).length === 0);
    expect(lab.scopeOf('grown-60')).toBe(scopeId);
    await lab.becomes('True Ready');
  });

  it.each([
    ['Azure answers no listing for a while after a restart', 'refused'],
    ['Azure lists next to none of them for a while', 'short'],
  ])('stay when %s, and the estate has grown', async (_, how) => {
    await growWhileHeldBack();
    if (how === 'short')
      lab.world.quirks.listed = (type, found) => (type.endsWith('/machines') ? found.slice(0, 3) : found);
    else {
      await lab.stop();
      lab.refuseListings();
      lab.start();
    }
    await lab.clock.advance(10 * minute);
    delete lab.world.quirks.listed;
    lab.onAzure = (_request, send) => send();
    await lab.clock.advance(30 * minute);
    expect(inScope(many(1, 12))).toHaveLength(12);
    expect(await lab.message('Complete')).toMatch(/^12 of 94 servers would leave/);
  });

  it('stay when more would go than is usual, until a person runs the command of the message', async () => {
    await rollOut(20);
    await lab.select(['web-1']);
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    await lab.clock.advance(30 * minute);
    expect(inScope(['many-01', 'many-20'])).toHaveLength(2);
    const message = await lab.message('Complete');
    expect(message).toMatch(
      /^23 of 24 servers .* kubectl -n lab annotate asa servers --overwrite arcprivatelink\.io\/confirm-release=23-[0-9a-f]{8}$/,
    );
    await lab.confirm();
    await lab.until(() => inScope(many(1, 20)).length === 0);
    expect(lab.scopeOf('web-1')).toBe(scopeId);
    await lab.becomes('True Ready');
  });

  it('stay when the word was for another set', async () => {
    await rollOut(20);
    await lab.select(['web-1']);
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    const before = await lab.message('Complete');
    await lab.select(['web-1', 'web-2']);
    await lab.until(async () => (await lab.message('Complete')) !== before);
    const old = /confirm-release=(\S+)$/.exec(before)?.[1] ?? '';
    const metadata = { annotations: { [confirmRelease]: old } };
    await lab.kubernetes.patch(associations, key, { metadata });
    await lab.clock.advance(10 * minute);
    expect(inScope(many(1, 20))).toHaveLength(20);
  });

  it('ask again when the same typo comes a second time', async () => {
    await rollOut(20);
    await lab.select(['web-1']);
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    const first = await lab.confirm();
    await lab.until(() => inScope(many(1, 20)).length === 0);
    await lab.change({ machines: { names: null, tagSelector: { matchTags: { site: 'plant' } } } });
    await lab.until(() => inScope(many(1, 20)).length === 20);
    await settle();
    await lab.select(['web-1']);
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    await lab.clock.advance(10 * minute);
    expect(inScope(many(1, 20))).toHaveLength(20);
    const second = await lab.confirm();
    expect(second).not.toBe(first);
    await lab.until(() => inScope(many(1, 20)).length === 0);
  });

  it('ask again when tags in Azure are mistaken a second time', async () => {
    await rollOut(20);
    await settle();
    const tag = (site: string): void => {
      for (const name of many(1, 15)) lab.portal.tag(serverId(name), { site });
    };
    tag('plnat');
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    await lab.confirm();
    await lab.until(() => inScope(many(1, 15)).length === 0);
    tag('plant');
    await lab.until(() => inScope(many(1, 15)).length === 15);
    await settle();
    tag('plnat');
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    await lab.clock.advance(10 * minute);
    expect(inScope(many(1, 15))).toHaveLength(15);
  });

  it('are no more within an hour than ten or a tenth, however often the selection shrinks', async () => {
    await rollOut(60);
    await settle();
    const all = ['web-1', 'web-2', 'web-3', 'web-4', ...many(1, 60)];
    await lab.select(all.slice(0, 58));
    await lab.until(() => inScope(all).length === 58);
    await lab.stop();
    lab.start();
    await lab.select(all.slice(0, 53));
    await lab.becomes('False MassReleaseBlocked');
    await lab.clock.advance(20 * minute);
    expect(inScope(all)).toHaveLength(58);
    // An hour after the first six, five more are nothing unusual.
    await lab.until(() => inScope(all).length === 53, 60 * minute);
    await lab.becomes('True Ready');
  });

  it.each([
    ['the answer to the status was lost', 'patch'],
    ['the slices could not be written', 'replace'],
  ] as const)('are counted once when %s in which they were written down', async (_, lost) => {
    await rollOut(60);
    await settle();
    await lab.stop();
    const all = ['web-1', 'web-2', 'web-3', 'web-4', ...many(1, 60)];
    let losses = 0;
    lab.start(undefined, [], { client: (client) => losing(client, lost, () => (losses += 1) === 1) });
    await lab.select(all.slice(0, 58));
    await lab.until(() => inScope(all).length === 58, 10 * minute);
    expect(losses).toBeGreaterThan(0);
    await lab.becomes('True Ready');
    expect((await lab.status()).recentReleases).toMatchObject([{ count: 6 }]);
  });

  it('all go once confirmed, also when the operator dies in the middle', async () => {
    await rollOut(20);
    await lab.select(['web-1']);
    await lab.becomes('False MassReleaseBlocked', 'Complete');
    await lab.stop();
    await lab.confirm();
    let sent = 0;
    lab.start((call) => (call.startsWith('PATCH') && (sent += 1) === 5 ? 'crash after' : undefined));
    await lab.until(() => lab.crashed);
    lab.start();
    await lab.until(() => inScope(many(1, 20)).length === 0);
    await lab.becomes('True Ready');
    expect(lab.scopeOf('web-1')).toBe(scopeId);
  });

  describe('and that Azure does not let go', () => {
    beforeEach(async () => {
      await rollOut();
      lab.world.rules.lock(serverId('web-4'), 'ReadOnly');
      await lab.select(['web-1', 'web-2', 'web-3']);
      await lab.until(async () => (await lab.phases())['web-4'] === 'Releasing ScopeLocked');
    });

    it('are named, tried ever more rarely, and not written anew meanwhile', async () => {
      await lab.becomes('False ServersNeedAttention', 'Complete');
      expect((await lab.status()).exceptions?.find(({ id }) => id === serverId('web-4'))).toMatchObject({
        reason: 'ScopeLocked',
        message: expect.stringContaining('cannot leave the scope'),
      });
      expect(await lab.state()).toBe('True Ready');
      await lab.clock.advance(minute);
      const [patched, written] = [lab.patches().length, lab.kubernetes.writes().length];
      await lab.clock.advance(60 * minute);
      expect(lab.patches().length - patched).toBeLessThanOrEqual(4);
      expect(lab.kubernetes.writes()).toHaveLength(written);
    });

    it('hold the deletion up, which names them and says how to leave them there', async () => {
      await lab.dissociate();
      await lab.becomes('False ScopeLocked');
      expect(await lab.message('Ready')).toContain('web-4');
      expect(await lab.message('Ready')).toContain('"deletionPolicy":"Retain"');
      expect(['web-1', 'web-2', 'web-3'].map((name) => lab.scopeOf(name))).toEqual(['', '', '']);
      await lab.clock.advance(30 * minute);
      expect(await lab.gone()).toBe(false);
      lab.world.rules.unlock(serverId('web-4'));
      await lab.until(() => lab.gone(), 120 * minute);
      expect(lab.scopeOf('web-4')).toBe('');
    });

    it('are still to leave after a restart, and do when Azure lets them', async () => {
      await lab.stop();
      lab.world.rules.unlock(serverId('web-4'));
      lab.start();
      await lab.until(() => lab.scopeOf('web-4') === '');
      expect(lab.scopeOf('web-1')).toBe(scopeId);
    });
  });

  it('never are servers that it did not hold', async () => {
    lab.portal.moveServer(serverId('office'), scopeId);
    await rollOut();
    await lab.clock.advance(30 * minute);
    expect(lab.scopeOf('office')).toBe(scopeId);
  });
});

describe('a roll-out', () => {
  it('takes no server on a look that is more than a minute old, and lists no more often than it must', async () => {
    const lab = new ServersLab();
    lab.plant('many', { count: 1_200 });
    await lab.prepare();
    await lab.associate();
    lab.start();
    const startMs = lab.clock.now();
    await lab.until(() => lab.patches().length >= 1_204);
    const listed = lab.machineCalls('GET').filter(({ path }) => path.endsWith('/machines'));
    for (const { atMs } of lab.machineCalls('PATCH')) {
      const last = Math.max(...listed.filter((one) => one.atMs <= atMs).map((one) => one.atMs));
      expect(atMs - last).toBeLessThanOrEqual(minute);
    }
    const minutes = (lab.clock.now() - startMs) / minute;
    expect(listed.length / 13).toBeLessThanOrEqual(minutes + 3);
    await lab.stop();
  }, 60_000);

  it('refuses a server that someone put elsewhere while its scope could not serve yet', async () => {
    const lab = new ServersLab();
    await lab.createSecret();
    lab.portal.set(otherScopeId, { publicNetworkAccess: 'Disabled' });
    const elsewhere = otherScopeId.replace(/other$/, 'elsewhere');
    lab.world.resources.put({ ...lab.portal.need(otherScopeId), id: elsewhere, name: 'elsewhere' });
    await lab.associate({ scopeRef: undefined, scopeResourceId: otherScopeId });
    lab.start();
    await lab.becomes('False ScopeCannotServe');
    await lab.clock.advance(4 * minute);
    lab.portal.moveServer(serverId('web-1'), elsewhere);
    lab.portal.set(otherScopeId, { publicNetworkAccess: 'Enabled' });
    await lab.until(() => lab.scopeOf('web-2') === otherScopeId);
    await lab.clock.advance(5 * minute);
    expect(lab.scopeOf('web-1')).toBe(elsewhere);
    expect(lab.patches()).not.toContain('web-1');
    await lab.stop();
  });
});

/** Once, the answer to a status that counts releases does not come; or what is written into a slice does not arrive. */
function losing(client: Client, verb: 'patch' | 'replace', first: () => boolean): Client {
  const noAnswer = (): Error => new NoKubernetesAnswer(new Error('other side closed'));
  const own = Object.create(client) as Client;
  own.patch = async (resource, key, patch, options) => {
    const answer = await client.patch(resource, key, patch, options);
    const { recentReleases } = (patch['status'] ?? {}) as { recentReleases?: unknown };
    if (verb === 'patch' && recentReleases !== undefined && first()) throw noAnswer();
    return answer;
  };
  own.replace = async (resource, object, options) => {
    if (verb === 'replace' && JSON.stringify(object).includes('"Releasing"') && first()) throw noAnswer();
    return await client.replace(resource, object, options);
  };
  return own;
}

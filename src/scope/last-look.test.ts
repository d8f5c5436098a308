import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { json } from '../../test/world/azure/http.ts';
import { key, ScopeLab } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, scopeId, serverId } from '../../test/world/small-seed.ts';

/** Deletion when something that tells who uses the scope, or whose it is, has been lost. */

const minute = 60_000;
const distant = '00000000-0000-0000-0000-00000000000d';
let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
  await lab.make();
  await lab.becomes('True Ready');
});
afterEach(() => lab.stop());

const failing = (status: number) =>
  json(status, { error: { code: status === 429 ? 'TooManyRequests' : 'InternalServerError', message: 'x' } });
const lastWord = async (): Promise<string> => (await lab.events()).at(-1)?.note ?? '';

/** A server of a subscription that no association names, in our scope. */
function plantDistantServer(): void {
  const id = `/subscriptions/${distant}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/far`;
  const like = structuredClone(lab.portal.need(serverId('office')));
  const properties = { ...like.properties, privateLinkScopeResourceId: scopeId };
  lab.world.resources.put({ ...like, id, name: 'far', properties });
}

describe('deletion while nobody can tell whether servers use the scope', () => {
  it.each<[string, RegExp, number]>([
    ['a subscription answers 500', new RegExp(`${distant}/`), 500],
    ['a subscription is throttled', new RegExp(`${distant}/`), 429],
    ['subscriptions cannot be listed', /^\/subscriptions\/?$/, 500],
  ])('touches nothing: %s', async (_, path, status) => {
    plantDistantServer();
    lab.world.onRequest = ({ url }) => (path.test(url.pathname) ? failing(status) : undefined);
    await lab.kubernetes.delete(scopes, key);
    await lab.until(async () => (await lab.state('DeletionBlocked')) === 'True ServersNotVisible');
    await lab.clock.advance(20 * minute);
    expect(lab.linksOf(hisZone)).toHaveLength(2);
    expect(lab.portal.get(endpointId)).toBeDefined();
    lab.world.onRequest = () => undefined;
    await lab.until(async () => (await lab.state('DeletionBlocked')) === 'True ServersAssociated');
  });
});

describe('deletion after tags or the status were lost', () => {
  it('still waits for servers when it is the scope that has lost its tag', async () => {
    lab.portal.moveServer(serverId('office'), scopeId);
    lab.portal.tag(scopeId, { team: 'x' });
    await lab.kubernetes.delete(scopes, key);
    await lab.until(async () => (await lab.state('DeletionBlocked')) === 'True ServersAssociated');
    expect(lab.linksOf(hisZone)).toHaveLength(2);
    lab.portal.moveServer(serverId('office'), '');
    await lab.until(async () => (await lab.object()) === undefined);
    expect(lab.portal.get(scopeId)).toBeDefined();
    expect(await lastWord()).toContain('no longer carry its ownership tag: net');
  });

  it('names what it leaves because its tag is gone, and does not say that all is gone', async () => {
    lab.portal.tag(endpointId, { team: 'x' });
    await lab.kubernetes.delete(scopes, key);
    await lab.until(async () => (await lab.object()) === undefined);
    expect(lab.portal.get(endpointId)).toBeDefined();
    expect(await lastWord()).toContain('Left in Azure');
    expect(await lastWord()).toContain('net-hub');
  });

  it('takes everything down for an object that was restored without its status', async () => {
    await lab.stop();
    await lab.kubernetes.patch(scopes, key, { status: null }, { subresource: 'status' });
    await lab.kubernetes.delete(scopes, key);
    lab.start();
    await lab.until(async () => (await lab.object()) === undefined);
    expect([scopeId, endpointId, hisZone].map((id) => lab.portal.get(id))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('an Azure that names no zones', () => {
  it('does not keep a new scope from its names', async () => {
    await lab.kubernetes.delete(scopes, key);
    await lab.until(async () => (await lab.object()) === undefined);
    await lab.stop();
    lab.world.onRequest = ({ url }) =>
      /privateLinkResources/i.test(url.pathname) ? json(200, { value: [] }) : undefined;
    await lab.make();
    await lab.becomes('True Ready');
    expect(lab.portal.get(`${hisZone}/A/gbl`)).toBeDefined();
  });
});

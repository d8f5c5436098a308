import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../api/resources.ts';
import { json, proxyPage } from '../../test/world/azure/http.ts';
import { associationObject } from '../../test/world/objects.ts';
import { key, ownerTag, ScopeLab } from '../../test/world/scope-lab.ts';
import { namespace } from '../../test/world/laboratory.ts';
import { endpointId, hisZone, hub, scopeId, serverId, subscription } from '../../test/world/small-seed.ts';

const minute = 60_000;
const associationKey = { namespace, name: 'servers' };
const distant = '00000000-0000-0000-0000-00000000000d';

let lab: ScopeLab;
let before: unknown;
beforeEach(async () => {
  lab = await ScopeLab.open();
  before = lab.portal.picture();
});
afterEach(() => lab.stop());

const requestDeletion = (): Promise<void> => lab.kubernetes.delete(scopes, key);
const gone = (limitMs?: number): Promise<void> =>
  lab.until(async () => (await lab.object()) === undefined, limitMs);
const scopeOf = (name: string): unknown =>
  lab.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];

/** The first time that each kind of thing went, in order. */
function orderOfDeletion(from: number): string[] {
  const kinds = lab.world.exchanges
    .slice(from)
    .filter(
      ({ method, status, type }) =>
        status < 300 && (method === 'DELETE' || (method === 'PATCH' && type.endsWith('/machines'))),
    )
    .map(({ type }) => type.split('/').pop() ?? '');
  return [...new Set(kinds)];
}

describe('the deletion of a scope', () => {
  it('touches nothing while an association stays, says which, and goes on when that is deleted', async () => {
    await lab.make();
    await lab.kubernetes.create(associations, associationObject());
    await lab.until(() => scopeOf('web-1') === scopeId);
    const picture = lab.portal.picture();
    await requestDeletion();
    await lab.becomes('True AssociationsExist', 'DeletionBlocked');
    expect(await lab.message('DeletionBlocked')).toMatch(/servers.*kubectl -n lab delete asa servers$/);
    await lab.clock.advance(30 * minute);
    expect(lab.portal.picture()).toEqual(picture);
    const from = lab.world.exchanges.length;
    await lab.kubernetes.delete(associations, associationKey);
    await gone();
    expect(orderOfDeletion(from)).toEqual([
      'privatednszonegroups',
      'virtualnetworklinks',
      'machines',
      'privateendpoints',
      'privatednszones',
      'privatelinkscopes',
    ]);
    expect(lab.portal.picture()).toEqual(before);
  });

  it('takes names down before servers leave, whichever of the two objects is deleted first', async () => {
    await lab.make();
    await lab.kubernetes.create(associations, associationObject());
    await lab.until(() => scopeOf('web-1') === scopeId);
    const from = lab.world.exchanges.length;
    await lab.kubernetes.delete(associations, associationKey);
    await requestDeletion();
    await gone();
    expect(orderOfDeletion(from).indexOf('virtualnetworklinks')).toBeLessThan(
      orderOfDeletion(from).indexOf('machines'),
    );
    expect(lab.portal.picture()).toEqual(before);
  });

  it('looks for servers before it takes names down: one that nobody releases keeps its names', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.portal.moveServer(serverId('office'), scopeId);
    const picture = lab.portal.picture();
    await requestDeletion();
    await lab.becomes('True ServersAssociated', 'DeletionBlocked');
    await lab.clock.advance(20 * minute);
    expect(lab.portal.picture()).toEqual(picture);
    expect(await lab.message('DeletionBlocked')).toContain('office');
    lab.portal.moveServer(serverId('office'), '');
    await gone(5 * minute);
    expect(lab.portal.picture()).toEqual(before);
  });

  it('finds servers in subscriptions that no association names', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const server = distantServer('far');
    await requestDeletion();
    await lab.becomes('True ServersAssociated', 'DeletionBlocked');
    expect(await lab.message('DeletionBlocked')).toContain('far');
    lab.portal.moveServer(server, '');
    await gone(5 * minute);
  });

  it('waits where servers of its own subscription cannot be listed, and says whom to ask', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.world.rules.forbid('Microsoft.HybridCompute/machines/read');
    await requestDeletion();
    await lab.becomes('True ServersNotVisible', 'DeletionBlocked');
    expect(await lab.message('DeletionBlocked')).toContain(subscription);
    expect(lab.portal.get(endpointId)).toBeDefined();
    lab.world.rules.permit('Microsoft.HybridCompute/machines/read');
    await gone(10 * minute);
  });

  it('is not held up by a subscription elsewhere that cannot be listed or is no more', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    distantServer('far', '');
    lab.world.onRequest = ({ url }) =>
      url.pathname.includes(distant)
        ? json(404, { error: { code: 'SubscriptionNotFound', message: 'gone' } })
        : undefined;
    await lab.remove(10 * minute);
    expect(lab.portal.get(scopeId)).toBeUndefined();
  });

  it("believes no proxy's page and no subscription that cannot be found: nothing is forgotten for that", async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await requestDeletion();
    await lab.until(
      () => lab.portal.get(`${endpointId}/privateDnsZoneGroups/arc-private-link`) === undefined,
    );
    lab.world.onRequest = () => proxyPage(404);
    await lab.clock.advance(20 * minute);
    expect(await lab.object()).toBeDefined();
    lab.world.onRequest = () => json(404, { error: { code: 'SubscriptionNotFound', message: 'no' } });
    await lab.clock.advance(20 * minute);
    expect(await lab.object()).toBeDefined();
    lab.world.onRequest = undefined;
    await gone(30 * minute);
    expect(lab.portal.picture()).toEqual(before);
  });

  it('goes on when someone deletes things by hand meanwhile, and ends only when all of it is gone', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    lab.portal.delete(endpointId);
    lab.portal.delete(hisZone);
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });

  it('leaves what another owner has meanwhile, the scope itself included, and takes down the rest', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const theirs = { [ownerTag]: 'elsewhere/lab/net' };
    lab.portal.tag(scopeId, theirs);
    await lab.remove();
    expect(lab.portal.need(scopeId).tags).toEqual(theirs);
    expect(lab.portal.get(endpointId)).toBeUndefined();
    expect(lab.portal.get(hisZone)).toBeUndefined();
  });

  it('says which right it has lost meanwhile, and goes on when it has it again', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.clock.advance(10 * minute);
    lab.world.rules.forbid('Microsoft.Network/privateEndpoints/read');
    await requestDeletion();
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.message()).toContain('Microsoft.Network/privateEndpoints/read');
    lab.world.rules.permit('Microsoft.Network/privateEndpoints/read');
    await gone(10 * minute);
    expect(lab.portal.picture()).toEqual(before);
  });

  it('touches nothing while it cannot see the scope itself', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.stop();
    lab.world.rules.hide(scopeId);
    const picture = lab.portal.picture();
    lab.start();
    await requestDeletion();
    await lab.becomes('True AuthorizationFailed', 'DeletionBlocked');
    await lab.clock.advance(30 * minute);
    expect(lab.portal.picture()).toEqual(picture);
    lab.world.rules.show(scopeId);
    await gone(10 * minute);
  });

  it('takes names down when the spec says so: with dns.mode None the records are to be made elsewhere', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    await lab.spec({
      privateEndpoints: [{ name: 'hub', subnetId: `${hub}/subnets/pe`, dns: { mode: 'None' } }],
    });
    await lab.until(() => lab.portal.get(hisZone) === undefined);
    await lab.becomes('True Ready');
    expect(await lab.state('DNSReady')).toBe('True NotRequired');
    expect((await lab.status()).endpoints?.[0]?.records).toHaveLength(7);
    expect(lab.portal.get(endpointId)).toBeDefined();
  });

  it('needs no credentials when nothing was made, whatever was refused', async () => {
    lab.world.rules.hide(`/subscriptions/${subscription}`);
    await lab.make();
    await lab.becomes('False AuthorizationFailed');
    await lab.kubernetes.delete(scopes, key);
    await gone(minute);
    expect(lab.changes()).toEqual([]);
  });

  function distantServer(name: string, scope: string = scopeId): string {
    const id = `/subscriptions/${distant}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/${name}`;
    const like = structuredClone(lab.portal.need(serverId('office')));
    lab.world.resources.put({
      ...like,
      id,
      name,
      properties: { ...like.properties, privateLinkScopeResourceId: scope },
    });
    return id;
  }
});

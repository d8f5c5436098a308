import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { json, type ArmRequest, type ArmResponse } from '../../test/world/azure/http.ts';
import { key, owner, ownerTag, ScopeLab } from '../../test/world/scope-lab.ts';
import { endpointId, hisZone, hub, idOf, scopeId, spoke, zoneOf } from '../../test/world/small-seed.ts';

const minute = 60_000;
const zoneIn = (group: string): string =>
  idOf(group, 'Microsoft.Network/privateDnsZones', 'privatelink.his.arc.azure.com');
const endpointWith = (group: string, links: string[] = [spoke]): Record<string, unknown> => ({
  name: 'hub',
  subnetId: `${hub}/subnets/pe`,
  dns: { resourceGroup: group, linkVirtualNetworkIds: links },
});

describe('what a scope made', () => {
  let lab: ScopeLab;
  beforeEach(async () => {
    lab = await ScopeLab.open();
  });
  afterEach(() => lab.stop());

  it('stands in its inventory, complete, and each item before the call that makes it', async () => {
    const listedFirst: string[] = [];
    await lab.make();
    lab.onExchange = ({ method, url }) => {
      if (method !== 'PUT') return;
      const id = decodeURIComponent(url.pathname);
      void lab.status().then(({ inventory }) => {
        if (inventory?.some((item) => item.id === id)) listedFirst.push(id);
      });
    };
    await lab.becomes('True Ready');
    const made = lab.changes().map((one) => one.split(' ')[1]);
    expect(listedFirst).toEqual(made);
    const inventory = (await lab.status()).inventory ?? [];
    expect(inventory.map(({ id }) => id).sort()).toEqual([...made].sort());
    expect(new Set(inventory.map(({ origin }) => origin))).toEqual(new Set(['Created']));
  });

  it('is told once when an endpoint goes on under another name of the object', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const renamed = { ...endpointWith('rg-dns'), name: 'renamed', azureName: 'net-hub' };
    await lab.spec({ privateEndpoints: [renamed] });
    await lab.clock.advance(20 * minute);
    expect(await lab.state()).toBe('True Ready');
    expect((await lab.status()).endpoints?.map(({ name }) => name)).toEqual(['renamed']);
  });

  it('goes with it after the scope was deleted by hand, for an identity that may look nothing up', async () => {
    const before = lab.portal.picture();
    await lab.make();
    await lab.becomes('True Ready');
    // Single zones may be read; whole subscriptions may not be listed.
    lab.world.onRequest = noListings;
    for (const { id } of lab.world.resources.below(
      scopeId,
      'Microsoft.HybridCompute/privateLinkScopes/privateEndpointConnections',
    ))
      lab.portal.delete(id);
    lab.portal.delete(scopeId);
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });

  it('stays when Azure once names fewer zones than before', async () => {
    await lab.make();
    await lab.becomes('True Ready');
    const before = lab.portal.picture();
    lab.world.quirks.requiredZoneNames = (names) => names.slice(0, 1);
    await lab.clock.advance(40 * minute);
    expect(lab.portal.picture()).toEqual(before);
    lab.world.quirks.requiredZoneNames = () => [];
    await lab.clock.advance(40 * minute);
    expect(lab.portal.picture()).toEqual(before);
    expect(await lab.state()).toBe('True Ready');
  });

  it('moves to another resource group for its zones within minutes, and is never Stalled for it', async () => {
    await lab.make({ privateEndpoints: [endpointWith('rg-dns')] });
    await lab.becomes('True Ready');
    const begun = lab.clock.now();
    const states = new Set<string>();
    await lab.spec({ privateEndpoints: [endpointWith('rg')] });
    await lab.until(async () => {
      states.add(await lab.state('Stalled'));
      return (await lab.state()) === 'True Ready' && lab.portal.get(hisZone) === undefined;
    });
    expect((lab.clock.now() - begun) / minute).toBeLessThan(4);
    expect([...states]).toEqual(['']);
    expect(
      lab
        .linksOf(zoneIn('rg'))
        .map(({ network }) => network)
        .sort(),
    ).toEqual([hub, spoke].sort());
    expect(lab.portal.get(`${zoneIn('rg')}/A/gbl`)).toBeDefined();
    expect(lab.portal.get(zoneOf('privatelink.his.arc.azure.com'))).toBeUndefined();
    const inventory = (await lab.status()).inventory?.map(({ id }) => id) ?? [];
    expect(inventory.filter((id) => id.includes('/rg-dns/'))).toEqual([]);
  });

  it('of an old resource group is remembered across a restart, for an identity that may look nothing up', async () => {
    await lab.make({ privateEndpoints: [endpointWith('rg-dns')] });
    await lab.becomes('True Ready');
    await lab.stop();
    await lab.spec({ privateEndpoints: [endpointWith('rg')] });
    lab.world.onRequest = noListings;
    lab.start();
    await lab.until(
      async () => lab.portal.get(hisZone) === undefined && (await lab.state()) === 'True Ready',
    );
    const inventory = (await lab.status()).inventory?.map(({ id }) => id) ?? [];
    expect(inventory.filter((id) => id.includes('/rg-dns/'))).toEqual([]);
  });

  it('moves a linked VNet from one set of zones to another within minutes', async () => {
    const plant = await vnet(lab, 'plant');
    const endpoints = (first: string[], second: string[]): Record<string, unknown>[] => [
      endpointWith('rg-dns', first),
      {
        name: 'b',
        subnetId: `${spoke}/subnets/pe`,
        dns: { resourceGroup: 'rg', linkVirtualNetworkIds: second },
      },
    ];
    await lab.make({ privateEndpoints: endpoints([plant], []) });
    await lab.becomes('True Ready');
    const begun = lab.clock.now();
    await lab.spec({ privateEndpoints: endpoints([], [plant]) });
    await lab.until(
      async () =>
        lab.linksOf(zoneIn('rg')).some(({ network }) => network === plant) &&
        (await lab.state()) === 'True Ready',
    );
    expect((lab.clock.now() - begun) / minute).toBeLessThan(4);
    expect(lab.linksOf(hisZone).map(({ network }) => network)).toEqual([hub]);
  });

  it('is what both the inventory and a tag say: a copied tag or a forged inventory deletes nothing', async () => {
    const zone = async (name: string, tags: Record<string, string>): Promise<string> => {
      const id = idOf('rg', 'Microsoft.Network/privateDnsZones', name);
      await lab.byHand('PUT', id, { location: 'global', tags });
      return id;
    };
    const tagged = await zone('corp.example.com', { [ownerTag]: owner });
    const untagged = await zone('plain.example.com', {});
    await lab.make();
    await lab.becomes('True Ready');
    const { inventory = [] } = await lab.status();
    await lab.kubernetes.patch(
      scopes,
      key,
      { status: { inventory: [...inventory, { id: untagged, origin: 'Created' }] } },
      { subresource: 'status' },
    );
    await lab.clock.advance(40 * minute);
    await lab.remove();
    expect(lab.portal.get(tagged)).toBeDefined();
    expect(lab.portal.get(untagged)).toBeDefined();
    expect(lab.portal.get(hisZone)).toBeUndefined();
  });

  it('is found again by its tags when the status is lost and the spec has moved on', async () => {
    const before = lab.portal.picture();
    await lab.make();
    await lab.becomes('True Ready');
    await lab.stop();
    await lab.kubernetes.patch(scopes, key, { status: null }, { subresource: 'status' });
    await lab.spec({ privateEndpoints: [] });
    lab.start();
    await lab.until(() => lab.portal.get(endpointId) === undefined && lab.portal.get(hisZone) === undefined);
    await lab.becomes('True Ready');
    await lab.remove();
    expect(lab.portal.picture()).toEqual(before);
  });
});

/** Whole subscriptions may not be listed. */
function noListings({ url }: ArmRequest): ArmResponse | undefined {
  const isListing = /^\/subscriptions\/[^/]+\/providers\//.test(url.pathname);
  return isListing ? json(403, { error: { code: 'AuthorizationFailed', message: 'no' } }) : undefined;
}

async function vnet(lab: ScopeLab, name: string): Promise<string> {
  const id = idOf('rg', 'Microsoft.Network/virtualNetworks', name);
  const like = lab.portal.need(spoke);
  lab.world.resources.put({ ...like, id, name });
  await lab.clock.advance(0);
  return id;
}

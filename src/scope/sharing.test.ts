import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopes } from '../api/resources.ts';
import { requestFor } from '../../test/world/azure/ask.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { buildByHand, endpointElsewhere, ScopeLab, zoneNames } from '../../test/world/scope-lab.ts';
import { endpointId, hub, subscription, zoneOf } from '../../test/world/small-seed.ts';

const names = ['one', 'two', 'three', 'four', 'five'];

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

const reads = (path: string): number =>
  lab.world.exchanges.filter((one) => one.method === 'GET' && one.path.toLowerCase() === path.toLowerCase())
    .length;
const ready = async (name: string): Promise<string> => await lab.condition(lab.scope(name));

describe('what is read of Azure once', () => {
  it('serves all objects of an identity: the network, its endpoints and where it is linked', async () => {
    await buildByHand(lab);
    const from = lab.world.exchanges.length;
    for (const name of names) {
      const endpoint = { name: 'hub', azureName: `${name}-hub`, subnetId: `${hub}/subnets/pe` };
      const dns = { resourceGroup: 'rg' };
      const spec = { azureName: name, privateEndpoints: [{ ...endpoint, dns }] };
      await lab.kubernetes.create(scopes, scopeObject(spec, name));
    }
    lab.start();
    await lab.until(async () => (await Promise.all(names.map(ready))).every((state) => state !== ''), 20_000);
    lab.world.exchanges.splice(0, from);
    // Nobody makes a second endpoint in a network that leads to another scope.
    for (const name of names) expect(await ready(name)).toMatch(/^False (?!Provisioning)/);
    expect(reads(hub)).toBe(1);
    expect(reads(endpointId)).toBe(1);
    expect(reads(`/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`)).toBe(1);
    for (const zone of zoneNames) expect(reads(`${zoneOf(zone)}/virtualNetworkLinks`)).toBe(1);
  });

  it('is not believed where somebody made a zone meanwhile: theirs stays as it is, and is told', async () => {
    const endpoint = endpointElsewhere(lab, 'v0');
    const zone = zoneOf('privatelink.his.arc.azure.com').replace('rg-dns', 'rg-v0');
    let made = false;
    // In the moment between the listing and our PUT.
    lab.onAzure = (request, send) => {
      const { pathname } = request.url;
      if (!made && request.method === 'PUT' && pathname.includes('/privateDnsZones/')) {
        made = true;
        lab.world.handle(requestFor('PUT', zone, { location: 'global', tags: { team: 'theirs' } }));
      }
      return send();
    };
    await lab.make({ privateEndpoints: [endpoint] });
    await lab.until(() => made);
    await lab.becomes('False AlreadyExists');
    expect(lab.portal.need(zone).tags).toEqual({ team: 'theirs' });
  });
});

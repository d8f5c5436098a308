import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { plantGateway, plantPeering } from '../../test/world/azure/providers/gateways.ts';
import { ScopeLab } from '../../test/world/scope-lab.ts';
import { hub, spoke } from '../../test/world/small-seed.ts';

const hour = 60 * 60_000;
const condition = 'PreflightPassed';

let lab: ScopeLab;
beforeEach(async () => {
  lab = await ScopeLab.open();
});
afterEach(() => lab.stop());

const network = async () => (await lab.status()).networks?.[0];

async function settled(): Promise<void> {
  await lab.make();
  await lab.becomes('True Ready');
}

describe('the VNet of an endpoint', () => {
  it('is told of, and a missing hybrid connection stands in the way of nothing', async () => {
    await settled();
    expect(await network()).toEqual({
      id: hub,
      hybridConnection: 'NotFound',
      dnsServers: [],
      privateEndpointNetworkPolicies: 'Disabled',
    });
    expect(await lab.message(condition)).toBe(
      'Nothing stands in the way. No VPN or ExpressRoute connection was found for VNet hub.',
    );
  });

  it.each(['IPsec', 'ExpressRoute'] as const)(
    'is found connected by a gateway of its own: %s',
    async (type) => {
      plantGateway(lab.world, hub, [type]);
      await settled();
      expect((await network())?.hybridConnection).toBe('Found');
      expect(await lab.message(condition)).toContain('A VPN or ExpressRoute connection leads to VNet hub.');
    },
  );

  it('is not connected by a gateway without connections, or with one to another VNet', async () => {
    plantGateway(lab.world, hub, ['Vnet2Vnet']);
    await settled();
    expect((await network())?.hybridConnection).toBe('NotFound');
  });

  it('is found connected by a VNet that it is peered with', async () => {
    plantPeering(lab.world, hub, spoke, true);
    plantGateway(lab.world, spoke, ['ExpressRoute']);
    await settled();
    expect((await network())?.hybridConnection).toBe('Found');
  });

  it('with DNS servers of its own does not resolve by links alone, which is said', async () => {
    lab.portal.set(hub, { dhcpOptions: { dnsServers: ['10.0.0.53'] } });
    await settled();
    expect((await network())?.dnsServers).toEqual(['10.0.0.53']);
    expect(await lab.message(condition)).toContain(
      'DNS servers are set on VNet hub (10.0.0.53): links alone do not resolve there',
    );
  });

  it('whose subnet applies network policies to endpoints is told', async () => {
    lab.portal.set(`${hub}/subnets/pe`, { privateEndpointNetworkPolicies: 'Enabled' });
    await settled();
    expect((await network())?.privateEndpointNetworkPolicies).toBe('Enabled');
    expect(await lab.message(condition)).toContain('apply to private endpoint hub (Enabled)');
  });

  it.each([
    ['of the gateway', 'Microsoft.Network/virtualNetworkGateways/connections/read', ''],
    ['of the peer', 'Microsoft.Network/virtualNetworks/read', spoke],
  ])(
    'whose connections the identity may not see is Unknown, and no trouble: %s',
    async (_, action, below) => {
      plantPeering(lab.world, hub, spoke);
      plantGateway(lab.world, spoke, ['IPsec']);
      lab.world.rules.forbid(action, below);
      await settled();
      expect((await network())?.hybridConnection).toBe('Unknown');
      expect(await lab.message(condition)).toContain('leads to VNet hub cannot be seen');
    },
  );

  it('is looked at once an hour at most, and what changed is seen then', async () => {
    await settled();
    const reads = (): number =>
      lab.world.exchanges.filter(({ path }) => path.toLowerCase() === hub.toLowerCase()).length;
    const before = reads();
    await lab.clock.advance(50 * 60_000);
    expect(reads()).toBe(before);
    plantGateway(lab.world, hub, ['IPsec']);
    await lab.clock.advance(hour);
    expect((await network())?.hybridConnection).toBe('Found');
    expect(reads()).toBe(before + 1);
    expect((await lab.callsWithin(3 * hour)).writes).toBe(0);
  });

  it('that cannot be read for now keeps what was told of it', async () => {
    plantGateway(lab.world, hub, ['IPsec']);
    await settled();
    lab.world.onRequest = ({ url }) =>
      url.pathname.endsWith('/virtualNetworks/hub')
        ? { status: 503, headers: {}, body: '{"error":{"code":"ServiceUnavailable","message":"Not now."}}' }
        : undefined;
    await lab.clock.advance(3 * hour);
    expect((await network())?.hybridConnection).toBe('Found');
    expect(await lab.state()).toBe('True Ready');
  });
});

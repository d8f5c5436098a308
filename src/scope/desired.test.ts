import { describe, expect, it } from '@jest/globals';
import { withDefaults } from '../../test/world/kubernetes/defaults.ts';
import { scopeObject } from '../../test/world/objects.ts';
import { endpointId, hub, scopeId, spoke, subscription } from '../../test/world/small-seed.ts';
import { scopes } from '../api/resources.ts';
import type { ArcPrivateLinkScope } from '../api/types.ts';
import { desiredOf, linkId, subscriptionsOf } from './desired.ts';

const object = (more: Record<string, unknown> = {}): ArcPrivateLinkScope =>
  withDefaults(scopes, scopeObject(more)) as ArcPrivateLinkScope;
const other = (digit: string): string => subscription.replace(/a$/, digit);
const elsewhere = (id: string, digit: string): string => id.replace(subscription, other(digit));

describe('what an object asks for', () => {
  it('has every default resolved and every name decided', () => {
    const desired = desiredOf(object(), 'cluster');
    expect(desired.scopeId).toBe(scopeId);
    expect(desired.owner.tag).toBe('cluster/lab/net');
    expect(desired.endpoints[0]).toMatchObject({ id: endpointId, networkId: hub, manual: false });
    expect(desired.endpoints[0]?.dns?.networkIds).toEqual([hub, spoke]);
  });

  it('has names of endpoints that Azure takes: 64 characters at the most, and no two alike', () => {
    const names = ['a', 'b'].map((end) => `${'x'.repeat(62)}${end}`);
    const privateEndpoints = names.map((name) => ({ name, subnetId: `${hub}/subnets/pe` }));
    const found = desiredOf(object({ privateEndpoints }), 'owner').endpoints.map(
      ({ id }) => id.split('/').pop() ?? '',
    );
    expect(found.map((name) => name.length)).toEqual([64, 64]);
    expect(new Set(found).size).toBe(2);
    expect(found.every((name) => name.startsWith('net-xxx'))).toBe(true);
  });

  it('links a VNet once, however often and in whatever case it is named', () => {
    const dns = { linkVirtualNetworkIds: [hub.toUpperCase(), spoke, spoke.toUpperCase()] };
    const endpoint = { name: 'hub', subnetId: `${hub}/subnets/pe`, dns };
    const { endpoints } = desiredOf(object({ privateEndpoints: [endpoint] }), 'cluster');
    expect(endpoints[0]?.dns?.networkIds).toHaveLength(2);
  });

  it('has the same name for a link in whatever case its VNet is named', () => {
    expect(linkId('/zone', hub.toUpperCase()).toLowerCase()).toBe(linkId('/zone', hub).toLowerCase());
  });

  it('names subscriptions in fields and ids alike, every one of which has to be allowed', () => {
    const endpoint = {
      name: 'hub',
      subscriptionId: other('1'),
      subnetId: `${elsewhere(hub, '2')}/subnets/pe`,
      dns: { subscriptionId: other('3'), linkVirtualNetworkIds: [elsewhere(spoke, '4').toUpperCase()] },
    };
    expect(subscriptionsOf(object({ privateEndpoints: [endpoint] }))).toEqual(
      [subscription, ...['1', '2', '3', '4'].map(other)].map((id) => id.toLowerCase()),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { decided, nothingSeen, settledSeen } from '../../../test/world/scope-seen.ts';
import { idOf } from '../../../test/world/small-seed.ts';
import { systemClock } from '../../base/clock.ts';
import { inventoryAfter } from '../inventory-update.ts';
import { scopeKind } from '../kind.ts';
import type { Seen } from '../seen.ts';

const network = (name: string): string => idOf('rg', 'Microsoft.Network/virtualNetworks', name);
const many = Array.from({ length: 50 }, (_, index) => index);
/** As large as the API server lets it be: fifty endpoints, and fifty further VNets linked to the zones of each. */
const spec = {
  privateEndpoints: many.map((index) => ({
    name: `e${index}`,
    subnetId: `${network(`v${index}`)}/subnets/pe`,
    dns: {
      resourceGroup: `rg-${index}`,
      linkVirtualNetworkIds: many.map((other) => network(`v${index}-${other}`)),
    },
  })),
};

describe('the largest scope', () => {
  const { concerns } = scopeKind({} as never);
  const secondsFor = (seen: Seen): number => {
    const begun = systemClock.monotonic();
    for (const concern of concerns) decided(concern, seen);
    inventoryAfter(seen);
    return (systemClock.monotonic() - begun) / 1000;
  };

  it('is decided about without holding anything else up, new or settled', () => {
    expect(secondsFor(nothingSeen(spec))).toBeLessThan(3);
    expect(secondsFor(settledSeen(spec))).toBeLessThan(3);
  });

  it('is planned whole: every call, in order', () => {
    const seen = nothingSeen(spec);
    const planned = concerns.flatMap((concern) => concern.decide(seen).planned);
    // The scope; for each endpoint itself, three zones, 51 links for each of them, and a zone group.
    expect(planned).toHaveLength(1 + 50 * (1 + 3 + 3 * 51 + 1));
    expect(planned.filter(({ waitsFor }) => waitsFor === undefined)).toHaveLength(1);
  });
});

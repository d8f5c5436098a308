import { afterEach, describe, expect, it } from '@jest/globals';
import { endpointElsewhere, ScopeLab } from '../../test/world/scope-lab.ts';

const minute = 60_000;
const windowMs = 5 * minute;

describe('the read limits of private DNS itself, 500 in five minutes', () => {
  let lab: ScopeLab;
  afterEach(() => lab.stop());

  it('delay forty endpoints with zones by their windows, and cost a handful of refused calls', async () => {
    lab = await ScopeLab.open(undefined, { providerLimits: true });
    const privateEndpoints = Array.from({ length: 40 }, (_, index) => endpointElsewhere(lab, `v${index}`));
    await lab.make({ privateEndpoints });
    const from = lab.clock.now();
    await lab.becomes('True Ready', 'Ready', 12 * windowMs);
    const windows = Math.ceil((lab.clock.now() - from) / windowMs);
    const ofDns = lab.world.exchanges.filter(
      ({ method, type }) =>
        method === 'GET' && type.toLowerCase().startsWith('microsoft.network/privatednszones'),
    );
    const refused = ofDns.filter(({ status }) => status === 429);
    // 120 zones: looked for, waited for and seen; their links waited for and seen; their records read.
    expect(ofDns.length - refused.length).toBeLessThanOrEqual(120 * 7);
    expect(windows).toBeLessThanOrEqual(2);
    expect(refused.length).toBeLessThanOrEqual(12 * windows);
    expect((await lab.status()).endpointsReady).toBe('40/40');
  }, 120_000);
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../test/world/azure/connect.ts';
import { Laboratory } from '../../test/world/laboratory.ts';
import { smallSeed, subscription } from '../../test/world/small-seed.ts';
import type { Azure } from './types.ts';

/** Address ranges of service tags, on an answer of the size that Azure's has. */

const hours = 3_600_000;
let lab: Laboratory;
let azure: Azure;
beforeEach(() => {
  lab = new Laboratory(smallSeed);
  ({ azure } = connect(lab.world));
});
const ask = (names: string[], maxAgeMs = 6 * hours) =>
  azure.serviceTags(subscription, 'West Europe', names, maxAgeMs);

describe('service tags', () => {
  it('are those that were asked for, in any case, with all their ranges', async () => {
    const { changeNumber, tags } = await ask(['azurearcinfrastructure', 'Storage', 'NotThere']);
    expect(changeNumber).toBe('63');
    expect(tags.map(({ name }) => name)).toEqual(['AzureArcInfrastructure', 'Storage']);
    expect(tags[0]?.addressPrefixes).toHaveLength(223);
  });

  it('are asked for once, whoever asks, until they are old', async () => {
    await Promise.all([ask(['Storage']), ask(['Storage']), ask(['storage'])]);
    await ask(['Storage']);
    expect(lab.world.serviceTags.asked).toBe(1);
    await lab.clock.advance(6 * hours);
    await ask(['Storage']);
    expect(lab.world.serviceTags.asked).toBe(2);
  });

  it('are asked for again for a tag that nobody had asked for, and then shared', async () => {
    await ask(['Storage']);
    await ask(['AzureActiveDirectory']);
    await ask(['Storage', 'AzureActiveDirectory']);
    expect(lab.world.serviceTags.asked).toBe(2);
  });

  it('are the same value while the answer is the same', async () => {
    expect(await ask(['Storage'])).toBe(await ask(['Storage']));
  });

  it('do not go back where a front end of Azure lags behind another', async () => {
    lab.world.serviceTags.move('Storage', ['20.0.0.0/8']);
    await ask(['Storage']);
    lab.world.serviceTags.changeNumber = 60;
    lab.world.serviceTags.changed.clear();
    await lab.clock.advance(7 * hours);
    expect(await ask(['Storage'])).toEqual({
      changeNumber: '64',
      tags: [{ name: 'Storage', changeNumber: '64', addressPrefixes: ['20.0.0.0/8'] }],
    });
  });

  it.each([
    ['{"changeNumber":"63","values":[]}', 'names no service tags'],
    ['{"values":[{"name":"Storage"}]}', 'no change number'],
    ['{"changeNumber":"63","values":', 'cut off'],
  ])('are not believed of %s', async (body, why) => {
    lab.world.onRequest = () => ({ status: 200, headers: { 'content-type': 'application/json' }, body });
    await expect(ask(['Storage'])).rejects.toThrow(why);
  });

  it('are asked for again after a refusal', async () => {
    lab.world.rules.forbid('Microsoft.Network/locations/serviceTags/read');
    await expect(ask(['Storage'])).rejects.toThrow('serviceTags/read');
    lab.world.rules.permit('Microsoft.Network/locations/serviceTags/read');
    expect((await ask(['Storage'])).tags).toHaveLength(1);
  });
});

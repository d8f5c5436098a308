import { parseArgs } from 'node:util';
import { Portal } from './portal.ts';
import type { Regime } from './rate-limits.ts';
import { plant, readSeed } from './seed.ts';
import { startAzureServer } from './server.ts';
import { AzureWorld } from './world.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { systemRandom } from '../../../src/base/random.ts';

/** `node test/world/azure/main.ts --seed FILE`: a simulated Azure to play with; prints where it is as one line of JSON. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    port: { type: 'string', default: '0' },
    'time-factor': { type: 'string', default: '1' },
    regime: { type: 'string', default: 'bucket' },
  },
});
if (values.seed === undefined) throw new Error('--seed FILE is required');

const seed = readSeed(values.seed);
const timeFactor = Number(values['time-factor']);
const world = new AzureWorld({
  clock: systemClock,
  random: systemRandom,
  timeFactor,
  regime: values.regime as Regime,
});
plant(world, seed);
const server = await startAzureServer({ world, seed, port: Number(values.port) });
console.log(
  JSON.stringify({
    url: server.url,
    caPath: server.caPath,
    tenantId: seed.tenantId,
    resources: Object.keys(new Portal(world).picture()).length,
  }),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void server.stop();
  });
}

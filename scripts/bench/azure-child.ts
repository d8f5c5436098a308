import type { AzureStart, Calls, Envelope, Question } from './azure-questions.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { plant } from '../../test/world/azure/seed.ts';
import { startAzureServer } from '../../test/world/azure/server.ts';
import { AzureWorld, type Exchange } from '../../test/world/azure/world.ts';

/** The simulated Azure as a child of the benchmark: begins with the first message, answers every other one. */

process.once('message', (message) => void begin(message as AzureStart));
process.once('disconnect', () => process.exit(0));

async function begin({ seed, timeFactor, regime }: AzureStart): Promise<void> {
  const world = new AzureWorld({ clock: systemClock, random: systemRandom, timeFactor, regime });
  plant(world, seed);
  const server = await startAzureServer({ world, seed });
  process.on('message', (message) => {
    const { id, question } = message as Envelope;
    process.send?.({ id, answer: answer(world, question) });
  });
  process.send?.({ url: server.url, authorityHost: server.authorityHost, caPath: server.caPath });
}

function answer(world: AzureWorld, question: Question): unknown {
  switch (question.about) {
    case 'calls':
      return calls(world.exchanges.filter(({ atMs }) => atMs >= question.sinceMs));
    case 'first call':
      return world.exchanges.find(({ path }) => path.includes(question.containing))?.atMs;
    case 'servers':
      return servers(world);
  }
}

function calls(exchanges: readonly Exchange[]): Calls {
  const of = (method: string): Exchange[] => exchanges.filter((one) => one.method === method);
  const taken = exchanges.filter(({ method, status }) => method !== 'GET' && status < 300);
  const associated = taken.filter(({ path }) => path.includes('/machines/'));
  const counted = associated.length > 0 ? associated : taken;
  const [first, last] = [counted[0], counted.at(-1)];
  return {
    gets: of('GET').length,
    serverGets: of('GET').filter(({ path }) => /\/machines\/[^/]+$/.test(path)).length,
    patches: of('PATCH').length,
    writes: exchanges.length - of('GET').length,
    throttled: exchanges.filter(({ status }) => status === 429).length,
    associated: associated.length,
    ...(first === undefined ? {} : { firstWriteMs: first.atMs }),
    ...(last === undefined ? {} : { lastWriteMs: last.atMs }),
  };
}

function servers(world: AzureWorld): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { properties } of world.resources.ofType('Microsoft.HybridCompute/machines')) {
    const scope = String(properties['privateLinkScopeResourceId'] ?? '').toLowerCase();
    found[scope] = (found[scope] ?? 0) + 1;
  }
  return found;
}

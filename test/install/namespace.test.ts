import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { startStage, type Stage } from '../world/stage.ts';

/** A namespace that is deleted with everything in it, in whatever order things go: it ends, and so does all in Azure. */

const seed = readSeed('examples/quickstart-azure.yaml');
const namespace = 'arc-demo';
let stage: Stage;
let before: unknown;
beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20 });
  before = stage.portal.picture();
}, 120_000);
afterAll(() => stage.stop());

const kubectl = (...args: string[]): Promise<string> => stage.cluster.told(...args);
const go = (...what: string[]): Promise<string> =>
  kubectl('-n', namespace, 'delete', ...what, '--wait=false');

const orders: Record<string, () => Promise<unknown>> = {
  'the credentials Secret first': () => go('secret', 'arc-private-link-credentials'),
  'the scope before its servers': () => go('apls', '--all'),
  'the slices first': () => go('asas', '--all'),
  'nothing before it': () => Promise.resolve(),
};

describe('a namespace is deleted', () => {
  it.each(Object.keys(orders))(
    'with %s, and all in Azure goes with it',
    async (name) => {
      await makeReady();
      const operator = await stage.startOperator();
      await orders[name]?.();
      await kubectl('delete', 'namespace', namespace, '--timeout=60s');
      expect(isDeepStrictEqual(stage.portal.picture(), before)).toBe(true);
      await operator.stop();
    },
    120_000,
  );

  it('while the operator is down, and is cleaned up when it comes back', async () => {
    await makeReady();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
    await kubectl('wait', 'namespace', namespace, '--for=jsonpath={.status.phase}=Terminating');
    expect(isDeepStrictEqual(stage.portal.picture(), before)).toBe(false);
    const operator = await stage.startOperator();
    await kubectl('wait', 'namespace', namespace, '--for=delete', '--timeout=60s');
    expect(isDeepStrictEqual(stage.portal.picture(), before)).toBe(true);
    await operator.stop();
  }, 120_000);
});

/** Everything ready, and the operator that made it so gone again. */
async function makeReady(): Promise<void> {
  const operator = await stage.startOperator();
  await stage.createNamespace(namespace);
  await stage.cluster.apply(readFileSync('examples/quickstart.yaml', 'utf8'));
  await kubectl('-n', namespace, 'wait', 'apls,asa', '--all', '--for=condition=Ready', '--timeout=60s');
  await operator.stop();
}

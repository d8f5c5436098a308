import { describe, expect, it } from '@jest/globals';
import { secretFinalizer, secretInUseLabel, secrets, type Secret } from './identity/resources.ts';
import { KubernetesError } from './runtime/client.ts';
import type { KubeObject, Resource } from './runtime/object.ts';
import { scopes } from './api/resources.ts';
import { Laboratory, namespace } from '../test/world/laboratory.ts';
import { scopeObject } from '../test/world/objects.ts';
import { smallSeed } from '../test/world/small-seed.ts';

/** What an operator does with what an earlier process left behind. */

const key = { namespace, name: 'left-behind' };
const left: Secret = {
  metadata: { ...key, labels: { [secretInUseLabel]: 'true' }, finalizers: [secretFinalizer] },
};

/** A laboratory whose API server answers so to a list of Secrets, so many times. */
async function laboratory(status: number, times: number) {
  const lab = new Laboratory(smallSeed);
  await lab.kubernetes.create(secrets, left);
  const list = lab.kubernetes.list.bind(lab.kubernetes);
  let asked = 0;
  lab.kubernetes.list = async <T extends KubeObject>(resource: Resource<T>, options?: object) => {
    if (resource.kind !== 'Secret' || asked >= times) return await list(resource, options);
    asked += 1;
    throw new KubernetesError(status, '', 'no answer today', { retryAfterMs: 20_000 });
  };
  const finalizers = async (): Promise<string[]> =>
    (await lab.kubernetes.get(secrets, key))?.metadata.finalizers ?? [];
  return { lab, finalizers, asked: () => asked };
}

describe('a credentials Secret that an earlier process held and nobody uses any more', () => {
  it('is let go in the end, although the API server fails when Secrets are listed', async () => {
    const { lab, finalizers, asked } = await laboratory(503, 5);
    lab.start();
    await lab.clock.advance(60_000);
    expect(await finalizers()).toEqual([secretFinalizer]);
    await lab.until(async () => (await finalizers()).length === 0, 120_000);
    expect(asked()).toBe(5);
    await lab.stop();
  });

  it('does not keep the objects waiting meanwhile', async () => {
    const { lab, finalizers } = await laboratory(500, Infinity);
    await lab.createSecret();
    const scope = scopeObject();
    await lab.kubernetes.create(scopes, { ...scope, metadata: { ...scope.metadata, namespace } });
    lab.start();
    await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready', 3_600_000);
    expect(await finalizers()).toEqual([secretFinalizer]);
    await lab.stop();
  });

  it('stays held, and is asked for no more, where the operator may not list Secrets', async () => {
    const { lab, finalizers, asked } = await laboratory(403, Infinity);
    lab.start();
    await lab.clock.advance(3_600_000);
    expect(asked()).toBe(1);
    expect(await finalizers()).toEqual([secretFinalizer]);
    await lab.stop();
  });
});

import { describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../../src/api/resources.ts';
import { Laboratory, namespace } from '../world/laboratory.ts';
import { associationObject, scopeObject } from '../world/objects.ts';
import { otherScopeId, scopeId, serverId, smallSeed } from '../world/small-seed.ts';

/**
 * The enumeration of Sieve (OSDI'22) for an association: the operator dies at every call it makes, before it or right
 * after it was applied. Every server ends where it belongs, none has waited too little, and none is PATCHed once more
 * than the one whose answer was lost.
 */
const key = { namespace, name: 'servers' };
const wanted = ['web-1', 'web-2', 'web-3', 'web-4'];

interface Life {
  lab: Laboratory;
  calls: number;
}

async function live(fault?: { at: number; when: 'crash before' | 'crash after' }): Promise<Life> {
  const lab = new Laboratory(smallSeed);
  await lab.createSecret();
  await lab.kubernetes.create(scopes, scopeObject({ publicNetworkAccess: 'Enabled', privateEndpoints: [] }));
  lab.start();
  await lab.until(async () => (await lab.condition(lab.scope('net'))) === 'True Ready');
  await lab.stop();
  await lab.kubernetes.create(associations, associationObject());
  lab.start(fault && ((_, number) => (number === fault.at ? fault.when : undefined)));
  const isReady = async (): Promise<boolean> =>
    (await lab.condition(lab.association('servers'))) === 'True Ready';
  await lab.until(async () => lab.crashed || (await isReady()), 3_600_000);
  if (lab.crashed) {
    lab.start();
    await lab.until(isReady, 3_600_000);
  }
  return { lab, calls: lab.calls };
}

const patches = (lab: Laboratory): string[] =>
  lab.world.exchanges
    .filter(({ method }) => method === 'PATCH')
    .map(({ path }) => path.split('/').pop() ?? '');
const scopeOf = (lab: Laboratory, name: string): unknown =>
  lab.portal.need(serverId(name)).properties['privateLinkScopeResourceId'];

async function faultsOf(lab: Laboratory): Promise<string[]> {
  const faults: string[] = [];
  const sent = patches(lab);
  if (sent.some((name) => !wanted.includes(name))) faults.push(`touched ${sent.join()}`);
  // At most the twenty in flight can have lost their answers; here there are four.
  if (sent.length > 2 * wanted.length) faults.push(`${sent.length} PATCHes`);
  for (const name of wanted) if (scopeOf(lab, name) !== scopeId) faults.push(`${name} is not in the scope`);
  if (scopeOf(lab, 'taken') !== otherScopeId) faults.push('taken was moved');
  const entries = await lab.entries();
  for (const name of wanted) {
    const last = lab.world.exchanges
      .filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/${name}`))
      .at(-1);
    const waited = Date.parse(entries.get(name)?.since ?? '') - (last?.atMs ?? 0);
    if (entries.get(name)?.phase !== 'Propagated' || waited < 15 * 60_000)
      faults.push(`${name} waited ${waited} ms`);
  }
  return faults;
}

describe('an operator that dies while it associates servers', () => {
  it('leaves every server where it belongs, with its whole wait, whichever call it died at', async () => {
    const reference = await live();
    expect(await faultsOf(reference.lab)).toEqual([]);
    expect(patches(reference.lab)).toHaveLength(wanted.length);
    const wrong: string[] = [];
    // Beyond the first sixty calls there is only the wait, which repeats itself.
    const calls = Math.min(reference.calls, 60);
    for (let at = 0; at < calls; at += 1) {
      for (const when of ['crash before', 'crash after'] as const) {
        const { lab } = await live({ at, when });
        wrong.push(...(await faultsOf(lab)).map((fault) => `${when} call ${at}: ${fault}`));
        await lab.stop();
      }
    }
    expect(wrong).toEqual([]);
  }, 180_000);

  it('takes them all out again, whichever call of the deletion it dies at', async () => {
    const wrong: string[] = [];
    for (let at = 0; at < 40; at += 1) {
      const { lab } = await live();
      await lab.stop();
      await lab.kubernetes.delete(associations, key);
      lab.start((_, number) => (number === at ? 'crash after' : undefined));
      const gone = async (): Promise<boolean> => (await lab.association('servers')) === undefined;
      await lab.until(async () => lab.crashed || (await gone()), 600_000);
      const over = !lab.crashed;
      if (lab.crashed) lab.start();
      await lab.until(gone, 600_000);
      for (const name of wanted)
        if (scopeOf(lab, name) !== '') wrong.push(`call ${at}: ${name} is still there`);
      if (scopeOf(lab, 'taken') !== otherScopeId) wrong.push(`call ${at}: taken was touched`);
      await lab.stop();
      if (over) break;
    }
    expect(wrong).toEqual([]);
  }, 180_000);
});

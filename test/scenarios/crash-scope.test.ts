import { beforeAll, describe, expect, it } from '@jest/globals';
import { scopes } from '../../src/api/resources.ts';
import { Laboratory, namespace } from '../world/laboratory.ts';
import { scopeObject } from '../world/objects.ts';
import { smallSeed } from '../world/small-seed.ts';

/**
 * The enumeration of Sieve (OSDI'22) for a scope's whole life: the operator dies at every call it makes, before the
 * call or right after it was applied, and another one goes on. The end must be the same, with no create more.
 */
const key = { namespace, name: 'net' };
const isReady = async (lab: Laboratory): Promise<boolean> =>
  (await lab.condition(lab.scope('net'))) === 'True Ready';

interface Life {
  lab: Laboratory;
  /** Calls of the operator that lived through it, up to Ready and from there to the end. */
  calls: number;
}

/**
 * Unconditional writes that were accepted, by type. Zones and links are created with `If-None-Match: *`: Azure does not
 * show them while it is at it, and a repetition cannot make a second one.
 */
function creations(lab: Laboratory): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, type, status, conditional } of lab.world.exchanges) {
    if (method === 'PUT' && status < 300 && !conditional) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

async function live(fault?: { at: number; when: 'crash before' | 'crash after' }): Promise<Life> {
  const lab = new Laboratory(smallSeed);
  await lab.createSecret();
  await lab.kubernetes.create(scopes, scopeObject());
  lab.start(fault && ((_, number) => (number === fault.at ? fault.when : undefined)));
  await lab.until(async () => lab.crashed || (await isReady(lab)), 600_000);
  if (lab.crashed) {
    lab.start();
    await lab.until(() => isReady(lab), 600_000);
  }
  return { lab, calls: lab.calls };
}

describe('an operator that dies while it builds a scope', () => {
  let reference: Life;
  let picture: unknown;
  beforeAll(async () => {
    reference = await live();
    picture = shapeOf(reference.lab);
    await reference.lab.stop();
  });

  it('leaves the same Azure behind, whichever call it died at, and makes nothing twice', async () => {
    const wrong: string[] = [];
    const expected = creations(reference.lab);
    for (let at = 0; at < reference.calls; at += 1) {
      for (const when of ['crash before', 'crash after'] as const) {
        const { lab } = await live({ at, when });
        const name = `${when} call ${at}`;
        if (JSON.stringify(shapeOf(lab)) !== JSON.stringify(picture))
          wrong.push(`${name}: another end state`);
        const surplus = Object.entries(creations(lab)).filter(
          ([type, count]) => count > (expected[type] ?? 0),
        );
        if (surplus.length > 0) wrong.push(`${name}: made again: ${surplus.join(' ')}`);
        await lab.stop();
      }
    }
    expect(reference.calls).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  }, 120_000);

  it('deletes everything all the same, whichever call of the deletion it dies at', async () => {
    const wrong: string[] = [];
    for (let at = 0; at < 60; at += 1) {
      const { lab } = await live();
      const before = new Laboratory(smallSeed).portal.picture();
      await lab.stop();
      await lab.kubernetes.delete(scopes, key);
      lab.start((_, number) => (number === at ? 'crash after' : undefined));
      await lab.until(async () => lab.crashed || (await lab.scope('net')) === undefined, 600_000);
      const over = !lab.crashed;
      if (lab.crashed) lab.start();
      await lab.until(async () => (await lab.scope('net')) === undefined, 600_000);
      const left = Object.keys(lab.portal.picture()).length - Object.keys(before).length;
      if (left !== 0) wrong.push(`call ${at}: ${left} resources are left`);
      await lab.stop();
      if (over) break;
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

/** The end state without what chance or time decides. */
function shapeOf(lab: Laboratory): string[] {
  return lab.world.resources
    .all()
    .filter(({ type }) => !type.endsWith('networkInterfaces') && !type.endsWith('privateEndpointConnections'))
    .map(({ id, tags }) => `${id.toLowerCase()} ${JSON.stringify(tags ?? {})}`)
    .sort();
}

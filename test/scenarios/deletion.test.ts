import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { associations, scopes } from '../../src/api/resources.ts';
import { findCondition } from '../../src/runtime/conditions.ts';
import { readSeed } from '../world/azure/seed.ts';
import { startStage, type Stage } from '../world/stage.ts';
import { until } from '../world/until.ts';

/** Deletion as people and tools ask for it, on a real API server with its garbage collector. */

const seed = readSeed('examples/quickstart-azure.yaml');
const namespace = 'arc-demo';
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ seed, timeFactor: 20 });
  await stage.startOperator();
}, 120_000);
afterAll(() => stage.stop());

const servers = (): unknown[] =>
  stage.world.resources
    .ofType('Microsoft.HybridCompute/machines')
    .map(({ properties }) => properties['privateLinkScopeResourceId'])
    .filter((id) => String(id ?? '').endsWith('/plant-network'));

async function ready(): Promise<boolean> {
  const states = await Promise.all([
    stage.client.get(scopes, { namespace, name: 'plant-network' }),
    stage.client.get(associations, { namespace, name: 'plant-servers' }),
  ]);
  return states.every((object) => findCondition(object?.status?.conditions, 'Ready')?.status === 'True');
}

describe('an association that is deleted in the foreground', () => {
  it('releases its servers before its slices go, and nothing holds up its namespace', async () => {
    const before = stage.portal.picture();
    await stage.createNamespace(namespace);
    await stage.cluster.apply(readFileSync('examples/quickstart.yaml', 'utf8'));
    await until('all is ready', ready);
    expect(servers()).toHaveLength(8);
    const told = await stage.cluster.kubectl([
      '-n',
      namespace,
      'delete',
      'asa/plant-servers',
      '--cascade=foreground',
      '--timeout=60s',
    ]);
    expect(told.code).toBe(0);
    expect(servers()).toEqual([]);
    const left = await stage.cluster.kubectl(['-n', namespace, 'get', 'asas', '-o', 'name']);
    expect(left.stdout).toBe('');
    await stage.cluster.kubectl(['delete', 'namespace', namespace, '--wait=true', '--timeout=90s']);
    expect(stage.portal.picture()).toEqual(before);
  }, 240_000);
});

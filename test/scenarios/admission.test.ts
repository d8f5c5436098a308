import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { loadKubeConfig } from '../../src/runtime/kube-config.ts';
import { admit, associationSubject, scopeSubject, type Subject } from '../torture/acto/admission.ts';
import { changesOf, type Meanings } from '../torture/acto/arbitrary.ts';
import { associationBases, associationMeanings } from '../torture/acto/associations.ts';
import { judge, type Judge } from '../torture/acto/dry-run.ts';
import { scopeBases, scopeMeanings } from '../torture/acto/estate.ts';
import { mutated } from '../torture/acto/mutation.ts';
import { startCluster, type Cluster } from '../world/kubernetes/cluster.ts';

/** The mutation campaigns judge specs in process; here a sample of theirs is held against the real API server. */

let cluster: Cluster;
let server: Judge;
beforeAll(async () => {
  cluster = await startCluster();
  server = await judge(loadKubeConfig(cluster.kubeconfig), 'default');
}, 60_000);
afterAll(async () => {
  server.stop();
  await cluster.stop();
});

/** Where the verdict or what would be stored differs, as lines to read. */
async function differences(subject: Subject, samples: readonly unknown[], before?: Spec): Promise<string[]> {
  const lines: string[] = [];
  for (const spec of samples) {
    const here = admit(subject, spec, before);
    const there = await server.ask(subject, spec);
    const accepted = there.stored !== undefined;
    if (accepted !== (here.stored !== undefined))
      lines.push(
        `${JSON.stringify(spec).slice(0, 2000)}\n  here: ${here.problems.join('; ') || 'taken'}\n  there: ${there.refusal ?? 'taken'}`,
      );
    else if (accepted && !isDeepStrictEqual(there.stored, here.stored))
      lines.push(`stored here: ${JSON.stringify(here.stored)}\n  there: ${JSON.stringify(there.stored)}`);
    else lines.push(...unsaid(here.problems, there.refusal ?? ''));
  }
  return lines;
}

/** Our own sentences are what the person reads. */
function unsaid(problems: readonly string[], refusal: string): string[] {
  return problems
    .filter((problem) => problem.includes(': Invalid value: ') && !problem.includes('must be of type'))
    .map((problem) => problem.split(': Invalid value: ')[1] ?? '')
    .filter((sentence) => !refusal.includes(sentence))
    .map((sentence) => `not said: ${sentence}\n  there: ${refusal}`);
}

type Spec = Record<string, unknown>;
const cases: [string, Subject, Spec, Meanings][] = [
  ['ArcPrivateLinkScope', scopeSubject, scopeBases['two'] ?? {}, scopeMeanings],
  ['ArcServerAssociation', associationSubject, associationBases['spread'] ?? {}, associationMeanings],
];

describe.each(cases)('%s', (_, subject, base, meanings) => {
  const changes = changesOf(subject.kind.properties['spec'] ?? { type: 'object' }, meanings);
  const samples = (seed: number): Spec[] =>
    fc.sample(changes, { seed, numRuns: 150 }).map((change) => mutated(base, change));

  it('is created or refused alike', async () => {
    expect(await differences(subject, samples(1))).toEqual([]);
  }, 60_000);

  it('is changed or refused alike', async () => {
    await server.store(subject, base);
    expect(await differences(subject, samples(2), admit(subject, base).stored)).toEqual([]);
  }, 60_000);
});

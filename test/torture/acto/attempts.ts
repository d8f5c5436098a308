import fc from 'fast-check';
import type { Attempt, Campaign } from '../campaign.ts';
import type { Spec } from './admission.ts';
import { changesOf, type Change, type Meanings } from './arbitrary.ts';
import { Life, type Model } from './life.ts';
import { mutated } from './mutation.ts';

/** A campaign of mutated specs: each attempt is one object that lives through up to a dozen changes. */
export interface Mutations {
  name: string;
  tries: string;
  model: Model;
  bases: Readonly<Record<string, Spec>>;
  meanings: Meanings;
  slice: number;
}

interface Course {
  base: string;
  changes: readonly Change[];
}

const mostChanges = 12;

export function mutationCampaign({ name, tries, model, bases, meanings, slice }: Mutations): Campaign {
  const schema = model.subject.kind.properties['spec'];
  if (schema === undefined) throw new Error(`${name} has nothing to mutate`);
  const courses = fc.record({
    base: fc.constantFrom(...Object.keys(bases)),
    changes: fc.array(changesOf(schema, meanings), { minLength: 1, maxLength: mostChanges, size: 'max' }),
  });

  /** `path` is fast-check's own: 0 is what the seed gives, 0:3 its third shrunken form. */
  const courseAt = (seed: number, path: string): Course | undefined =>
    fc.sample(courses, { seed, path, numRuns: 1 })[0];

  const attempt = (seed: number, path: string, course: Course): Attempt => ({
    id: `${seed}:${path}`,
    run: async () => await live(model, bases[course.base] ?? {}, course.changes),
    *smaller() {
      for (let index = 0; index < mostShrunken; index += 1) {
        const own = `${path}:${index}`;
        const shrunken = courseAt(seed, own);
        if (shrunken === undefined) return;
        yield attempt(seed, own, shrunken);
      }
    },
  });

  const from = (id: string): Attempt => {
    const [, seed = '', path = ''] = /^(-?\d+):([\d:]+)$/.exec(id) ?? [];
    const course = path === '' ? undefined : courseAt(Number(seed), path);
    if (course === undefined) throw new Error(`${name} has no attempt ${id}`);
    return attempt(Number(seed), path, course);
  };

  return {
    name,
    tries,
    slice,
    *attempts(seed) {
      for (let index = 0; ; index += 1) yield from(`${seed + index * 7919}:0`);
    },
    attempt: (id) => Promise.resolve(from(id)),
  };
}

const mostShrunken = 60;

/** Every change in turn; the first that goes wrong ends it, since what follows would only repeat it. */
async function live(model: Model, base: Spec, changes: readonly Change[]): Promise<string[]> {
  const life = await Life.begin(model, base);
  let lines: string[] = [];
  for (const change of changes) {
    lines = (await life.change(mutated(base, change))).map((line) => `${JSON.stringify(change)}: ${line}`);
    if (lines.length > 0) break;
  }
  return [...lines, ...(await life.end())];
}

import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { mutants } from './mutants/list.ts';
import { mutated } from './mutants/mutant.ts';

/** `make mutants` tries them; this keeps their list true while the simulated Azure changes. */
it('every mutant has a name of its own and fits its file', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(50);
  for (const mutant of mutants) {
    const text = readFileSync(mutant.file, 'utf8');
    expect(mutated(mutant, text)).not.toBe(text);
  }
});

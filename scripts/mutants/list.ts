import { answers } from './answers.ts';
import { lives } from './lives.ts';
import type { Mutant } from './mutant.ts';
import { refusals } from './refusals.ts';

/** Faults that a simulated Azure may have: each must be noticed, or explained. */
export const mutants: readonly Mutant[] = [...answers, ...lives, ...refusals];

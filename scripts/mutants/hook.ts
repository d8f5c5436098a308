import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from './list.ts';
import { mutated } from './mutant.ts';

/** Loaded before anything else (`node --import …/hook.ts?NAME`): the one file of a mutant is loaded with its fault in it. */
const name = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const mutant = mutants.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant named '${name}'`);
const path = resolve(import.meta.dirname, '../..', mutant.file);
const source = mutated(mutant, readFileSync(path, 'utf8'));

registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || fileURLToPath(url) !== path) return next(url, context);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

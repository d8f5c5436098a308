import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeDifference } from './status.ts';

/** RFC 7396, to check the patches with. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result = {
    ...(typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {}),
  } as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value);
  }
  return result;
}

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
const tree = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
);

describe('the difference of two statuses', () => {
  it('applied to the one gives the other', () => {
    fc.assert(
      fc.property(tree, tree, (from, to) => expect(apply(from, mergeDifference(from, to) ?? {})).toEqual(to)),
    );
  });

  it('is nothing for equal ones', () => {
    fc.assert(
      fc.property(tree, (one) =>
        expect(mergeDifference(one, JSON.parse(JSON.stringify(one)) as object)).toBeUndefined(),
      ),
    );
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assumptions, assumptionsPage } from './assumptions.ts';
import { quickstart } from '../lives.ts';

const inverted = assumptions.flatMap(({ rule, opposite }) =>
  opposite === undefined ? [] : [{ rule, opposite }],
);

describe('where Azure does the opposite, a scope and its servers live to the end, and nothing else changes', () => {
  it.each(inverted)(
    'of: $rule',
    async ({ opposite }) => {
      let before: Record<string, unknown> = {};
      const lab = await quickstart(({ world, portal }) => {
        before = portal.picture();
        opposite(world);
      });
      expect(lab.portal.picture()).toEqual(before);
    },
    120_000,
  );
});

describe('docs/assumptions.md', () => {
  it('is what the table says', () => {
    expect(readFileSync('docs/assumptions.md', 'utf8')).toBe(assumptionsPage());
  });

  it('names tests that exist', () => {
    const named = assumptions.flatMap(({ triedBy = [] }) => triedBy);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

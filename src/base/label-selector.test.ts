import { describe, expect, it } from '@jest/globals';
import { parseLabelSelector } from './label-selector.ts';

const matches = (text: string, labels?: Record<string, string>): boolean | undefined =>
  parseLabelSelector(text)?.matches(labels);

describe('a label selector', () => {
  it.each([
    ['', undefined, true],
    ['shard=a', { shard: 'a' }, true],
    ['shard==a', { shard: 'b' }, false],
    ['shard=a', undefined, false],
    ['shard!=a', { shard: 'a' }, false],
    ['shard != a', undefined, true],
    ['shard in (a, b)', { shard: 'b' }, true],
    ['shard in (a,b)', undefined, false],
    ['shard notin (a,b)', undefined, true],
    ['shard notin (a,b)', { shard: 'a' }, false],
    ['arcprivatelink.io/shard', { 'arcprivatelink.io/shard': '' }, true],
    ['!arcprivatelink.io/shard', { 'arcprivatelink.io/shard': '' }, false],
    ['! arcprivatelink.io/shard', undefined, true],
    ['shard in (a,b),team=x,!old', { shard: 'a', team: 'x' }, true],
    ['shard in (a,b),team=x,!old', { shard: 'a', team: 'x', old: '' }, false],
    ['shard=', { shard: '' }, true],
  ])('"%s" on %j is %s, as kubectl has it', (text, labels, wanted) => {
    expect(matches(text, labels)).toBe(wanted);
  });

  it.each([
    'shard=a,',
    'shard in a',
    'shard in (a',
    'a b',
    '=a',
    'shard=-a',
    'shard in (-a)',
    'sh@rd',
    'a=b=c',
  ])('"%s" is none', (text) => {
    expect(parseLabelSelector(text)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { fittingTags, leftOutTags, missingTags } from './tags.ts';

const own = { 'arc-private-link-operator': 'a/b/c' };
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index + 10}`, 'x']));

describe('tags', () => {
  it('are all given to what takes all', () => {
    const tags = { 'cost:center': '1', 'my tag': '2', ...many(13) };
    expect(fittingTags(tags, own, 'any')).toEqual({ ...tags, ...own });
    expect(leftOutTags(tags, own, 'any')).toEqual([]);
  });

  it.each([
    ['a colon', 'cost:center'],
    ['a space', 'my tag'],
    ['a digit at the beginning', '1st'],
    ['letters of other scripts', 'größe'],
  ])('with %s in their names are left out of private DNS', (_, name) => {
    expect(fittingTags({ [name]: 'x', team: 'a' }, own, 'privateDns')).toEqual({ team: 'a', ...own });
    expect(leftOutTags({ [name]: 'x', team: 'a' }, own, 'privateDns')).toEqual([name]);
  });

  it("whose names differ in case alone are one tag, always the same, and never the owner's", () => {
    const tags = { team: 'a', TEAM: 'b', 'ARC-Private-Link-Operator': 'mine' };
    expect(fittingTags(tags, own, 'any')).toEqual({ TEAM: 'b', ...own });
    expect(leftOutTags(tags, own, 'any')).toEqual(['ARC-Private-Link-Operator', 'team']);
  });

  it('beyond the fifteenth are left out of private DNS, always the same ones, never our own', () => {
    const fitting = fittingTags(many(15), own, 'privateDns');
    expect(Object.keys(fitting)).toHaveLength(15);
    expect(fitting).toMatchObject(own);
    expect(leftOutTags(many(15), own, 'privateDns')).toEqual(['t24']);
  });

  it.each<[string, Record<string, string>, Record<string, string>, Record<string, string> | undefined]>([
    ['nothing when all are there', { team: 'a', theirs: 'x' }, { team: 'a' }, undefined],
    ['nothing when the names differ in case alone', { TEAM: 'a' }, { team: 'a' }, undefined],
    ['what differs', { team: 'b' }, { team: 'a' }, { team: 'a' }],
    ['what is not there', {}, { team: 'a' }, { team: 'a' }],
  ])('miss %s', (_, present, wanted, expected) => {
    expect(missingTags(present, wanted, 'any')).toEqual(expected);
  });

  it('find no room beside fifteen of others, but for the owner, whose refusal is then told', () => {
    expect(missingTags(many(15), { team: 'a', ...own }, 'privateDns')).toEqual(own);
    expect(missingTags(many(14), { team: 'a', ...own }, 'privateDns')).toEqual(own);
    expect(missingTags({ ...many(14), ...own }, { team: 'a', ...own }, 'privateDns')).toBeUndefined();
  });
});

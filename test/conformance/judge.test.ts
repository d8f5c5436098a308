import { describe, expect, it } from '@jest/globals';
import { Judge } from './judge.ts';

const listed = [{ reason: 'known', word: 'known' }];

function judge(): { judge: Judge<(typeof listed)[number], string>; told: string[] } {
  const told: string[] = [];
  return {
    judge: new Judge(
      listed,
      ({ word }, found) => word === found,
      (text) => told.push(text),
    ),
    told,
  };
}

describe('judging differences', () => {
  it('passes what has none, and what has listed ones only', () => {
    const { judge: own, told } = judge();
    own.judge([], String);
    own.judge(['known', 'known'], String);
    own.failStale();
    expect([own.passed, own.excused, own.failed, told]).toEqual([2, 1, 0, []]);
  });

  it('fails one comparison once, and tells each difference that is not listed', () => {
    const { judge: own, told } = judge();
    own.judge(['new', 'known', 'newer'], String);
    expect([own.passed, own.failed, told]).toEqual([0, 1, ['  new', '  newer']]);
  });

  it('fails for an entry that covers nothing any more', () => {
    const { judge: own, told } = judge();
    own.judge(['new'], String);
    own.failStale();
    expect([own.failed, told.at(-1)]).toEqual([2, '  a listed deviation no longer occurs: known']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { OperatorError } from '../base/errors.ts';
import { setCondition, type Condition } from '../runtime/conditions.ts';
import { lookAgainMs, summarize, type Outcome } from './summary.ts';

const nowMs = Date.UTC(2026, 0, 1, 1);
const context = { generation: 3, nowMs };
const brief = (conditions: readonly Condition[]): string[] =>
  conditions.map(({ type, status }) => `${type}=${status}`);
const failed = (kind: 'stalled' | 'waiting' | 'transient', stalls = false, overdue = false): Outcome => ({
  is: 'failed',
  fault: new OperatorError(kind, 'X', 'm', { stalls }),
  overdue,
});

describe('how a pass ended, as kstatus reads it', () => {
  it.each<[string, Outcome, string[], number | undefined]>([
    ['ready', { is: 'ready', message: 'ok' }, ['Ready=True'], undefined],
    ['ready, with a wait of its own', { is: 'ready', message: 'ok', lookAgainMs: 9 }, ['Ready=True'], 9],
    ['observed, and different', { is: 'planned', message: 'm' }, ['Ready=False'], undefined],
    [
      'on its way',
      { is: 'working', reason: 'X', message: 'm', lookAgainMs: 7 },
      ['Ready=False', 'Reconciling=True'],
      7,
    ],
    ['for a person', failed('stalled'), ['Ready=False', 'Stalled=True'], 600_000],
    ['a fault', failed('transient'), ['Ready=False', 'Reconciling=True'], 15_000],
    ['a wait', failed('waiting', false, true), ['Ready=False', 'Reconciling=True'], 15_000],
    ['a wait that may stall, fresh', failed('waiting', true), ['Ready=False', 'Reconciling=True'], 15_000],
    ['a wait that has stalled', failed('waiting', true, true), ['Ready=False', 'Stalled=True'], 120_000],
  ])('%s', (_, outcome, expected, again) => {
    const before = ['Stalled', 'Reconciling'].reduce<Condition[]>(
      (list, type) => setCondition(list, { type, status: 'True', reason: 'Old', message: '' }, nowMs),
      [],
    );
    expect(brief(summarize(before, outcome, context))).toEqual(expected);
    expect(lookAgainMs(outcome)).toBe(again);
  });

  it('moves the transition time only when the status changes', () => {
    const first = summarize([], { is: 'working', reason: 'A', message: 'a' }, context);
    const later = { ...context, nowMs: nowMs + 60_000 };
    const second = summarize(first, { is: 'working', reason: 'B', message: 'b' }, later);
    const third = summarize(second, { is: 'ready', message: 'c' }, later);
    expect(second[0]).toMatchObject({ reason: 'B', lastTransitionTime: '2026-01-01T01:00:00Z' });
    expect(third[0]?.lastTransitionTime).toBe('2026-01-01T01:01:00Z');
  });
});

import { describe, expect, it } from '@jest/globals';
import { setCondition, type Condition } from './conditions.ts';
import { retryAfterMs, summarize, type Outcome } from './outcome.ts';
import { stalled, transient, waiting } from '../base/errors.ts';

const nowMs = Date.UTC(2026, 0, 1, 1);
const earlier = '2026-01-01T00:30:00Z';
const context = { generation: 3, nowMs, stallAfterMs: 600_000 };
const brief = (conditions: readonly Condition[]): string[] =>
  conditions.map(({ type, status }) => `${type}=${status}`);

describe('how a pass ended, as kstatus reads it', () => {
  it.each<[string, Outcome, string | undefined, string[], number | undefined]>([
    ['ready', { kind: 'ready', message: 'ok' }, undefined, ['Ready=True'], undefined],
    [
      'on its way',
      { kind: 'reconciling', reason: 'X', message: 'm', requeueAfterMs: 7 },
      undefined,
      ['Ready=False', 'Reconciling=True'],
      7,
    ],
    [
      'for a person',
      { kind: 'failed', error: stalled('X', 'm') },
      undefined,
      ['Ready=False', 'Stalled=True'],
      600_000,
    ],
    [
      'a fault',
      { kind: 'failed', error: transient('X', 'm') },
      earlier,
      ['Ready=False', 'Reconciling=True'],
      undefined,
    ],
    [
      'a wait',
      { kind: 'failed', error: waiting('X', 'm') },
      earlier,
      ['Ready=False', 'Reconciling=True'],
      15_000,
    ],
    [
      'a wait that may stall, fresh',
      { kind: 'failed', error: waiting('X', 'm', { stalls: true }) },
      undefined,
      ['Ready=False', 'Reconciling=True'],
      15_000,
    ],
    [
      'a wait that has stalled',
      { kind: 'failed', error: waiting('X', 'm', { stalls: true }) },
      earlier,
      ['Ready=False', 'Stalled=True'],
      120_000,
    ],
  ])('%s', (_, outcome, since, expected, again) => {
    const full = { ...context, ...(since === undefined ? {} : { since }) };
    const before = setCondition([], { type: 'Stalled', status: 'True', reason: 'Old', message: '' }, nowMs);
    expect(brief(summarize(before, outcome, full))).toEqual(expected);
    expect(retryAfterMs(outcome, full)).toBe(again);
  });

  it('moves the transition time only when the status changes', () => {
    const first = summarize([], { kind: 'reconciling', reason: 'A', message: 'a' }, context);
    const later = { ...context, nowMs: nowMs + 60_000 };
    const second = summarize(first, { kind: 'reconciling', reason: 'B', message: 'b' }, later);
    const third = summarize(second, { kind: 'ready', message: 'c' }, later);
    expect(second[0]).toMatchObject({ reason: 'B', lastTransitionTime: '2026-01-01T01:00:00Z' });
    expect(third[0]?.lastTransitionTime).toBe('2026-01-01T01:01:00Z');
  });
});

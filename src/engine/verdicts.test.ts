import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../runtime/conditions.ts';
import { absent, ready, type Action, type Decision } from './concern.ts';
import { conditionsOf } from './verdicts.ts';

const context = { generation: 2, nowMs: 0, observing: false, overdue: () => false };

function conditions(before: readonly Condition[], decision: Decision<Action>): string[] {
  const concern = { name: 'names', condition: 'DNSReady', gatesReady: true, decide: () => decision } as const;
  const after = conditionsOf(before, [{ concern, decision }], context);
  return after.map(({ type, status, observedGeneration }) => `${type}=${status}@${observedGeneration}`);
}

const before: Condition[] = [
  {
    type: 'DNSReady',
    status: 'True',
    reason: 'Ready',
    message: 'Names resolve.',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  },
];

describe('the condition of a part', () => {
  it('goes with the part when the spec no longer asks for it', () => {
    expect(conditions(before, absent())).toEqual([]);
  });

  it('stays while the part is asked for', () => {
    expect(conditions(before, ready('Names resolve.'))).toEqual(['DNSReady=True@2']);
  });
});

import type { Fault } from '../base/errors.ts';
import { removeCondition, setCondition, type Condition } from '../runtime/conditions.ts';

/**
 * The one place that interprets how a pass ended, as kstatus reads it
 * (sigs.k8s.io/cli-utils/pkg/kstatus): Ready always; Reconciling and Stalled only while True, never both.
 *
 * | outcome                        | Ready | beside it   | looked at again                       |
 * |--------------------------------|-------|-------------|---------------------------------------|
 * | ready                          | True  |             | at the resync, or when it said        |
 * | planned (Observe)              | False |             | at the resync                         |
 * | working                        | False | Reconciling | when it said, else after 15 s         |
 * | failed, stalled                | False | Stalled     | every ten minutes, for ever           |
 * | failed, waiting                | False | Reconciling | when it said, else after 15 s         |
 * | … that stalls, for too long    | False | Stalled     | every two minutes, for ever           |
 * | failed, transient              | False | Reconciling | after 15 s; single calls back off     |
 */
export type Outcome =
  | { is: 'ready'; message: string; lookAgainMs?: number }
  | { is: 'planned'; message: string }
  | { is: 'working'; reason: string; message: string; lookAgainMs?: number }
  /** `overdue`: it has lasted longer than `--stall-after`. */
  | { is: 'failed'; fault: Fault; overdue: boolean };

const slowMs = 600_000;
const overdueMs = 120_000;
const waitMs = 15_000;

/** Milliseconds until the next look; undefined leaves it to events and the resync. */
export function lookAgainMs(outcome: Outcome): number | undefined {
  switch (outcome.is) {
    case 'ready':
      return outcome.lookAgainMs;
    case 'planned':
      return undefined;
    case 'working':
      return outcome.lookAgainMs ?? waitMs;
    case 'failed':
      return outcome.fault.retryAfterMs ?? (isStalled(outcome) ? pauseOfStalled(outcome.fault) : waitMs);
  }
}

function pauseOfStalled({ kind }: Fault): number {
  return kind === 'stalled' ? slowMs : overdueMs;
}

export function isStalled(outcome: Outcome): boolean {
  if (outcome.is !== 'failed') return false;
  return outcome.fault.kind === 'stalled' || (outcome.fault.stalls && outcome.overdue);
}

export function reasonOf(outcome: Outcome): { reason: string; message: string } {
  switch (outcome.is) {
    case 'ready':
      return { reason: 'Ready', message: outcome.message };
    case 'planned':
      return { reason: 'ChangesPlanned', message: outcome.message };
    case 'working':
      return outcome;
    case 'failed':
      return outcome.fault;
  }
}

/** Sets Ready, Reconciling and Stalled in the list. */
export function summarize(
  conditions: readonly Condition[],
  outcome: Outcome,
  context: { generation: number; nowMs: number },
): Condition[] {
  const { reason, message } = reasonOf(outcome);
  const set = (list: readonly Condition[], type: string, status: 'True' | 'False'): Condition[] =>
    setCondition(
      list,
      { type, status, reason, message, observedGeneration: context.generation },
      context.nowMs,
    );
  const beside = besideReady(outcome);
  const cleared = ['Reconciling', 'Stalled']
    .filter((type) => type !== beside)
    .reduce(removeCondition, [...conditions]);
  const summed = set(cleared, 'Ready', outcome.is === 'ready' ? 'True' : 'False');
  return beside === undefined ? summed : set(summed, beside, 'True');
}

function besideReady(outcome: Outcome): 'Reconciling' | 'Stalled' | undefined {
  if (outcome.is === 'ready' || outcome.is === 'planned') return undefined;
  return isStalled(outcome) ? 'Stalled' : 'Reconciling';
}

/** The conditions of an object that is left alone: Suspended says so, Ready stays as it was. */
export function suspendedConditions(
  before: readonly Condition[],
  context: { generation: number; nowMs: number },
): Condition[] {
  const message = 'spec.suspend is true: nothing is read or written in Azure.';
  const quiet = ['Reconciling', 'Stalled'].reduce(removeCondition, [...before]);
  const suspended = { type: 'Suspended', status: 'True', reason: 'Suspended', message } as const;
  return setCondition(quiet, { ...suspended, observedGeneration: context.generation }, context.nowMs);
}

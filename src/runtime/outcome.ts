import { findCondition, removeCondition, setCondition, type Condition } from './conditions.ts';
import { timestamp } from '../base/clock.ts';
import type { OperatorError } from '../base/errors.ts';

/**
 * The one place that interprets how a reconcile ended, as kstatus reads it
 * (sigs.k8s.io/cli-utils/pkg/kstatus): Ready always; Reconciling and Stalled only while True, never both.
 *
 * | outcome                         | Ready | beside it   | tried again                          |
 * |---------------------------------|-------|-------------|--------------------------------------|
 * | ready                           | True  |             | at the resync                        |
 * | reconciling                     | False | Reconciling | when it said                         |
 * | failed, stalled                 | False | Stalled     | every ten minutes, for ever          |
 * | failed, waiting                 | False | Reconciling | when it said, else after 15 s        |
 * | … that stalls, for too long     | False | Stalled     | every two minutes, for ever          |
 * | failed, transient               | False | Reconciling | by the queue's exponential back-off  |
 */
export type Outcome =
  | { kind: 'ready'; reason?: string; message: string }
  | { kind: 'reconciling'; reason: string; message: string; requeueAfterMs?: number }
  | { kind: 'failed'; error: OperatorError };

export interface OutcomeContext {
  generation: number;
  nowMs: number;
  stallAfterMs: number;
  /** RFC 3339: since when the concern that failed has been failing; now when absent. */
  since?: string;
}

const slowMs = 600_000;
const stalledWaitMs = 120_000;
const waitMs = 15_000;

/** Sets Ready, Reconciling and Stalled in the list. */
export function summarize(
  conditions: readonly Condition[],
  outcome: Outcome,
  context: OutcomeContext,
): Condition[] {
  const { reason, message } = told(outcome);
  const set = (list: readonly Condition[], type: string, status: 'True' | 'False'): Condition[] =>
    setCondition(
      list,
      { type, status, reason, message, observedGeneration: context.generation },
      context.nowMs,
    );
  const beside =
    outcome.kind === 'ready' ? undefined : isStalled(outcome, context) ? 'Stalled' : 'Reconciling';
  const cleared = ['Reconciling', 'Stalled']
    .filter((type) => type !== beside)
    .reduce(removeCondition, [...conditions]);
  const summed = set(cleared, 'Ready', outcome.kind === 'ready' ? 'True' : 'False');
  return beside === undefined ? summed : set(summed, beside, 'True');
}

/** Milliseconds until the next try; undefined leaves it to the queue's back-off (rethrow the error then). */
export function retryAfterMs(outcome: Outcome, context: OutcomeContext): number | undefined {
  if (outcome.kind === 'ready') return undefined;
  if (outcome.kind === 'reconciling') return outcome.requeueAfterMs ?? waitMs;
  const { error } = outcome;
  if (error.kind === 'stalled') return error.retryAfterMs ?? slowMs;
  if (error.kind === 'transient') return error.retryAfterMs;
  return error.retryAfterMs ?? (isStalled(outcome, context) ? stalledWaitMs : waitMs);
}

function told(outcome: Outcome): { reason: string; message: string } {
  if (outcome.kind === 'failed') return outcome.error;
  return { reason: outcome.reason ?? 'Ready', message: outcome.message };
}

function isStalled(outcome: Outcome, context: OutcomeContext): boolean {
  if (outcome.kind !== 'failed') return false;
  if (outcome.error.kind === 'stalled') return true;
  if (outcome.error.kind !== 'waiting' || !outcome.error.stalls) return false;
  const since = Date.parse(context.since ?? timestamp(context.nowMs));
  return context.nowMs - since >= context.stallAfterMs;
}

/** Since when the condition has been False; undefined when it is not. */
export function failingSince(conditions: readonly Condition[], type: string): string | undefined {
  const condition = findCondition(conditions, type);
  return condition?.status === 'False' ? condition.lastTransitionTime : undefined;
}

/** The conditions of an object that is left alone: Suspended says so, Ready stays as it was. */
export function suspendedConditions(
  before: readonly Condition[],
  context: Pick<OutcomeContext, 'generation' | 'nowMs'>,
): Condition[] {
  const message = 'spec.suspend is true: nothing is read or written in Azure.';
  const quiet = ['Reconciling', 'Stalled'].reduce(removeCondition, [...before]);
  const suspended = { type: 'Suspended', status: 'True', reason: 'Suspended', message } as const;
  return setCondition(quiet, { ...suspended, observedGeneration: context.generation }, context.nowMs);
}

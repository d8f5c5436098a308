import type { ConditionType } from '../api/conditions.ts';
import { reasons, type Reason } from '../api/reasons.ts';
import { needsPerson, plainFault, type Fault } from '../base/errors.ts';
import { findCondition, removeCondition, setCondition, type Condition } from '../runtime/conditions.ts';
import type { Attempts } from './attempts.ts';
import type { Action, Concern, Decision, Verdict } from './concern.ts';
import { isStalled, type Outcome } from './summary.ts';

/** From what the concerns say to conditions and to how the pass ended. Pure but for the stall clock it is handed. */
export interface Said<Seen, A extends Action> {
  concern: Concern<Seen, A>;
  decision: Decision<A>;
}

export interface VerdictContext {
  generation: number;
  nowMs: number;
  observing: boolean;
  /** Whether this reason has stood in this concern for longer than `--stall-after`. */
  overdue(this: void, concern: string, fault: Fault): boolean;
}

/** A concern whose calls Azure refuses says so, unless it tells that itself or has something worse to say. */
export function withRefusals<Seen, A extends Action>(
  { concern, decision }: Said<Seen, A>,
  attempts: Attempts,
): Said<Seen, A> {
  const { verdict, planned } = decision;
  if (concern.tellsRefusals || verdict.is === 'failed') return { concern, decision };
  const refusals = planned.flatMap(({ action }) => attempts.of(action) ?? []);
  const [first] = refusals;
  if (first === undefined) return { concern, decision };
  const rest = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : '';
  const message = `${first.fault.message}${rest}`;
  const told = { ...plainFault(first.fault), message, retryAfterMs: undefined };
  return { concern, decision: { planned, verdict: { ...watchOf(verdict), is: 'failed', fault: told } } };
}

function watchOf({ watch }: Verdict): { watch?: readonly string[] } {
  return watch === undefined ? {} : { watch };
}

/**
 * A look that a person has to make possible again (a right, a secret, a subscription) is no passing trouble: it fails
 * the concern. One that was throttled or broke leaves the last verdict.
 */
export function withBlindness<Seen, A extends Action>({ concern, decision }: Said<Seen, A>): Said<Seen, A> {
  const { verdict, planned } = decision;
  if (verdict.is !== 'unread' || !needsPerson(verdict.fault)) return { concern, decision };
  return { concern, decision: { planned, verdict: { ...verdict, is: 'failed' } } };
}

/** Under Observe nothing is on its way by us: what would be done is said instead. */
export function observed<Seen, A extends Action>({ concern, decision }: Said<Seen, A>): Said<Seen, A> {
  const { verdict, planned } = decision;
  const [first] = planned;
  if (first === undefined || verdict.is !== 'working') return { concern, decision };
  const rest = planned.length > 1 ? ` and ${planned.length - 1} more` : '';
  const message = `Planned: ${first.because}${rest}; see status.plannedActions.`;
  return { concern, decision: { planned, verdict: { is: 'working', reason: 'ChangesPlanned', message } } };
}

/** The conditions of all concerns; of several that share one the worst is told. */
export function conditionsOf<Seen, A extends Action>(
  before: readonly Condition[],
  said: readonly Said<Seen, A>[],
  context: VerdictContext,
): Condition[] {
  const byType = new Map<ConditionType, Said<Seen, A>>();
  for (const one of said) {
    const { condition } = one.concern;
    if (condition === undefined) continue;
    const known = byType.get(condition);
    if (known === undefined || rank(one, context) < rank(known, context)) byType.set(condition, one);
  }
  let conditions = [...before];
  for (const [type, { decision }] of byType)
    conditions = withVerdict(conditions, type, decision.verdict, context);
  return conditions;
}

function withVerdict(
  conditions: readonly Condition[],
  type: ConditionType,
  verdict: Verdict,
  { generation, nowMs }: VerdictContext,
): Condition[] {
  const before = findCondition(conditions, type);
  if (verdict.is !== 'unread') {
    if (verdict.is === 'ready' && (verdict.as === 'absent' || onlyWhileTrue.has(type)))
      return removeCondition(conditions, type);
    const isTrue = (verdict.is === 'ready' && verdict.as === undefined) || onlyWhileTrue.has(type);
    const status = isTrue ? 'True' : 'False';
    return setCondition(
      conditions,
      { type, status, ...wordsOf(verdict), observedGeneration: generation },
      nowMs,
    );
  }
  if (before === undefined) {
    const { reason, message } = verdict.fault;
    const unknown = { type, status: 'Unknown', reason, message, observedGeneration: generation } as const;
    return setCondition(conditions, unknown, nowMs);
  }
  return setCondition(conditions, { ...before, message: noted(before.message, verdict.fault) }, nowMs);
}

function wordsOf(verdict: Exclude<Verdict, { is: 'unread' }>): { reason: string; message: string } {
  if (verdict.is === 'failed') return { reason: verdict.fault.reason, message: verdict.fault.message };
  const { reason = 'Ready', message } = verdict;
  const notAnew = verdict.is === 'ready' ? verdict.notAnew : undefined;
  return { reason, message: notAnew === undefined ? message : noted(message, notAnew) };
}

/** Conditions that name trouble and stand only while there is some. */
const onlyWhileTrue: ReadonlySet<ConditionType> = new Set(['DeletionBlocked']);

const note = / \(Not read anew: [A-Za-z0-9_]+\.\)$/;

/** The message as it was, with a stable note that the last look failed. */
function noted(message: string, { reason }: Fault): string {
  return `${message.replace(note, '')} (Not read anew: ${reason}.)`;
}

/** How the pass ended: the worst of what Ready waits for. */
export function outcomeOf<Seen, A extends Action>(
  said: readonly Said<Seen, A>[],
  seen: Seen,
  before: readonly Condition[],
  readyMessage: string,
  context: VerdictContext,
): Outcome {
  const outcomes = said
    .filter(({ concern: { gatesReady } }) =>
      typeof gatesReady === 'function' ? gatesReady(seen) : gatesReady,
    )
    .map((one) => outcomeOfOne(one, before, context));
  const failing = worst(outcomes.filter(({ is }) => is === 'failed'));
  if (context.observing) return observedOutcome(said, failing, readyMessage);
  return failing ?? outcomes.find(({ is }) => is === 'working') ?? { is: 'ready', message: readyMessage };
}

/** An observed object is Ready when nothing is planned; what it waits for would come with the calls that it plans. */
function observedOutcome<Seen, A extends Action>(
  said: readonly Said<Seen, A>[],
  failing: Outcome | undefined,
  readyMessage: string,
): Outcome {
  const total = said.reduce((sum, { decision }) => sum + decision.planned.length, 0);
  const waits = failing?.is === 'failed' && failing.fault.kind === 'waiting' && !failing.fault.stalls;
  if (failing !== undefined && !(total > 0 && waits)) return failing;
  if (total === 0) return { is: 'ready', message: readyMessage };
  const calls = total === 1 ? 'call' : 'calls';
  const message = `${total} ${calls} of Azure would be made; see status.plannedActions. Set managementPolicy: Manage to have them made.`;
  return { is: 'planned', message };
}

function worst(outcomes: readonly Outcome[]): Outcome | undefined {
  const order = (outcome: Outcome): number => {
    if (isStalled(outcome)) return outcome.is === 'failed' && outcome.fault.kind === 'stalled' ? 0 : 1;
    return outcome.is === 'failed' && outcome.fault.kind === 'waiting' ? 2 : 3;
  };
  return [...outcomes].sort((one, other) => order(one) - order(other))[0];
}

function outcomeOfOne<Seen, A extends Action>(
  { concern, decision: { verdict } }: Said<Seen, A>,
  before: readonly Condition[],
  { generation, overdue }: VerdictContext,
): Outcome {
  switch (verdict.is) {
    case 'ready':
      return { is: 'ready', message: verdict.message };
    case 'working':
      return verdict;
    case 'failed':
      return { is: 'failed', fault: verdict.fault, overdue: overdue(concern.name, verdict.fault) };
    case 'unread': {
      // A look that failed turns nothing red by itself: what it was for this spec, it is.
      const last = findCondition(before, concern.condition ?? 'Ready');
      if (last?.status === 'True' && last.observedGeneration === generation)
        return { is: 'ready', message: last.message };
      return { is: 'failed', fault: verdict.fault, overdue: overdue(concern.name, verdict.fault) };
    }
  }
}

function rank<Seen, A extends Action>(one: Said<Seen, A>, context: VerdictContext): number {
  const { verdict } = one.decision;
  // A reason of its own is worth telling, what a policy overrides; and that something could not be read anew.
  if (verdict.is === 'ready') {
    if (verdict.reason !== undefined) return 8.5;
    return verdict.notAnew === undefined ? 9 : 8.7;
  }
  if (verdict.is === 'unread') return 8;
  if (verdict.is === 'working') return 7;
  return { stalled: 0, waiting: context.overdue(one.concern.name, verdict.fault) ? 1 : 2, transient: 3 }[
    verdict.fault.kind
  ];
}

/** Whether a pass that ended so counts as an error: a person has to act, or Azure did not answer as it should. */
export function isTrouble(outcome: Outcome): boolean {
  return isWarning(outcome) || (outcome.is === 'failed' && outcome.fault.kind === 'transient');
}

/** Whether a change to this reason is worth a Warning: what mends itself in ordinary life is not. */
export function isWarning(outcome: Outcome): boolean {
  if (outcome.is !== 'failed') return false;
  const row = reasons[outcome.fault.reason as Reason] as { kind: string } | undefined;
  return (
    isStalled(outcome) ||
    (outcome.fault.kind === 'waiting' && outcome.fault.stalls && row?.kind !== 'waiting')
  );
}

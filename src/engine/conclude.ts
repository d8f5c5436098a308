import { reasons, type Reason } from '../api/reasons.ts';
import type { Fault } from '../base/errors.ts';
import { findCondition, isTrue, removeCondition, type Condition } from '../runtime/conditions.ts';
import type { Result } from '../runtime/reconciler.ts';
import { patchStatus } from '../runtime/status.ts';
import type { Action, Decision } from './concern.ts';
import type { EngineDeps } from './lifecycle.ts';
import { requestedAt, type Kind, type Managed, type ManagedStatus } from './kind.ts';
import type { Memory } from './memory.ts';
import { planFields } from './plan.ts';
import { lookAgainMs, summarize, type Outcome } from './summary.ts';
import { tellOutcome } from './tell.ts';
import { conditionsOf, isTrouble, outcomeOf, type Said, type VerdictContext } from './verdicts.ts';

/** The end of every pass: the one place that writes status, and that says when to look again. */
export interface Ending<Seen, A extends Action> {
  seen: Seen;
  said: readonly Said<Seen, A>[];
  observing: boolean;
  /** Milliseconds until calls that were left over, or things that could not be read, may be tried again. */
  againMs: readonly (number | undefined)[];
}

export async function conclude<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
  memory: Memory<M>,
  ending: Ending<Seen, A>,
): Promise<Result> {
  const { seen, said, observing } = ending;
  const context = contextOf(deps, object, memory, observing);
  const before = withoutTransient(object.status?.conditions ?? []);
  const conditions = conditionsOf(before, said, context);
  const outcome = outcomeOf(said, seen, object.status?.conditions ?? [], kind.readyMessage(seen), context);
  const decisions: Decision<A>[] = said.map(({ decision }) => decision);
  const {
    plannedActions: _,
    plannedActionsTotal: __,
    ...own
  } = kind.status(seen, decisions) as ManagedStatus;
  const planned = planFields(observing ? decisions : []);
  const waits = [
    ...ending.againMs,
    ...said.map(({ decision: { verdict } }) => ('lookAgainMs' in verdict ? verdict.lookAgainMs : undefined)),
    kind.lookAgainMs(seen),
  ];
  return await end(deps, kind, object, memory, { own: { ...own, ...planned }, conditions, outcome, waits });
}

/** A pass that could not even look: no credentials, a subscription that is not allowed. */
export async function concludeFailed<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
  memory: Memory<M>,
  fault: Fault,
): Promise<Result> {
  const context = contextOf(deps, object, memory, false);
  const [first] = kind.concerns;
  const decision: Decision<A> = { verdict: { is: 'failed', fault }, planned: [] };
  const said = first === undefined ? [] : [{ concern: first, decision }];
  const conditions = conditionsOf(withoutTransient(object.status?.conditions ?? []), said, context);
  const outcome: Outcome = { is: 'failed', fault, overdue: context.overdue('Ready', fault) };
  return await end(deps, kind, object, memory, { own: { ...object.status }, conditions, outcome, waits: [] });
}

interface End {
  own: ManagedStatus;
  conditions: Condition[];
  outcome: Outcome;
  waits: readonly (number | undefined)[];
}

async function end<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
  memory: Memory<M>,
  { own, conditions, outcome, waits }: End,
): Promise<Result> {
  const generation = object.metadata.generation ?? 0;
  const nowMs = deps.clock.now();
  tellOutcome(deps, object, memory, outcome);
  const requested = requestedAt(object);
  const next = {
    ...own,
    observedGeneration: generation,
    ...(requested === undefined ? {} : { lastHandledReconcileAt: requested }),
    conditions: summarize(conditions, outcome, { generation, nowMs }),
  };
  const wait = Math.min(
    ...[lookAgainMs(outcome), ...waits].map((ms) => ms ?? Number.POSITIVE_INFINITY),
    await writeStatus(deps, kind, object, memory, next),
  );
  const failed = isTrouble(outcome);
  return Number.isFinite(wait) ? { requeueAfterMs: wait, failed } : { failed };
}

/** Writes it now, or gives the milliseconds until it may be written. */
async function writeStatus<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
  memory: Memory<M>,
  next: ManagedStatus,
): Promise<number> {
  const now = deps.clock.monotonic();
  const since = now - memory.statusWrittenMs;
  const { statusEveryMs } = kind;
  if (!isTerminal(object.status, next) && since < statusEveryMs) return statusEveryMs - since;
  const written = await patchStatus(deps.client, kind.resource, object, next as NonNullable<T['status']>);
  if (written !== object) memory.statusWrittenMs = now;
  return Number.POSITIVE_INFINITY;
}

/** A change that people and GitOps tools wait for: it is written at once. */
function isTerminal(before: ManagedStatus | undefined, next: ManagedStatus): boolean {
  if (before === undefined || before.observedGeneration !== next.observedGeneration) return true;
  const brief = (conditions: readonly Condition[] | undefined): string =>
    (conditions ?? []).map(({ type, status, reason }) => `${type}=${status}/${reason}`).join();
  return (
    brief(before.conditions) !== brief(next.conditions) ||
    before.lastHandledReconcileAt !== next.lastHandledReconcileAt
  );
}

/** Conditions that stand only while something says so anew. */
function withoutTransient(conditions: readonly Condition[]): Condition[] {
  return ['Suspended', 'DeletionBlocked'].reduce(removeCondition, [...conditions]);
}

/** The verdicts' context, and the stall clock: what fails no more loses its time, so that it begins anew. */
function contextOf<M>(
  deps: EngineDeps,
  object: Managed,
  memory: Memory<M>,
  observing: boolean,
): VerdictContext {
  const conditions = object.status?.conditions ?? [];
  const stalled = isTrue(conditions, 'Stalled') ? findCondition(conditions, 'Stalled') : undefined;
  const sinceMs = deps.clock.monotonic();
  const before = memory.failing;
  const failing = new Map<string, { reason: string; sinceMs: number }>();
  memory.failing = failing;
  return {
    generation: object.metadata.generation ?? 0,
    nowMs: deps.clock.now(),
    observing,
    overdue(concern, { reason }) {
      const known = before.get(concern);
      const since = known?.reason === reason ? known : { reason, sinceMs };
      failing.set(concern, since);
      // After a restart the clock begins anew, but what was Stalled for this reason stays so.
      return stalled?.reason === reason || sinceMs - since.sinceMs >= patienceMs(reason, deps);
    },
  };
}

/** A reason may have to be waited for longer than others before a person has to look. */
function patienceMs(reason: string, { settings }: EngineDeps): number {
  const row: { patienceMs?: number } | undefined = reasons[reason as Reason];
  return Math.max(settings.stallAfterMs, row?.patienceMs ?? 0);
}

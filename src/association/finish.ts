import { associations } from '../api/resources.ts';
import type { ArcServerAssociation, ArcServerAssociationStatus } from '../api/types.ts';
import { findCondition, removeCondition, type Condition } from '../runtime/conditions.ts';
import {
  failingSince,
  retryAfterMs,
  summarize,
  suspendedConditions,
  type Outcome,
} from '../runtime/outcome.ts';
import type { Result } from '../runtime/reconciler.ts';
import { patchStatus } from '../runtime/status.ts';
import type { AssociationDeps } from './context.ts';
import type { Memory } from './memory.ts';

/** The one place where an association's status is written, at the end of a pass. */
export interface Ending {
  status: ArcServerAssociationStatus;
  conditions: Condition[];
  outcome: Outcome;
  /** Come back at the latest then, whatever the outcome says. */
  requeueAfterMs: number;
}

/** Counts that move while thousands of servers roll out are written no more often than this. */
const statusEveryMs = 10_000;

export async function finish(
  deps: AssociationDeps,
  object: ArcServerAssociation,
  memory: Memory,
  ending: Ending,
): Promise<Result> {
  const generation = object.metadata.generation ?? 0;
  const before = object.status?.conditions ?? [];
  const since = failingSince(before, 'Ready');
  const nowMs = deps.clock.now();
  const context = {
    generation,
    nowMs,
    stallAfterMs: deps.settings.stallAfterMs,
    ...(since === undefined ? {} : { since }),
  };
  const conditions = summarize(removeCondition(ending.conditions, 'Suspended'), ending.outcome, context);
  const next = { ...ending.status, observedGeneration: generation, conditions };
  let requeueAfterMs = Math.min(
    retryAfterMs(ending.outcome, context) ?? Number.POSITIVE_INFINITY,
    ending.requeueAfterMs,
  );
  const sinceWrite = nowMs - memory.statusWrittenMs;
  if (isTerminal(object, next) || sinceWrite >= statusEveryMs) {
    const written = await patchStatus(deps.client, associations, object, next);
    if (written !== object) memory.statusWrittenMs = nowMs;
  } else requeueAfterMs = Math.min(requeueAfterMs, statusEveryMs - sinceWrite);
  const { outcome } = ending;
  if (
    outcome.kind === 'failed' &&
    outcome.error.kind === 'transient' &&
    outcome.error.retryAfterMs === undefined
  )
    throw outcome.error;
  return { requeueAfterMs };
}

/** A change that people and GitOps tools wait for: it is written at once. */
function isTerminal(object: ArcServerAssociation, next: ArcServerAssociationStatus): boolean {
  const { status } = object;
  if (status === undefined || status.observedGeneration !== next.observedGeneration) return true;
  const brief = (conditions: readonly Condition[] | undefined): string =>
    (conditions ?? []).map(({ type, status: value, reason }) => `${type}=${value}/${reason}`).join();
  return (
    brief(status.conditions) !== brief(next.conditions) ||
    status.lastHandledReconcileAt !== next.lastHandledReconcileAt
  );
}

/**
 * Stores which scope servers will be taken into, before the first of them is. An object without it has never touched
 * a server, and can be deleted without credentials.
 */
export async function recordTarget(
  deps: AssociationDeps,
  object: ArcServerAssociation,
  scopeId: string,
): Promise<ArcServerAssociation> {
  if (object.status?.scopeId === scopeId) return object;
  return await patchStatus(deps.client, associations, object, {
    observedGeneration: -1,
    ...object.status,
    scopeId,
  });
}

/** Suspended: the generation is recorded, everything else stays as it was. */
export async function finishSuspended(deps: AssociationDeps, object: ArcServerAssociation): Promise<Result> {
  const generation = object.metadata.generation ?? 0;
  const context = { generation, nowMs: deps.clock.now() };
  const conditions = suspendedConditions(object.status?.conditions ?? [], context);
  await patchStatus(deps.client, associations, object, {
    ...object.status,
    observedGeneration: generation,
    conditions,
  });
  return {};
}

/** An event when the summary begins to say something a person should notice. */
export function tellOutcome(deps: AssociationDeps, object: ArcServerAssociation, outcome: Outcome): void {
  const last = findCondition(object.status?.conditions, 'Ready');
  if (outcome.kind === 'ready' && last?.status !== 'True')
    deps.events.event(object, 'Normal', 'Ready', outcome.message);
  if (outcome.kind !== 'failed' || outcome.error.kind === 'transient') return;
  const { reason, message } = outcome.error;
  if (last?.reason !== reason) deps.events.event(object, 'Warning', reason, message);
}

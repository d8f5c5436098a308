import { scopes } from '../api/resources.ts';
import type { ArcPrivateLinkScope, ArcPrivateLinkScopeStatus } from '../api/types.ts';
import { removeCondition, type Condition } from '../runtime/conditions.ts';
import {
  failingSince,
  retryAfterMs,
  summarize,
  suspendedConditions,
  type Outcome,
} from '../runtime/outcome.ts';
import type { Result } from '../runtime/reconciler.ts';
import { patchStatus } from '../runtime/status.ts';
import type { ScopeDeps } from './context.ts';
import { scopeIdOf } from './desired.ts';

/** The one place where a scope's status is written, at the end of a pass. */

/** A pass's end: its conditions, how it went, and which concern held it up. */
export interface Ending {
  status: ArcPrivateLinkScopeStatus;
  conditions: Condition[];
  outcome: Outcome;
  /** The condition whose failing tells how long this has lasted. */
  concern: string;
}

export async function finish(deps: ScopeDeps, object: ArcPrivateLinkScope, ending: Ending): Promise<Result> {
  const { outcome, concern } = ending;
  const generation = object.metadata.generation ?? 0;
  const since = failingSince(object.status?.conditions ?? [], concern);
  const { stallAfterMs } = deps.settings;
  const context = {
    generation,
    nowMs: deps.clock.now(),
    stallAfterMs,
    ...(since === undefined ? {} : { since }),
  };
  const conditions = summarize(removeCondition(ending.conditions, 'Suspended'), outcome, context);
  await patchStatus(deps.client, scopes, object, {
    ...ending.status,
    observedGeneration: generation,
    conditions,
  });
  const again = retryAfterMs(outcome, context);
  if (again === undefined && outcome.kind === 'failed') throw outcome.error;
  return again === undefined ? {} : { requeueAfterMs: again };
}

/** Suspended: the generation is recorded, everything else stays as it was. */
export async function finishSuspended(deps: ScopeDeps, object: ArcPrivateLinkScope): Promise<Result> {
  const generation = object.metadata.generation ?? 0;
  const context = { generation, nowMs: deps.clock.now() };
  const conditions = suspendedConditions(object.status?.conditions ?? [], context);
  await patchStatus(deps.client, scopes, object, {
    ...object.status,
    observedGeneration: generation,
    conditions,
  });
  return {};
}

/**
 * Stores the scope's id before the first call of Azure. An object without it has never made anything, and can be
 * deleted without credentials.
 */
export async function recordIntent(
  deps: ScopeDeps,
  object: ArcPrivateLinkScope,
): Promise<ArcPrivateLinkScope> {
  if (object.status?.resourceId !== undefined) return object;
  const status = { observedGeneration: -1, ...object.status, resourceId: scopeIdOf(object) };
  return await patchStatus(deps.client, scopes, object, status);
}

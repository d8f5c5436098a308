import { associations, finalizer } from '../api/resources.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import type { OperatorError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { tellable } from '../runtime/forbidden.ts';
import type { Reconcile, Result } from '../runtime/reconciler.ts';
import { addFinalizer } from '../runtime/status.ts';
import type { AssociationDeps, Pass } from './context.ts';
import { finish, finishSuspended, tellOutcome } from './finish.ts';
import { Memories } from './memory.ts';
import { letGo, removeAssociation } from './remove.ts';
import { rollOut } from './roll-out.ts';

/** Brings the servers of an ArcServerAssociation into their scope, and keeps them there. */
export function createAssociationReconciler(deps: AssociationDeps): Reconcile {
  const memories = new Memories();
  return async (key, { log }): Promise<Result> => {
    const object = await deps.client.get(associations, key);
    if (object === undefined) return {};
    const deleting = object.metadata.deletionTimestamp !== undefined;
    if (deleting && !object.metadata.finalizers?.includes(finalizer)) return {};
    if (deleting && keepsServers(object)) return await letGo({ deps, object });
    if (deleting) return await act(deps, object, memories, log, removeAssociation);
    if (object.spec.suspend) return await finishSuspended(deps, object);
    const claimed = await addFinalizer(deps.client, associations, object, finalizer);
    return await act(deps, claimed, memories, log, rollOut);
  };
}

/** Nothing to do in Azure: it is to stay as it is, or no server was ever taken (no credentials are needed then). */
function keepsServers({ spec, status }: ArcServerAssociation): boolean {
  return spec.deletionPolicy === 'Retain' || spec.suspend || status?.scopeId === undefined;
}

async function act(
  deps: AssociationDeps,
  object: ArcServerAssociation,
  memories: Memories,
  log: Logger,
  task: (pass: Pass) => Promise<Result>,
): Promise<Result> {
  const memory = memories.of(object.metadata.uid ?? '');
  try {
    const azure = await deps.azureFor(object);
    return await task({ deps, azure, log, object, memory });
  } catch (error) {
    return await finishFailed(deps, object, memories, tellable(error));
  }
}

async function finishFailed(
  deps: AssociationDeps,
  object: ArcServerAssociation,
  memories: Memories,
  error: OperatorError,
): Promise<Result> {
  const outcome = { kind: 'failed', error } as const;
  tellOutcome(deps, object, outcome);
  const status = { ...object.status, observedGeneration: object.metadata.generation ?? 0 };
  const conditions = object.status?.conditions ?? [];
  const memory = memories.of(object.metadata.uid ?? '');
  return await finish(deps, object, memory, {
    status,
    conditions,
    outcome,
    requeueAfterMs: deps.settings.machinePollIntervalMs,
  });
}

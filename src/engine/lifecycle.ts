import { finalizer } from '../api/resources.ts';
import { fault } from '../api/reasons.ts';
import type { Azure } from '../azure/types.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Client } from '../runtime/client.ts';
import type { Recorder } from '../runtime/events.ts';
import type { Reconcile, ReconcileContext, Result } from '../runtime/reconciler.ts';
import { addFinalizer, patchStatus, removeFinalizer } from '../runtime/status.ts';
import type { Action } from './concern.ts';
import { concludeFailed } from './conclude.ts';
import { requestedAt, type Kind, type Looking, type Managed } from './kind.ts';
import { Memories, type Memory } from './memory.ts';
import { manage, remove } from './pass.ts';
import { keyOf, keyText } from '../runtime/object.ts';
import { suspendedConditions } from './summary.ts';
import { tellable } from './tellable.ts';

/** What the engine is made of, for every kind. */
export interface EngineDeps {
  client: Client;
  azureFor: (object: Managed) => Promise<Azure>;
  events: Recorder;
  clock: Clock;
  log: Logger;
  settings: EngineSettings;
}

export interface EngineSettings {
  stallAfterMs: number;
  resyncIntervalMs: number;
  /** `Observe` makes every object observed, whatever its spec says. */
  managementPolicy: 'Manage' | 'Observe';
  /** In lower case; empty allows all. */
  allowedSubscriptions: readonly string[];
}

/** The life of an object of any kind: claimed, managed or observed, suspended, removed, let go. */
export function createReconciler<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
): Reconcile {
  const memories = new Memories(deps.clock, () => kind.memory());
  return async (key, context): Promise<Result> => {
    const object = await deps.client.get(kind.resource, key);
    if (object === undefined) return {};
    if (object.metadata.deletionTimestamp !== undefined)
      return await takeDown(deps, kind, memories, object, context);
    if (object.spec.suspend) return await suspended(deps, kind, object);
    const memory = memories.of(object.metadata.uid ?? '');
    const claimed = isObserving(deps, object)
      ? object
      : await addFinalizer(deps.client, kind.resource, object, finalizer);
    const begun = await begin(deps, kind, claimed, memory, context);
    return 'azure' in begun ? await manage(deps, kind, begun, memory) : begun;
  };
}

/** What was made goes, then the object; or the object alone. */
async function takeDown<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  memories: Memories<M>,
  object: T,
  context: ReconcileContext,
): Promise<Result> {
  if (!object.metadata.finalizers?.includes(finalizer)) return gone(memories, object);
  if (isLeftAlone(deps, object))
    return await letGo(deps, kind, memories, object, { reason: 'Retained', message: retained });
  if (await kind.nothingMade(object)) return await letGo(deps, kind, memories, object, undefined);
  const memory = memories.of(object.metadata.uid ?? '');
  const begun = await begin(deps, kind, object, memory, context);
  if (!('azure' in begun)) return begun;
  const left = await remove(deps, kind, begun, memory);
  if (typeof left !== 'string') return left;
  return await letGo(deps, kind, memories, object, { reason: 'Deleted', message: left });
}

/** Deletion leaves Azure as it is, tags included: another object of the same name takes it up again. */
function isLeftAlone(deps: EngineDeps, object: Managed): boolean {
  return object.spec.deletionPolicy === 'Retain' || object.spec.suspend || isObserving(deps, object);
}

export function isObserving({ settings }: EngineDeps, object: Managed): boolean {
  return settings.managementPolicy === 'Observe' || object.spec.managementPolicy === 'Observe';
}

/** The identity, and how much is to be looked at; or how the pass ended without. */
async function begin<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
  memory: Memory<M>,
  { signal, log }: ReconcileContext,
): Promise<Looking<T, M> | Result> {
  try {
    requireAllowed(deps, kind, object);
    const azure = await deps.azureFor(object);
    const { picture, attempts, own } = memory;
    const full = wantsAll(deps, object, memory);
    if (full) memory.lookedMs = deps.clock.monotonic();
    const anew = isNews(object, memory);
    if (anew) attempts.allowAll();
    memory.generation = object.metadata.generation;
    picture.begin(full, anew);
    const observing = isObserving(deps, object);
    return { object, azure, picture, attempts, memory: own, clock: deps.clock, log, signal, full, observing };
  } catch (error) {
    return await concludeFailed(deps, kind, object, memory, tellable(error));
  }
}

/** Everything is looked at: at first, at a resync, when the spec has changed, and when a person asks for it. */
function wantsAll<M>(deps: EngineDeps, object: Managed, memory: Memory<M>): boolean {
  const dueMs = memory.lookedMs + deps.settings.resyncIntervalMs * 0.85;
  return isNews(object, memory) || deps.clock.monotonic() >= dueMs;
}

function isNews<M>(object: Managed, memory: Memory<M>): boolean {
  const requested = requestedAt(object);
  return (
    memory.generation !== object.metadata.generation ||
    (requested !== undefined && requested !== object.status?.lastHandledReconcileAt)
  );
}

function requireAllowed<T extends Managed, Seen, A extends Action, M>(
  { settings: { allowedSubscriptions } }: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
): void {
  if (allowedSubscriptions.length === 0) return;
  const wrong = kind.subscriptions(object).find((id) => !allowedSubscriptions.includes(id.toLowerCase()));
  if (wrong === undefined) return;
  const message = `The operator may not act in subscription ${wrong}. Have it added to --allowed-subscriptions, or create the object with another.`;
  throw fault('SubscriptionNotAllowed', message);
}

/** Suspended: the generation is recorded, everything else stays as it was. */
async function suspended<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  object: T,
): Promise<Result> {
  const generation = object.metadata.generation ?? 0;
  const conditions = suspendedConditions(object.status?.conditions ?? [], {
    generation,
    nowMs: deps.clock.now(),
  });
  const status = { ...object.status, observedGeneration: generation, conditions };
  await patchStatus(deps.client, kind.resource, object, status as NonNullable<T['status']>);
  return {};
}

const retained = 'The object goes; everything in Azure stays as it is.';

async function letGo<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  memories: Memories<M>,
  object: T,
  farewell: { reason: 'Retained' | 'Deleted'; message: string } | undefined,
): Promise<Result> {
  if (farewell !== undefined) {
    const { reason, message } = farewell;
    deps.events.event(object, 'Normal', reason, message);
    deps.log.info({ object: keyText(keyOf(object)), kind: object.kind, reason }, message);
  }
  await kind.letGo(object);
  await removeFinalizer(deps.client, kind.resource, object, finalizer);
  return gone(memories, object);
}

function gone<M>(memories: Memories<M>, object: Managed): Result {
  memories.forget(object.metadata.uid ?? '');
  return {};
}

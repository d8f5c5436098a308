import { reconcileRequestedAt } from '../api/resources.ts';
import type { ArcPrivateLinkScope, ArcPrivateLinkScopeStatus, PlannedAction } from '../api/types.ts';
import type { Azure } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Condition } from '../runtime/conditions.ts';
import type { KubeObject, Resource } from '../runtime/object.ts';
import type { Attempts } from './attempts.ts';
import type { Action, Concern, Decision, Planned } from './concern.ts';
import type { Picture } from './picture.ts';

/** What the engine needs to know of an object of either kind. */
export interface Managed extends KubeObject {
  spec: Pick<ArcPrivateLinkScope['spec'], 'suspend' | 'managementPolicy' | 'credentialsSecretRef'> & {
    deletionPolicy: string;
  };
  status?: ManagedStatus;
}

export interface ManagedStatus {
  observedGeneration?: ArcPrivateLinkScopeStatus['observedGeneration'];
  lastHandledReconcileAt?: string;
  plannedActions?: PlannedAction[];
  plannedActionsTotal?: number;
  conditions?: Condition[];
}

/** What a person asked for last by the annotation, as it is kept in the status: the schema takes no more. */
export function requestedAt({ metadata }: Managed): string | undefined {
  return metadata.annotations?.[reconcileRequestedAt]?.slice(0, 253);
}

/** What `observe` looks with. Every read of Azure and Kubernetes that a pass rests on happens there. */
export interface Looking<T extends Managed, M> {
  readonly object: T;
  readonly azure: Azure;
  readonly picture: Picture;
  readonly attempts: Attempts;
  readonly memory: M;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the process ends or the lease is lost: nothing is begun after that. */
  readonly signal: AbortSignal;
  /** The whole of Azure is looked at, not only what is waited for. */
  readonly full: boolean;
  /** Nothing is written: neither to Azure nor the journal. */
  readonly observing: boolean;
}

/** How one action ended. */
export type Performed<A extends Action> =
  { planned: Planned<A>; done: true; answer: unknown } | { planned: Planned<A>; done: false; fault: Fault };

/** What changed and a person should notice, beside the calls themselves. */
export interface Told {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** A kind of object as the engine drives it: reads, pure decisions, a journal, and single calls. */
export interface Kind<T extends Managed, Seen, A extends Action, M> {
  readonly resource: Resource<T>;
  /** What this process remembers of one object; losing it is harmless. */
  memory(): M;
  /** Subscriptions that the object names, whichever way: held to `--allowed-subscriptions` before any call. */
  subscriptions(object: T): readonly string[];
  /** Every read. Trouble with one thing is a value in the picture; it throws only when nothing can be said at all. */
  observe(looking: Looking<T, M>): Promise<Seen>;
  readonly concerns: readonly Concern<Seen, A>[];
  /** Stages of deletion, in order: a stage is looked at when those before it are ready. */
  readonly removal: readonly Concern<Seen, A>[];
  /** Nothing can have been made in Azure: deletion needs no credentials. It may look, but not at Azure. */
  nothingMade(object: T): boolean | Promise<boolean>;
  /** What of it can be done in this pass (limits, one at a time in a VNet); `againMs` when the rest may go on. */
  admit(seen: Seen, due: readonly Planned<A>[], azure: Azure): { now: Planned<A>[]; againMs?: number };
  /** Changes of status that nobody waits for (counts, words) are written no more often than so many milliseconds. */
  readonly statusEveryMs: number;
  /** How many calls may be in flight at once. */
  readonly concurrency: number;
  /** Written down before it is done; gives the object as it is then stored. */
  journal(looking: Looking<T, M>, seen: Seen, now: readonly Planned<A>[]): Promise<T>;
  /** One call of Azure. The only place that writes there. */
  perform(azure: Azure, action: A): Promise<unknown>;
  /** The picture as the answers make it. Pure. */
  learn(seen: Seen, performed: readonly Performed<A>[]): Seen;
  /** Written down after it was done, beside the status. */
  record(looking: Looking<T, M>, seen: Seen): Promise<void>;
  /** The kind's own fields of the status. Pure. */
  status(seen: Seen, decisions: readonly Decision<A>[]): NonNullable<T['status']>;
  readyMessage(seen: Seen): string;
  /** What to tell as events beside the calls and the conditions. Pure; `before` is the picture before the pass acted. */
  tell(before: Seen, after: Seen): readonly Told[];
  /** Come back at the latest after so long; undefined when only events and resyncs matter. Pure. */
  lookAgainMs(seen: Seen): number | undefined;
  /** The last word, when all stages of deletion are over: what is gone, and what is left. Pure. */
  farewell(seen: Seen): string;
  /** The object goes: what Kubernetes holds for it beside itself is let go. */
  letGo(object: T): Promise<void>;
}

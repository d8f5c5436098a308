import type { ConditionType } from '../conditions.ts';

/**
 * How a reason goes away again. The first four words are those of an outcome that waits or failed, and decide what the
 * engine does about it (src/engine/summary.ts); the last two are no trouble of the whole object.
 */
export const kinds = {
  waiting: 'Mends itself: `Reconciling`, looked at again within seconds, or when Azure asked for it.',
  overdue:
    'Mends itself once the cause is gone: `Reconciling`, looked at every 15 seconds; `Stalled` after `--stall-after` (10 minutes), then looked at every two minutes.',
  transient: 'Mends itself: `Reconciling`, tried again at growing intervals.',
  stalled:
    'A person has to act: `Stalled` at once. It is looked at every ten minutes, and at once when the spec changes.',
  aside:
    'A person may have to act, but nothing else waits for it: `Ready` does not change. It is looked at with every listing of the servers (5 minutes), a refused call with growing pauses.',
  normal: 'Nothing is wrong.',
} as const;

export type ReasonKind = keyof typeof kinds;

/** Which conditions carry a reason, besides Ready and Reconciling or Stalled, which follow from its kind. */
export interface Places {
  scope?: readonly ConditionType[];
  association?: readonly ConditionType[];
  /** Single servers: `status.exceptions` and the slices. */
  servers?: true;
}

/** One reason: what the engine does about it, and what a person who meets it needs to know. */
export interface ReasonRow {
  /** In short, for the reference. */
  meaning: string;
  kind: ReasonKind;
  /** It is no trouble for so long at the least, in milliseconds, whatever `--stall-after` says. */
  patienceMs?: number;
  /** Where a server alone is concerned it may be of another kind than for the whole object. */
  also?: readonly ReasonKind[];
  on: Places;
  cause: string;
  cure: string;
  /** Shell lines; words in capitals are to be replaced. */
  commands?: readonly string[];
}

/** To have an object looked at without waiting for the next time. */
export const tryAgain = (resource: string): string =>
  `kubectl -n NAMESPACE annotate ${resource}/NAME --overwrite arcprivatelink.io/reconcile-requested-at="$(date)"`;

export const everyConcern = [
  'PreflightPassed',
  'ScopeReady',
  'PrivateEndpointsReady',
  'DNSReady',
  'NetworkRulesReady',
] as const;

import type { ConditionType } from '../conditions.ts';

/** How a reason goes away again; the words of src/base/errors.ts, and two for what is no error of the whole object. */
export const mendings = {
  normal: 'Nothing is wrong.',
  waiting: 'Mends itself: `Reconciling`, looked at again within seconds, or when Azure asked for it.',
  overdue:
    'Mends itself once the cause is gone: `Reconciling`, looked at every 15 seconds; `Stalled` after `--stall-after` (10 minutes), then looked at every two minutes.',
  transient: 'Mends itself: `Reconciling`, tried again at growing intervals.',
  stalled:
    'A person has to act: `Stalled` at once. It is looked at every ten minutes, and at once when the spec changes.',
  aside:
    'A person may have to act, but nothing else waits for it: `Ready` does not change. It is looked at with every listing of the servers (5 minutes).',
} as const;

export type Mending = keyof typeof mendings;

/** Which conditions carry a reason, besides Ready and Reconciling or Stalled, which follow from how it mends. */
export interface Places {
  scope?: readonly ConditionType[];
  association?: readonly ConditionType[];
  /** Single servers: `status.exceptions` and the slices. */
  servers?: true;
}

/** What a person who meets a reason needs to know. */
export interface RunbookEntry {
  on: Places;
  mends: readonly Mending[];
  cause: string;
  cure: string;
  /** Shell lines; words in capitals are to be replaced. */
  commands?: readonly string[];
}

/** To have an object looked at without waiting for the next time. */
export const tryAgain = (resource: string): string =>
  `kubectl -n NAMESPACE annotate ${resource}/NAME --overwrite arcprivatelink.io/reconcile-requested-at="$(date)"`;

export const everyConcern = ['PreflightPassed', 'ScopeReady', 'PrivateEndpointsReady', 'DNSReady'] as const;

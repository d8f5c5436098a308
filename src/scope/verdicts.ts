import type { Reason } from '../api/reasons.ts';
import type { ConditionType } from '../api/conditions.ts';
import { needsPerson, plainFault, type Fault } from '../base/errors.ts';
import { isTrue } from '../runtime/conditions.ts';
import type { Verdict } from '../engine/concern.ts';
import type { Known } from '../engine/picture.ts';
import type { PlannedCall, ScopeDecision } from './actions.ts';
import { isOverridden } from './overridden.ts';
import { lastingTroubleOf, type Seen } from './seen.ts';

/** How concerns of a scope speak: alike about what is on its way, what cannot be read, and what several things suffer from. */

export const nothing: readonly PlannedCall[] = [];

/** Azure is at it, or will be when this pass acts. */
export function working(
  message: string,
  more: { reason?: Reason; lookAgainMs?: number; watch?: readonly string[] } = {},
): Verdict {
  const { reason = 'Provisioning', ...rest } = more;
  return { is: 'working', reason, message, ...rest };
}

/**
 * What is on its way, the first of it in words; undefined where nothing is. `watch` is what Azure does not tell us of by
 * itself.
 */
export function onItsWay(
  waits: readonly string[],
  watch: readonly string[],
  tell: (first: string, more: number) => string = (first, more) =>
    more > 0 ? `${first} (and ${more} more).` : `${first}.`,
): Verdict | undefined {
  const [first] = waits;
  if (first === undefined) return undefined;
  return working(tell(first, waits.length - 1), watch.length === 0 ? {} : { ...byItself, watch });
}

/** What Azure changes by itself, or after a restart still does for us, is looked at this often. */
export const byItself = { lookAgainMs: 5_000 } as const;

/** Ready by what is known, with a note where something of it could not be read anew. */
export function readyUnless(
  known: readonly (Known<unknown> | undefined)[],
  message: string,
  more?: Fault,
): Verdict {
  const [trouble = more] = known.flatMap((one) => (one === undefined ? [] : (lastingTroubleOf(one) ?? [])));
  return trouble === undefined ? { is: 'ready', message } : { is: 'ready', message, notAnew: trouble };
}

/** What Azure is at work on; and why nobody can see how far it is, where that is so. */
export function withTrouble(text: string, known: Known<unknown> | undefined): string {
  const trouble = known === undefined ? undefined : lastingTroubleOf(known);
  return trouble === undefined
    ? text
    : `${text}, and how far it is could not be looked at (${trouble.reason})`;
}

/**
 * Something that was never read. What only a person can mend is told as a failure, unless all was well before: what
 * merely cannot be seen any more turns nothing red.
 */
export function unreadable(seen: Seen, condition: ConditionType, why: Fault, what?: string): Verdict {
  const told = what === undefined ? why : { ...why, message: `${what}: ${why.message}` };
  const wasWell = isTrue(seen.object.status?.conditions, condition);
  return needsPerson(why) && !wasWell
    ? { is: 'failed', fault: plainFault(told) }
    : { is: 'unread', fault: plainFault(told) };
}

/** Why a call that Azure is at work on now was refused the last time: until it is over, that is what there is to tell. */
export function lastRefusal(seen: Seen, verb: 'PUT' | 'DELETE', id: string): Fault | undefined {
  const refusal = seen.refusal({ verb, id });
  return refusal === undefined ? undefined : { ...plainFault(refusal.fault), retryAfterMs: undefined };
}

export interface NamedFault {
  name: string;
  fault: Fault;
}

const severity = ({ kind, stalls }: Fault): number => {
  if (kind === 'stalled') return 0;
  if (kind === 'waiting') return stalls ? 1 : 2;
  return 3;
};

/** Of several the worst, and whom else it concerns. */
export function worstOf(faults: readonly NamedFault[]): Fault | undefined {
  const [worst, ...rest] = [...faults].sort((one, other) => severity(one.fault) - severity(other.fault));
  if (worst === undefined) return undefined;
  const names = [...new Set(rest.map(({ name }) => name))].filter((name) => name !== worst.name);
  const also = names.length === 0 ? '' : ` Also in trouble: ${listed(names)}.`;
  return withMessage(
    worst.fault,
    also === '' ? worst.fault.message : beforeCommand(worst.fault.message, also),
  );
}

/** A command comes last: what is added goes before it. */
function beforeCommand(message: string, text: string): string {
  const at = message.search(/: (az|kubectl) /);
  return at < 0 ? `${message}${text}` : `${message.slice(0, at)}.${text} Command${message.slice(at)}`;
}

export function withMessage(original: Fault, message: string): Fault {
  return { ...plainFault(original), message };
}

export function failed(
  why: Fault,
  planned: readonly PlannedCall[] = nothing,
  watch: readonly string[] = [],
): ScopeDecision {
  return {
    verdict: { is: 'failed', fault: plainFault(why), ...(watch.length === 0 ? {} : { watch }) },
    planned,
  };
}

const mostListed = 10;

/** At most ten names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).join(', ');
  return names.length <= mostListed ? shown : `${shown} and ${names.length - mostListed} more`;
}

/**
 * For concerns that tell refusals themselves: a change that Azure keeps undoing leaves the object Ready and is told; any
 * other refusal is a failure.
 */
export function withOverrides(
  seen: Seen,
  planned: readonly PlannedCall[],
  otherwise: Verdict,
): ScopeDecision {
  const refusals = planned.flatMap(({ action }) => seen.refusal(action) ?? []);
  const refused = refusals.find(({ fault: why }) => !isOverridden(why));
  if (refused !== undefined)
    return failed({ ...plainFault(refused.fault), retryAfterMs: undefined }, planned);
  const [overridden] = refusals;
  const open = planned.some(({ action }) => seen.refusal(action) === undefined);
  if (overridden === undefined || open) return { verdict: otherwise, planned };
  const { message } = overridden.fault;
  return { verdict: { is: 'ready', reason: 'OverriddenByPolicy', message }, planned };
}

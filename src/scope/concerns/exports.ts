import { absent, type Concern, type Verdict } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import { exportsOf, type DecidedPart } from '../exporting/decided.ts';
import type { Seen } from '../seen.ts';
import { working, worstOf } from '../verdicts.ts';

/**
 * What the spec exports stands in ConfigMaps of ours (condition ExportsReady). Others load it: nothing is ever written
 * that would take a name to an endpoint that cannot serve, and nothing is taken away because it could not be read.
 */
export const exportsConcern: Concern<Seen, ScopeAction> = {
  name: 'exports',
  condition: 'ExportsReady',
  gatesReady: false,
  decide(seen) {
    const { parts, removals } = exportsOf(seen);
    if (parts.length === 0) return absent(removals);
    const planned = [...parts.flatMap((part) => part.planned), ...removals];
    return { verdict: verdictOf(seen, parts), planned };
  },
};

function verdictOf(seen: Seen, parts: readonly DecidedPart[]): Verdict {
  const worst = worstOf(
    parts.flatMap(({ name, outcome }) =>
      outcome.is === 'failed' ? [{ name: `exports.${name}`, fault: outcome.fault }] : [],
    ),
  );
  if (worst !== undefined)
    return { is: 'failed', fault: worst, watch: parts.flatMap((part) => part.watch ?? []) };
  const [unread] = parts.flatMap(({ outcome }) => (outcome.is === 'unread' ? [outcome.fault] : []));
  if (unread !== undefined) return { is: 'unread', fault: unread };
  const messages = (is: string): string[] =>
    parts.flatMap(({ outcome }) => (outcome.is === is && 'message' in outcome ? [outcome.message] : []));
  const [writing] = messages('writing');
  if (writing !== undefined) return working(writing);
  const waiting = messages('waiting');
  if (waiting.length > 0) {
    const watch = seen.desired.endpoints.map(({ id }) => id);
    return working(waiting.join(' '), { reason: 'WaitingForRecords', watch, lookAgainMs: waitingMs });
  }
  return { is: 'ready', message: messages('written').join(' ') };
}

/** An endpoint that is not approved may stay so for ever: one look a minute, as at approvals. */
const waitingMs = 60_000;

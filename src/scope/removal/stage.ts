import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction, ScopeDecision } from '../actions.ts';
import type { Dismantling } from '../dismantle.ts';
import type { Seen } from '../seen.ts';
import { byItself, failed, listed, working, worstOf } from '../verdicts.ts';

/** What the stages of a deletion share: one is over when Azure says that all of it is gone. */
export function decideStage(seen: Seen, parts: Dismantling, over: string): ScopeDecision {
  const planned = parts.planned.map((one) => ({
    ...one,
    restsOn: [...(one.restsOn ?? []), ...seen.servers.keys],
  }));
  const worst = worstOf(parts.faults);
  if (worst !== undefined) return failed(worst, planned, parts.watch);
  const [unread] = parts.unread;
  if (unread !== undefined) return failed(unread, planned, parts.watch);
  if (parts.left.length === 0) return { verdict: { is: 'ready', message: over }, planned };
  const more = parts.watch.length === 0 ? {} : { ...byItself, watch: parts.watch };
  return { verdict: working(`Removing ${listed(parts.left)}.`, { reason: 'Deleting', ...more }), planned };
}

export function stage(
  name: string,
  over: string,
  parts: (seen: Seen) => Dismantling,
): Concern<Seen, ScopeAction> {
  return { name, gatesReady: true, decide: (seen) => decideStage(seen, parts(seen), over) };
}

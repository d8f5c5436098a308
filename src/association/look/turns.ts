import { subscriptionOf } from '../../azure/ids.ts';
import { planOf } from '../plan.ts';
import type { Seen, Server } from '../seen.ts';
import { ask } from './absences.ts';
import { isSlow } from './listings.ts';
import type { AssociationLooking } from './looking.ts';
import { withSights } from './servers.ts';
import { selection } from './survey.ts';

/**
 * Where listing a subscription takes so long that a listing is old when it ends, the servers whose turn it is are looked
 * at one by one before they are PATCHed (rule 13): one GET and one PATCH each.
 */
export async function withTurns(looking: AssociationLooking, seen: Seen): Promise<Seen> {
  const waiting = waitingForTurn(looking, seen);
  if (waiting.length === 0) return seen;
  const turn = waiting.slice(0, mostInTurn);
  const { sights } = await ask(looking, turn);
  const servers = withSights(seen.servers, sights, selection(looking, seen.target));
  if (waiting.length <= turn.length) return { ...seen, servers };
  return { ...seen, servers, lookAgainMs: Math.min(nextTurnMs, seen.lookAgainMs ?? nextTurnMs) };
}

const mostInTurn = 50;
/** Azure takes ten PATCHes a second: fifty last for so long. */
const nextTurnMs = 5_000;

/** Servers of slow subscriptions that a call is planned for, in the order of the plan. */
function waitingForTurn(looking: AssociationLooking, seen: Seen): Server[] {
  if (!seen.listings.some(({ subscriptionId }) => isSlow(looking, subscriptionId))) return [];
  const { releases, takes } = planOf(seen);
  const planned = [...releases.now, ...(seen.target.closed === undefined ? takes : [])];
  return planned
    .map(({ server }) => server)
    .filter(({ id, key }) => {
      if (!isSlow(looking, subscriptionOf(key))) return false;
      return !looking.attempts.isHeld({ verb: 'PATCH', id });
    });
}

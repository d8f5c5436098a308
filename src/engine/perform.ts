import type { Azure } from '../azure/types.ts';
import { asOperatorError, type Fault } from '../base/errors.ts';
import type { Attempts } from './attempts.ts';
import type { Action, Planned } from './concern.ts';
import type { Kind, Managed, Performed } from './kind.ts';
import type { Picture } from './picture.ts';

export interface Performing {
  azure: Azure;
  attempts: Attempts;
  picture: Picture;
  signal: AbortSignal;
  tell(performed: Performed<Action>): void;
}

/** So many faults of the service in a row, without a success between, are not one resource's own. */
const mostServiceFaults = 5;

/**
 * Makes the calls, so many at once as the kind allows, and remembers what was refused. A refusal holds up its own call
 * alone; what all calls share (throttling, credentials, a service that is down) ends the rest of this pass.
 */
export async function performAll<T extends Managed, Seen, A extends Action, M>(
  kind: Kind<T, Seen, A, M>,
  now: readonly Planned<A>[],
  performing: Performing,
): Promise<Performed<A>[]> {
  const { signal, attempts, picture } = performing;
  const results: Performed<A>[] = [];
  const queue = [...now];
  let serviceFaults = 0;
  let ended = false;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !ended && !signal.aborted; next = queue.shift()) {
      const performed = await performOne(kind, next, performing.azure);
      results.push(performed);
      performing.tell(performed);
      if (performed.done || performed.fault.reason !== 'Throttled')
        for (const key of next.changes ?? [next.action.id]) picture.expire(key);
      if (performed.done) {
        // A call that answers with what it made is over; one that does not may only have begun.
        attempts.accepted(next.action, performed.answer === undefined);
        serviceFaults = 0;
        continue;
      }
      attempts.refused(next.action.verb, next.action.id, performed.fault);
      if (performed.fault.kind === 'transient') serviceFaults += 1;
      ended ||= concernsAll(performed.fault) || serviceFaults >= mostServiceFaults;
    }
  };
  await Promise.all(Array.from({ length: Math.min(kind.concurrency, queue.length) }, work));
  return results;
}

async function performOne<T extends Managed, Seen, A extends Action, M>(
  kind: Kind<T, Seen, A, M>,
  planned: Planned<A>,
  azure: Azure,
): Promise<Performed<A>> {
  try {
    return { planned, done: true, answer: await kind.perform(azure, planned.action) };
  } catch (error) {
    return { planned, done: false, fault: asOperatorError(error) };
  }
}

const ofAll = new Set(['Throttled', 'TooManyRequests', 'AuthenticationFailed', 'AuthenticationUnavailable']);

/** Throttling and credentials are no single call's: the rest of the pass would meet the same. */
export function concernsAll({ reason }: Fault): boolean {
  return ofAll.has(reason) || reason.endsWith('RequestsThrottled');
}

import type { Reason } from '../api/reasons.ts';
import type { Logger } from '../base/log.ts';
import { findCondition } from '../runtime/conditions.ts';
import { keyOf, keyText } from '../runtime/object.ts';
import { capital, type Action } from './concern.ts';
import type { EngineDeps } from './lifecycle.ts';
import type { Managed, Performed } from './kind.ts';
import type { Memory } from './memory.ts';
import { isStalled, reasonOf, type Outcome } from './summary.ts';
import { isWarning } from './verdicts.ts';

/** Events and log lines: one line an outcome that changes and a call that was made, never one a pass. */
export function tellOutcome<M>(
  { events, log }: Pick<EngineDeps, 'events' | 'log'>,
  object: Managed,
  memory: Memory<M>,
  outcome: Outcome,
): void {
  const { reason, message } = reasonOf(outcome);
  const told = `${outcome.is} ${reason} ${isStalled(outcome)}`;
  if (told === memory.lastTold) return;
  memory.lastTold = told;
  logOutcome(log, object, outcome);
  const last = findCondition(object.status?.conditions, 'Ready');
  if (outcome.is === 'ready' && last?.status !== 'True') events.event(object, 'Normal', 'Ready', message);
  if (outcome.is !== 'failed' || outcome.fault.kind === 'transient' || last?.reason === reason) return;
  events.event(object, isWarning(outcome) ? 'Warning' : 'Normal', reason, message);
}

function logOutcome(log: Logger, object: Managed, outcome: Outcome): void {
  const { reason, message } = reasonOf(outcome);
  const fields = { object: keyText(keyOf(object)), kind: object.kind, outcome: outcome.is, reason };
  // A fault of our own is mended by whoever reads its stack.
  if (outcome.is === 'failed' && isInternal(reason)) log.error({ ...fields, err: outcome.fault }, message);
  else if (isStalled(outcome)) log.warn(fields, message);
  else log.info(fields, message);
}

function isInternal(reason: string): boolean {
  return reason === ('InternalError' satisfies Reason);
}

/** A call that was made or refused. */
export function tellPerformed<A extends Action>(
  { events }: Pick<EngineDeps, 'events'>,
  object: Managed,
  log: Logger,
  performed: Performed<A>,
): void {
  const { action, because, event } = performed.planned;
  const fields = { verb: action.verb, id: action.id };
  if (!performed.done) {
    const { reason, message } = performed.fault;
    const internal = isInternal(reason);
    log[internal ? 'error' : 'info'](
      { ...fields, reason, err: internal ? performed.fault : undefined },
      message,
    );
    return;
  }
  log.info(fields, because);
  if (event !== undefined) events.event(object, 'Normal', event, `${capital(because)}.`);
}

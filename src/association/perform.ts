import { fault } from '../api/reasons.ts';
import { nameOf, sameId } from '../azure/ids.ts';
import type { Azure, Machine } from '../azure/types.ts';
import { asOperatorError, OperatorError, stalled, type Fault } from '../base/errors.ts';
import { concernsAll } from '../engine/perform.ts';
import type { Performed } from '../engine/kind.ts';
import { longestAgeMs } from '../engine/concern.ts';
import type { MachineAction } from './actions.ts';

/** The only place of an association that writes to Azure. */

export interface Answer {
  machine: Machine;
  /** Azure's time of the answer. */
  atMs: number;
  /** The same by the monotonic clock. */
  monotonicMs: number;
}

/** One PATCH of one server. Throws with Azure's reason, or where a policy made something else of it. */
export async function perform(azure: Azure, action: MachineAction, monotonic: () => number): Promise<Answer> {
  if (monotonic() - action.begunMs > longestAgeMs) throw lookedTooLongAgo(action.id);
  const machine = await send(azure, action);
  const asked = action.scopeId ?? undefined;
  const isAsAsked = asked === undefined ? machine.scopeId === undefined : sameId(machine.scopeId, asked);
  if (!isAsAsked) throw overridden(machine);
  return { machine, atMs: azure.now(), monotonicMs: monotonic() };
}

async function send(azure: Azure, { id, scopeId }: MachineAction): Promise<Machine> {
  try {
    return await azure.setMachineScope(id, scopeId);
  } catch (error) {
    throw ownFault(asOperatorError(error));
  }
}

/** What one server is refused for may last: the pauses between its tries grow, whatever the usual one is. */
function ownFault(error: OperatorError): OperatorError {
  if (concernsAll(error) || error.kind !== 'waiting') return error;
  return new OperatorError('waiting', error.reason, error.message, { cause: error, stalls: true });
}

function lookedTooLongAgo(id: string): OperatorError {
  return fault('LookedTooLongAgo', `Server ${nameOf(id)} is looked at again before it is changed.`);
}

/** A Modify policy rewrote the request. It is tried again ever more rarely, since the policy may go. */
function overridden({ id, scopeId }: Machine): OperatorError {
  const message = `A policy set the scope of server ${nameOf(id)} to ${scopeId ?? 'none'} instead. Change the policy, or take the server out of the selection.`;
  return stalled('OverriddenByPolicy', message);
}

/** Throttling, credentials, or a service that answers for none of them: no single server's trouble. */
export function isShared(fault: Fault, all: readonly Performed<MachineAction>[]): boolean {
  return (
    concernsAll(fault) || (fault.kind === 'transient' && all.length > 1 && all.every(({ done }) => !done))
  );
}

/** It was looked at too long ago, or is not there any more: it is looked at again, and nothing is said of it. */
export function isOutOfDate({ reason }: Fault): boolean {
  return reason === 'LookedTooLongAgo' || isGone(reason);
}

/** The codes by which Azure says that there is no such server. */
export function isGone(reason: string): boolean {
  return reason === 'ResourceNotFound' || reason === 'ResourceGroupNotFound' || reason === 'NotFound';
}

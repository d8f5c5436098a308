import { AzureError } from '../azure/errors.ts';
import { idKey, sameId } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import { asOperatorError, type OperatorError } from '../base/errors.ts';
import type { Entry, Pass } from './context.ts';
import { entryOf } from './decide.ts';

/** PATCHing servers: so many at once as the throttle lets through, and none twice. */

/** At most so many to a batch: its entries are stored before and after. */
const mostAtOnce = 100;
/** In flight at the same time: more than Azure's ten a second times its answering time. */
const concurrency = 20;

export interface BatchResult {
  /** What became of each server, by id in lower case; null when its entry goes. */
  entries: Map<string, Entry | null>;
  /** Trouble that concerns all servers alike; what was not answered is tried again. */
  failure: OperatorError | undefined;
}

/** How many PATCHes may be sent now, and when more may. */
export function budgetFor(pass: Pass, machines: readonly Machine[]): { take: Machine[]; nextInMs: number } {
  const [first] = machines;
  if (first === undefined) return { take: [], nextInMs: 0 };
  // A batch is one subscription's: each has limits of its own.
  const own = machines.filter(
    ({ subscriptionId }) => subscriptionId.toLowerCase() === first.subscriptionId.toLowerCase(),
  );
  const { available, nextInMs } = pass.azure.writeBudget(first.subscriptionId);
  return { take: own.slice(0, Math.min(available, mostAtOnce)), nextInMs: available > 0 ? 0 : nextInMs };
}

/** Puts the servers into the scope, or takes them out of it with null. */
export async function patchAll(
  pass: Pass,
  machines: readonly Machine[],
  scopeId: string | null,
): Promise<BatchResult> {
  const result: BatchResult = { entries: new Map(), failure: undefined };
  const queue = [...machines];
  const work = async (): Promise<void> => {
    for (let machine = queue.shift(); machine !== undefined; machine = queue.shift()) {
      // What concerns all of them is not worth hearing a hundred times.
      if (result.failure !== undefined) return;
      await patchOne(pass, machine, scopeId, result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
  return result;
}

async function patchOne(
  pass: Pass,
  machine: Machine,
  scopeId: string | null,
  result: BatchResult,
): Promise<void> {
  const nowMs = (): number => pass.deps.clock.now();
  const key = idKey(machine.id);
  try {
    const answer = await pass.azure.setMachineScope(machine.id, scopeId);
    if (scopeId === null) {
      result.entries.set(key, answer.scopeId === undefined ? null : overridden(pass, machine, answer));
    } else if (sameId(answer.scopeId, scopeId)) {
      result.entries.set(key, entryOf(machine.id, answer.vmId || machine.vmId, 'Propagating', nowMs()));
    } else result.entries.set(key, overridden(pass, machine, answer));
  } catch (error) {
    const failure = asOperatorError(error);
    if (concernsAll(failure)) result.failure ??= failure;
    else result.entries.set(key, refusedByAzure(pass, machine, failure));
  }
}

/** Throttling, credentials, missing rights and a service that does not answer are no single server's. */
function concernsAll(error: OperatorError): boolean {
  if (!(error instanceof AzureError)) return true;
  return (
    error.kind === 'transient' ||
    ([401, 403, 429].includes(error.status) && error.reason !== 'RequestDisallowedByPolicy')
  );
}

const retryRefusedMs = 300_000;
const retryOverriddenMs = 3_600_000;

function refusedByAzure(pass: Pass, machine: Machine, error: OperatorError): Entry {
  const now = pass.deps.clock.now();
  pass.memory.retryAtMs.set(idKey(machine.id), now + retryRefusedMs);
  return entryOf(machine.id, machine.vmId, 'Failed', now, error);
}

/** A Modify policy rewrote the request: reported, and tried again no more than once an hour. */
function overridden(pass: Pass, machine: Machine, answer: Machine): Entry {
  const now = pass.deps.clock.now();
  pass.memory.retryAtMs.set(idKey(machine.id), now + retryOverriddenMs);
  const message = `A policy set the server's scope to ${answer.scopeId ?? 'none'} instead. Change the policy, or take the server out of the selection.`;
  return entryOf(machine.id, machine.vmId, 'Failed', now, { reason: 'OverriddenByPolicy', message });
}

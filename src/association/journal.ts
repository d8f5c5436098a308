import { isDeepStrictEqual } from 'node:util';
import { associations } from '../api/resources.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import { idKey, subscriptionOf } from '../azure/ids.ts';
import type { Planned } from '../engine/concern.ts';
import { patchStatus } from '../runtime/status.ts';
import type { MachineAction } from './actions.ts';
import type { AssociationDeps } from './deps.ts';
import { countingOf, uncounted } from './counted.ts';
import { aboutToTake, wasRefused } from './entries.ts';
import type { AssociationLooking } from './look/looking.ts';
import { planOf } from './plan.ts';
import type { Seen } from './seen.ts';
import { entriesOf, writeSlices } from './slices.ts';
import { journalled } from './status.ts';

/**
 * What is about to be done, written down before it is: the scope and the releases that begin in the status, then the
 * servers of the batch as `Associating` and `Releasing` in the slices. Gives the object as it is stored then.
 */
export async function journal(
  { client }: AssociationDeps,
  { object, memory, clock }: AssociationLooking,
  seen: Seen,
  now: readonly Planned<MachineAction>[],
): Promise<ArcServerAssociation> {
  const plan = planOf(seen);
  const entries = new Map(plan.entries);
  const monotonicMs = clock.monotonic();
  for (const { action } of now) {
    const key = idKey(action.id);
    const entry = entries.get(key);
    if (wasRefused(entry)) memory.retriedMs = monotonicMs;
    if (action.scopeId === null || entry === undefined) continue;
    entries.set(key, aboutToTake(entry, seen.nowMs));
    if (action.why === 'takenBack')
      memory.takenBack.set(key, [...(memory.takenBack.get(key) ?? []), monotonicMs]);
  }
  const next = journalled(seen, uncounted(seen, plan.releases.begun).length);
  memory.counting = countingOf(seen, plan.releases.begun, next.recentReleases, memory.counting);
  const stored = await recordStatus(client, object, next);
  memory.slices = await writeSlices(client, stored, memory.slices, entries);
  memory.counting = undefined;
  return stored;
}

/** Only what has to be written before the calls; the rest is the end of the pass's. */
async function recordStatus(
  client: AssociationDeps['client'],
  object: ArcServerAssociation,
  next: ReturnType<typeof journalled>,
): Promise<ArcServerAssociation> {
  const before = object.status;
  const same = Object.entries(next).every(([name, value]) =>
    isDeepStrictEqual(before?.[name as keyof typeof next], value),
  );
  if (same) return object;
  return await patchStatus(client, associations, object, { observedGeneration: -1, ...before, ...next });
}

/** What came of it, written down after. Servers of the batch that were not reached stay `Associating`. */
export async function record(
  { client }: AssociationDeps,
  { object, memory, attempts, clock }: AssociationLooking,
  seen: Seen,
): Promise<void> {
  const before = entriesOf(memory.slices);
  const entries = new Map(planOf(seen).entries);
  for (const [key, entry] of entries) {
    const known = before.get(key);
    if (entry.phase === 'Pending' && known?.phase === 'Associating') entries.set(key, known);
  }
  for (const [key, answer] of seen.done.answers) {
    memory.answers.set(key, answer);
    if (wasRefused(before.get(key))) {
      // What one server was refused for may be over for all of them.
      memory.acceptedAgainMs = clock.monotonic();
      attempts.allowAll();
    }
  }
  for (const key of seen.done.notThere) memory.outdated.set(subscriptionOf(key), clock.monotonic() + 1);
  memory.slices = await writeSlices(client, object, memory.slices, entries);
}

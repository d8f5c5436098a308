import { idKey, parseResourceId } from '../azure/ids.ts';
import type { Fault } from '../base/errors.ts';
import { countedOf } from './counted.ts';
import type { AssociationDeps } from './deps.ts';
import { leavesAtDeletion, mayBeHeld } from './entries.ts';
import { longestHandOverMs } from './look-again.ts';
import { wantedAgeMs } from './look/listings.ts';
import { isDeleting, type AssociationLooking } from './look/looking.ts';
import type { Neighbours } from './look/neighbours.ts';
import { lookAtServers, type Looked } from './look/survey.ts';
import { lookAtTarget } from './look/target.ts';
import { withTurns } from './look/turns.ts';
import { takenBackLately } from './memory.ts';
import { planOf } from './plan.ts';
import type { Entry, Seen, Target } from './seen.ts';
import { namesStillResolve } from './serves.ts';
import { entriesOf, readSlices } from './slices.ts';
import { scopesOf } from './status.ts';

/** Every read that a pass over the servers rests on; ends in an immutable picture. */
export async function observe(
  deps: AssociationDeps,
  neighbours: Neighbours,
  looking: AssociationLooking,
): Promise<Seen> {
  const { object, memory } = looking;
  const { machinePollIntervalMs: pollMs, propagationWindowMs: windowMs } = deps.settings;
  const ageMs = wantedAgeMs(looking, pollMs);
  memory.pass = looking;
  memory.slices = await readSlices(deps.client, object);
  const stored = storedEntries(looking);
  const target = await lookAtTarget(deps, looking);
  const looked = await lookAtServers(looking, { target, stored, ageMs, pollMs });
  const others = await neighbours.look(object, target.scopeId, looked.servers);
  await looking.clock.turn();
  note(neighbours, looking, target, looked);
  const seen = await withTurns(looking, {
    object,
    observing: looking.observing,
    deleting: isDeleting(looking),
    nowMs: looking.azure.now(),
    windowMs,
    target,
    before: scopesBefore(looking, target),
    ...looked,
    counted: countedOf(memory.counting, object.status?.recentReleases, stored, looking.azure.now()),
    others,
    takenBack: takenBackLately(memory, looking.clock.monotonic()),
    namesResolve:
      target.object !== undefined && namesStillResolve(target.object, deps.settings.managementPolicy),
    handOverIsOver: handOverIsOver(looking),
    handingOverMs: handingOverMs(looking),
    trouble: sharedTrouble(looking, stored),
    retries: retriesOf(looking),
    done: { releasing: [], answers: new Map(), notThere: [] },
  });
  if (planOf(seen).handedOver.length === 0) memory.handingOverSinceMs = undefined;
  else memory.handingOverSinceMs ??= looking.clock.monotonic();
  await looking.clock.turn();
  if (looking.observing) memory.observed = waitsOf(planOf(seen).entries);
  return seen;
}

/** What the slices say; under Observe, where nothing is stored, with the waits that the pass before made out. */
function storedEntries(looking: AssociationLooking): ReadonlyMap<string, Entry> {
  const { memory, observing, object } = looking;
  const entries = entriesOf(memory.slices);
  if (observing)
    for (const [key, entry] of memory.observed) if (!mayBeHeld(entries.get(key))) entries.set(key, entry);
  if (!isDeleting(looking)) return entries;
  // Deletion looks only at what it may release.
  return new Map([...entries].filter(([, entry]) => leavesAtDeletion(entry, object)));
}

function waitsOf(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map([...entries].filter(([, { phase }]) => phase === 'Propagating' || phase === 'Propagated'));
}

/** Scopes before this one count as long as their servers may still be in them. */
function scopesBefore({ object }: AssociationLooking, { scopeId }: Target): Set<string> {
  const keys = new Set(scopesOf(object).map(idKey));
  if (scopeId !== undefined) keys.delete(idKey(scopeId));
  return keys;
}

function note(neighbours: Neighbours, { object }: AssociationLooking, target: Target, looked: Looked): void {
  const machines = new Map(looked.listings.map((listing) => [listing.subscriptionId, listing.machines]));
  const { uid = '', deletionTimestamp } = object.metadata;
  const unbelieved = looked.incomplete?.subscriptionIds;
  if (deletionTimestamp === undefined) neighbours.sightings.note(uid, machines, target.location, unbelieved);
}

/** Deletion waits no longer for another association to take servers over; that one then finds them in the scope. */
function handOverIsOver({ object, memory, clock }: AssociationLooking): boolean {
  if (object.metadata.deletionTimestamp === undefined) return false;
  memory.handOverSinceMs ??= clock.monotonic();
  return clock.monotonic() - memory.handOverSinceMs >= longestHandOverMs;
}

function handingOverMs({ memory: { handingOverSinceMs }, clock }: AssociationLooking): number {
  return handingOverSinceMs === undefined ? 0 : clock.monotonic() - handingOverSinceMs;
}

/** Others are tried at once for so long after a server was accepted that Azure had refused before. */
const acceptedAgainMs = 60_000;
/** Else a few of them are tried at a time, so often. */
const retryEveryMs = 60_000;

function retriesOf({ memory, clock }: AssociationLooking): Seen['retries'] {
  const nowMs = clock.monotonic();
  const acceptedAgain = nowMs - memory.acceptedAgainMs < acceptedAgainMs;
  return { acceptedAgain, inMs: acceptedAgain ? 0 : Math.max(0, memory.retriedMs + retryEveryMs - nowMs) };
}

/** What holds up servers that are on their way and is not their own: throttling, credentials. */
function sharedTrouble(
  { attempts }: AssociationLooking,
  stored: ReadonlyMap<string, Entry>,
): Fault | undefined {
  for (const { id, phase, reason } of stored.values()) {
    // One that cannot leave for a reason of its own has it written down.
    if (phase !== 'Associating' && (phase !== 'Releasing' || reason !== undefined)) continue;
    const refusal = attempts.of({ verb: 'PATCH', id });
    if (refusal !== undefined) return refusal.fault;
  }
  return undefined;
}

/** Ids of subscriptions that the object names, in whichever way. */
export function subscriptionsNamed(
  { scopes }: Pick<AssociationDeps, 'scopes'>,
  { metadata, spec, status }: AssociationLooking['object'],
): string[] {
  const { subscriptionIds = [] } = spec.machines;
  const scope =
    spec.scopeRef && scopes.get({ namespace: metadata.namespace ?? '', name: spec.scopeRef.name });
  const ofScope = [spec.scopeResourceId, status?.scopeId].map(
    (id) => parseResourceId(id ?? '')?.subscriptionId,
  );
  return [...subscriptionIds, scope?.spec.subscriptionId, ...ofScope].filter((id) => id !== undefined);
}

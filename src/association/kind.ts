import { associations } from '../api/resources.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import type { Kind } from '../engine/kind.ts';
import type { MachineAction } from './actions.ts';
import { admit } from './admit.ts';
import { associated } from './concerns/associated.ts';
import { complete } from './concerns/complete.ts';
import { propagated } from './concerns/propagated.ts';
import { ready, readyText } from './concerns/ready.ts';
import { released } from './concerns/released.ts';
import { scope } from './concerns/scope.ts';
import { selected } from './concerns/selected.ts';
import type { AssociationDeps } from './deps.ts';
import { leavesAtDeletion } from './entries.ts';
import { journal, record } from './journal.ts';
import { learn } from './learn.ts';
import { Neighbours } from './look/neighbours.ts';
import { lookAgainMs } from './look-again.ts';
import { newMemory, type AssociationMemory } from './memory.ts';
import { observe, subscriptionsNamed } from './observe.ts';
import { perform } from './perform.ts';
import { nameResolution } from './removal/name-resolution.ts';
import { release } from './removal/release.ts';
import type { Seen } from './seen.ts';
import { entriesOf, readSlices, removeSlice } from './slices.ts';
import { statusOf } from './status.ts';
import { tell } from './tell.ts';

/** Brings the servers of an ArcServerAssociation into their scope, and keeps them there. */
export function associationKind(
  deps: AssociationDeps,
): Kind<ArcServerAssociation, Seen, MachineAction, AssociationMemory> {
  const { client, clock, settings } = deps;
  const neighbours = new Neighbours(deps);
  return {
    resource: associations,
    memory: newMemory,
    subscriptions: (object) => subscriptionsNamed(deps, object),
    observe: async (looking) => await observe(deps, neighbours, looking),
    concerns: [selected, scope, complete, released, associated, propagated, ready],
    removal: [nameResolution, release],
    // Nothing that is written down can be in a scope because of it.
    nothingMade: async (object) =>
      ![...entriesOf(await readSlices(client, object)).values()].some((entry) =>
        leavesAtDeletion(entry, object),
      ),
    admit: (seen, due, azure) => admit(seen, due, azure, clock.monotonic()),
    // Counts move all the while that thousands of servers roll out.
    statusEveryMs: 10_000,
    // More than Azure's ten a second times its answering time.
    concurrency: 20,
    journal: async (looking, seen, now) => await journal(deps, looking, seen, now),
    perform: async (azure, action) => await perform(azure, action, () => clock.monotonic()),
    learn,
    record: async (looking, seen) => await record(deps, looking, seen),
    status: statusOf,
    readyMessage: readyText,
    tell,
    lookAgainMs: (seen) => lookAgainMs(seen, settings.machinePollIntervalMs),
    farewell: () => 'The servers of this association have left the scope.',
    async letGo(object) {
      for (const slice of await readSlices(client, object)) await removeSlice(client, slice);
    },
  };
}

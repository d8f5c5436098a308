import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArcServerAssociation } from '../api/types.ts';
import { confirmRelease } from '../api/resources.ts';
import {
  ago,
  fault,
  formerScope,
  machineId,
  machineNamed,
  nowMs,
  ownScope,
  strangeScope,
  windowMs,
} from '../../test/world/machines.ts';
import { isHeld, isReleasable } from '../domain/releases.ts';
import { plannedReleases, plannedTakes } from './actions.ts';
import { admit } from './admit.ts';
import { learn } from './learn.ts';
import { planOf } from './plan.ts';
import type { Entry, Seen, Server, Sight } from './seen.ts';

/** What holds for every plan, whatever the servers, the spec and the listings are. */

const phases: Entry['phase'][] = [
  'Pending',
  'Associating',
  'Propagating',
  'Propagated',
  'Refused',
  'Failed',
  'Releasing',
];
const scopeIds = [undefined, ownScope, strangeScope, formerScope] as const;

const entry = fc.record({
  phase: fc.constantFrom(...phases),
  origin: fc.constantFrom(undefined, 'Taken' as const, 'Found' as const),
  ageMs: fc.integer({ min: 0, max: 7_200_000 }),
  reason: fc.constantFrom(undefined, 'MovedAway', 'InOtherScope', 'OverriddenByPolicy'),
});
const one = fc.record({
  sight: fc.constantFrom('there', 'there', 'there', 'there', 'gone', 'hidden', 'unread'),
  scopeId: fc.constantFrom(...scopeIds),
  location: fc.constantFrom('westeurope', 'westeurope', 'japaneast'),
  subscription: fc.constantFrom('s', 't'),
  vmId: fc.constantFrom('v1', 'v2'),
  selected: fc.boolean(),
  confirmed: fc.boolean(),
  entry: fc.option(entry, { nil: undefined }),
});
const world = fc.record({
  servers: fc.array(one, { maxLength: 60 }),
  moves: fc.boolean(),
  adopts: fc.boolean(),
  deleting: fc.boolean(),
  closed: fc.boolean(),
  incomplete: fc.boolean(),
  released: fc.array(
    fc.record({ ageMs: fc.integer({ min: 0, max: 7_200_000 }), count: fc.integer({ min: 1, max: 9 }) }),
    {
      maxLength: 3,
    },
  ),
  withHeir: fc.boolean(),
  namesResolve: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
type One = World['servers'][number];

function serverOf(given: One, index: number): Server {
  const id = machineId(`m${String(index).padStart(3, '0')}`).replace('/s/', `/${given.subscription}/`);
  const { entry: own } = given;
  return {
    id,
    key: id.toLowerCase(),
    selected: given.selected && given.sight === 'there',
    sight: sightOf(given, id),
    entry: own && {
      id,
      vmId: 'v1',
      phase: own.phase,
      since: ago(own.ageMs),
      ...(own.origin === undefined ? {} : { origin: own.origin }),
      ...(own.reason === undefined ? {} : { reason: own.reason, message: 'because' }),
    },
  };
}

function sightOf({ sight, scopeId, location, subscription, vmId }: One, id: string): Sight {
  if (sight === 'hidden') return { is: 'hidden', fault };
  if (sight === 'gone' || sight === 'unread') return { is: sight };
  const machine = machineNamed(id.slice(id.lastIndexOf('/') + 1), {
    id,
    subscriptionId: subscription,
    location,
    vmId,
    ...(scopeId === undefined ? {} : { scopeId }),
  });
  return { is: 'there', machine, evidence: { begunMs: 0, key: `machines ${subscription}` } };
}

function seenOf(given: World, annotations: Record<string, string> = {}): Seen {
  const servers = given.servers.map(serverOf);
  const recentReleases = given.released.map(({ ageMs, count }) => ({ at: ago(ageMs), count }));
  const object = {
    metadata: { name: 'a', namespace: 'n', uid: 'u', generation: 3, annotations },
    spec: {
      conflictPolicy: given.moves ? 'Move' : 'Refuse',
      adoptionPolicy: given.adopts ? 'IfUnowned' : 'Never',
    },
    status: { scopeId: ownScope, previousScopeIds: [formerScope], recentReleases },
  } as unknown as ArcServerAssociation;
  const heir = { uid: 'heir', name: 'n/heir', scopeId: ownScope, acts: true };
  return {
    object,
    observing: false,
    deleting: given.deleting,
    nowMs,
    windowMs,
    target: {
      shown: 'own',
      scopeId: ownScope,
      location: 'West Europe',
      subscriptionId: 's',
      object: undefined,
      ...(given.closed ? { closed: { fault, unusable: false } } : {}),
    },
    before: new Set([formerScope.toLowerCase()]),
    listings: [],
    unlisted: [],
    servers,
    missingNames: [],
    incomplete: given.incomplete ? { subscriptionIds: ['t'], missing: [], token: '' } : undefined,
    outside: new Set(servers.filter((_, index) => given.servers[index]?.confirmed).map(({ key }) => key)),
    others: {
      claimOn: () => undefined,
      mayHaveHeir: () => false,
      heirOf: (machine) => (given.withHeir && machine.name.endsWith('7') ? heir : undefined),
      holds: (_, key) => key.endsWith('17'),
      inherited: new Map(),
    },
    takenBack: new Map(),
    namesResolve: given.namesResolve,
    handOverIsOver: false,
    handingOverMs: 0,
    trouble: undefined,
    retries: { acceptedAgain: false, inMs: 0 },
    lookAgainMs: undefined,
    counted: new Set(),
    done: { releasing: [], answers: new Map(), notThere: [] },
  };
}

const machineIn = (seen: Seen, id: string) => {
  const server = seen.servers.find(({ key }) => key === id.toLowerCase());
  return { server, machine: server?.sight.is === 'there' ? server.sight.machine : undefined };
};
const actionsOf = (seen: Seen) => [
  ...plannedReleases(seen, planOf(seen)),
  ...plannedTakes(seen, planOf(seen)),
];
/** Holds for every world: what is given back are violations. */
const shows = (violations: (seen: Seen, given: World) => unknown[]): void => {
  fc.assert(
    fc.property(world, (given) => expect(violations(seenOf(given), given)).toEqual([])),
    { numRuns: 300 },
  );
};

describe('a plan, whatever the servers', () => {
  it('never touches a server of a scope that was never ours under Refuse', () => {
    shows((seen, { moves }) =>
      actionsOf(seen).filter(
        ({ action }) =>
          (!moves || action.scopeId === null) && machineIn(seen, action.id).machine?.scopeId === strangeScope,
      ),
    );
  });

  it('takes no server of another region, that is not selected, that cannot be seen, or at deletion', () => {
    shows((seen, { deleting }) =>
      plannedTakes(seen, planOf(seen)).filter(({ action }) => {
        const { server, machine } = machineIn(seen, action.id);
        return deleting || machine?.location !== 'westeurope' || !server?.selected;
      }),
    );
  });

  it('takes no server while the scope cannot serve it, and rests every call on a listing', () => {
    shows((seen, { closed }) => [
      ...plannedTakes(seen, planOf(seen)).filter(({ waitsFor }) => closed && waitsFor === undefined),
      ...actionsOf(seen).filter(({ restsOn }) => restsOn?.length !== 1),
    ]);
  });

  it('releases only what it took or was told to adopt, is in a scope of ours, and is not selected', () => {
    shows((seen, { adopts, deleting }) =>
      plannedReleases(seen, planOf(seen)).filter(({ action }) => {
        const { server, machine } = machineIn(seen, action.id);
        const { origin, phase } = server?.entry ?? {};
        const isIn = [ownScope, formerScope].includes(machine?.scopeId ?? '');
        const isOurs = origin === 'Taken' || phase === 'Releasing' || adopts;
        return !isIn || !isOurs || (server?.selected && !deleting);
      }),
    );
  });

  it('releases nothing at deletion while the names of a scope that goes as well still resolve', () => {
    shows((seen, { deleting, namesResolve }) =>
      deleting && namesResolve ? plannedReleases(seen, planOf(seen)) : [],
    );
  });

  it('never both takes and releases a server, and never plans two calls for one', () => {
    shows((seen) => {
      const ids = actionsOf(seen).map(({ action }) => action.id);
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    });
  });

  it('begins no release that two listings did not show, or from a listing that is not believed', () => {
    shows((seen, { deleting, incomplete }) =>
      planOf(seen).releases.begun.filter(
        ({ server }) =>
          !deleting && (!seen.outside.has(server.key) || (incomplete && server.id.includes('/t/'))),
      ),
    );
  });

  it('begins no more releases than may go unasked', () => {
    shows((seen, { deleting, released }) => {
      const begun = planOf(seen).releases.begun.length;
      const lately = released
        .filter(({ ageMs }) => ageMs < 3_600_000)
        .reduce((sum, { count }) => sum + count, 0);
      const held = seen.servers.filter(
        ({ entry: own }) => own?.phase !== 'Releasing' && isReleasable(own, seen.object),
      ).length;
      const total = begun + lately;
      const tooMany =
        total > Math.max(10, Math.floor((held + lately) / 10)) ||
        (total > 2 && total * 2 > held + lately) ||
        !seen.servers.some(({ selected }) => selected);
      return !deleting && begun > 0 && tooMany ? [begun] : [];
    });
  });

  it('releases a blocked set only when the very command for it was typed', () => {
    shows((_, given) => {
      const { blocked } = planOf(seenOf({ ...given, deleting: false })).releases;
      if (blocked === undefined) return [];
      const servers = given.servers.map((server) => ({ ...server, confirmed: true }));
      const begunWith = (token: string): number =>
        planOf(seenOf({ ...given, servers, deleting: false }, { [confirmRelease]: token })).releases.begun
          .length;
      const wrong = [String(blocked.count), `${blocked.count}-00000000`].filter(
        (token) => begunWith(token) > 0,
      );
      return begunWith(blocked.token) > 0 ? wrong : [...wrong, blocked.token];
    });
  });

  it('forgets a held server only when it is gone, out of our scopes, left there as found, or another’s', () => {
    shows((seen) => {
      const { entries, left } = planOf(seen);
      return seen.servers.filter((server) => {
        if (!isHeld(server.entry) || entries.has(server.key) || left.includes(server)) return false;
        const { machine } = machineIn(seen, server.id);
        const isIn = machine === undefined || [ownScope, formerScope].includes(machine.scopeId ?? '');
        return server.sight.is !== 'gone' && isIn && !server.key.endsWith('17');
      });
    });
  });

  it('never shortens a wait', () => {
    shows((seen) => {
      const { entries } = planOf(seen);
      return seen.servers.filter(({ key, entry: then }) => {
        if (entries.get(key)?.phase !== 'Propagated' || then?.phase === 'Propagated') return false;
        return then?.phase !== 'Propagating' || nowMs - Date.parse(then.since) < windowMs;
      });
    });
  });

  it('calls nothing Taken that was not written down before', () => {
    shows((seen) =>
      seen.servers.filter(
        ({ key, entry: then }) =>
          planOf(seen).entries.get(key)?.origin === 'Taken' && then?.origin !== 'Taken',
      ),
    );
  });

  it('changes nothing more when it is made again from its own entries', () => {
    shows((seen) => {
      const again = planOf(learn(seen, [])).entries;
      return [...planOf(seen).entries].filter(([key, now]) => {
        // Whoever is about to be taken, and is in the scope, begins to wait.
        if (now.phase === 'Associating' || !again.has(key)) return false;
        return !isDeepStrictEqual(again.get(key), now);
      });
    });
  });
});

const releasesFirst = (one: boolean, other: boolean): number => Number(one) - Number(other);

describe('a batch', () => {
  it('keeps to each subscription’s limit, rests on nothing older than a minute, and begins with releases', () => {
    const budget = fc.record({ s: fc.integer({ min: 0, max: 12 }), t: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(world, budget, fc.integer({ min: 0, max: 90_000 }), (given, most, ageMs) => {
        const seen = seenOf(given);
        const due = actionsOf(seen).filter(({ waitsFor }) => waitsFor === undefined);
        const writeBudget = (own: string) => ({ available: most[own as 's' | 't'], nextInMs: 700 });
        const { now, againMs } = admit(seen, due, { writeBudget }, ageMs);
        const of = (own: string) => now.filter(({ action }) => action.id.includes(`/${own}/`));
        const isFirstTry = (id: string): boolean =>
          !['Failed', 'Releasing'].includes(machineIn(seen, id).server?.entry?.phase ?? '');
        const kinds = (own: string): boolean[] =>
          of(own)
            .filter(({ action }) => isFirstTry(action.id))
            .map(({ action }) => action.scopeId !== null);
        expect({
          old: ageMs > 60_000 ? now.length : 0,
          beyond: ['s', 't'].filter((own) => of(own).length > most[own as 's' | 't']),
          disorder: ['s', 't'].filter(
            (own) => !isDeepStrictEqual(kinds(own), [...kinds(own)].sort(releasesFirst)),
          ),
          forgotten: now.length < due.length && againMs === undefined,
        }).toEqual({ old: 0, beyond: [], disorder: [], forgotten: false });
      }),
      { numRuns: 200 },
    );
  });
});

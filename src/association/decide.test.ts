import { describe, expect, it } from '@jest/globals';
import type { Machine } from '../azure/types.ts';
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
import { isReleasable } from '../domain/releases.ts';
import { decide, type Situation } from './decide.ts';
import type { Claim, Entry, Server, Sight } from './seen.ts';

/** Each row: a server as it is stored and seen, the situation, and what becomes of it. */
interface Row {
  entry?: Partial<Entry>;
  /** `nowhere`, `own`, `strange`, `former`; or not seen. */
  seen: 'nowhere' | 'own' | 'strange' | 'former' | 'gone' | 'hidden' | 'unread';
  machine?: Partial<Machine>;
  selected?: boolean;
  situation?: Partial<Situation>;
  becomes: string;
}

const scopeIds = { nowhere: undefined, own: ownScope, strange: strangeScope, former: formerScope } as const;
const minute = 60_000;

function situationOf({ adopts = false, ...more }: NonNullable<Row['situation']>): Situation {
  const spec = { adoptionPolicy: adopts ? 'IfUnowned' : 'Never' } as Parameters<
    typeof isReleasable
  >[1]['spec'];
  return {
    scopeId: ownScope,
    before: new Set(),
    location: 'West Europe',
    conflictPolicy: 'Refuse',
    deleting: false,
    nowMs,
    windowMs,
    adopts,
    releasable: (entry) => isReleasable(entry, { spec }),
    claimOn: () => undefined,
    heirOf: () => undefined,
    mayHaveHeir: () => false,
    holds: () => false,
    inherited: () => undefined,
    takenBack: () => 0,
    handOverIsOver: false,
    ...more,
  };
}

function sightOf({ seen, machine }: Row): Sight {
  if (seen === 'hidden') return { is: 'hidden', fault };
  if (seen === 'gone' || seen === 'unread') return { is: seen };
  const scopeId = scopeIds[seen];
  const own = machineNamed('one', { ...(scopeId === undefined ? {} : { scopeId }), ...machine });
  return { is: 'there', machine: own, evidence: { begunMs: 0 } };
}

/** `keep Propagating Found`, `take Pending (new)`, `drop` … */
function outcomeOf(row: Row): string {
  const id = machineId('one');
  const entry: Entry | undefined = row.entry && {
    id,
    vmId: 'v1',
    phase: 'Pending',
    since: ago(0),
    ...row.entry,
  };
  const server: Server = {
    id,
    key: id.toLowerCase(),
    entry,
    selected: row.selected ?? true,
    sight: sightOf(row),
  };
  const next = decide(server, situationOf(row.situation ?? {}));
  if (next.do === 'drop') return next.left ? 'drop, left in the scope' : 'drop';
  const { phase, reason, origin } = next.entry;
  const why = next.do === 'take' ? ` (${next.why})` : '';
  return [next.do, phase, reason, origin].filter((part) => part !== undefined).join(' ') + why;
}

const rival: Claim = { uid: 'rival', name: 'ns/rival', scopeId: strangeScope, acts: true };
const sibling: Claim = { uid: 'sibling', name: 'ns/sibling', scopeId: ownScope, acts: true };
const taken = (phase: Entry['phase'], ageMs = minute): Partial<Entry> => ({
  phase,
  origin: 'Taken',
  since: ago(ageMs),
});
const found = (phase: Entry['phase'], ageMs = minute): Partial<Entry> => ({
  phase,
  origin: 'Found',
  since: ago(ageMs),
});
const failed = (reason: string): Partial<Entry> => ({
  phase: 'Failed',
  origin: 'Taken',
  reason,
  message: 'no',
});
const former = { before: new Set([formerScope.toLowerCase()]) };
const move = { conflictPolicy: 'Move' } as const;

function table(rows: Record<string, Row>): void {
  it.each(Object.entries(rows))('%s', (_, row) => {
    expect(outcomeOf(row)).toBe(row.becomes);
  });
}

describe('a selected server in no scope', () => {
  table({
    'is wanted': { seen: 'nowhere', becomes: 'take Pending (new)' },
    'stays written down as about to be taken': {
      entry: taken('Associating'),
      seen: 'nowhere',
      becomes: 'take Associating Taken (new)',
    },
    'is put back when its wait had begun': {
      entry: taken('Propagating'),
      seen: 'nowhere',
      becomes: 'take Pending Taken (putBack)',
    },
    'is put back when it was found in the scope': {
      entry: found('Propagated'),
      seen: 'nowhere',
      becomes: 'take Pending Found (putBack)',
    },
    'is tried again as the failure that it is': {
      entry: failed('AuthorizationFailed'),
      seen: 'nowhere',
      becomes: 'take Failed AuthorizationFailed Taken (new)',
    },
    'is taken again when it was being released': {
      entry: taken('Releasing'),
      seen: 'nowhere',
      becomes: 'take Pending Taken (new)',
    },
    'is refused in another region': {
      seen: 'nowhere',
      machine: { location: 'japaneast' },
      becomes: 'keep Refused RegionMismatch',
    },
    'is not refused for a region that is not known': {
      seen: 'nowhere',
      situation: { location: undefined },
      becomes: 'take Pending (new)',
    },
    'is another association’s when that one comes first': {
      entry: taken('Propagated'),
      seen: 'nowhere',
      situation: { claimOn: () => rival },
      becomes: 'keep Refused HeldByAssociation',
    },
  });
});

describe('a selected server in our scope', () => {
  table({
    'is found when nothing was written down': { seen: 'own', becomes: 'keep Propagating Found' },
    'is found when it was only waiting for its turn': {
      entry: { phase: 'Pending' },
      seen: 'own',
      becomes: 'keep Propagating Found',
    },
    'is found when it was refused before': {
      entry: { phase: 'Refused', reason: 'InOtherScope' },
      seen: 'own',
      becomes: 'keep Propagating Found',
    },
    'is ours when it was written down and the answer was lost': {
      entry: taken('Associating'),
      seen: 'own',
      becomes: 'keep Propagating Taken',
    },
    'is ours when Azure refused the call and did it all the same': {
      entry: failed('InternalServerError'),
      seen: 'own',
      becomes: 'keep Propagating Taken',
    },
    'is ours again when someone who had moved it away brings it back': {
      entry: { phase: 'Refused', reason: 'MovedAway', origin: 'Taken' },
      seen: 'own',
      becomes: 'keep Propagating Taken',
    },
    'waits for fifteen minutes': {
      entry: taken('Propagating', windowMs - 1_000),
      seen: 'own',
      becomes: 'keep Propagating Taken',
    },
    'is accepted after fifteen minutes': {
      entry: taken('Propagating', windowMs),
      seen: 'own',
      becomes: 'keep Propagated Taken',
    },
    'is accepted once and for all': {
      entry: taken('Propagated', 1_000),
      seen: 'own',
      becomes: 'keep Propagated Taken',
    },
    'waits anew when it was onboarded again': {
      entry: taken('Propagated', 10 * windowMs),
      seen: 'own',
      machine: { vmId: 'v2' },
      becomes: 'keep Propagating Taken',
    },
    'waits anew when it was being released and is selected again': {
      entry: taken('Releasing', 10 * windowMs),
      seen: 'own',
      becomes: 'keep Propagating Taken',
    },
    'goes on waiting where the association before us was': {
      seen: 'own',
      situation: {
        inherited: () => ({
          id: machineId('one'),
          vmId: 'v1',
          phase: 'Propagated',
          origin: 'Taken',
          since: ago(0),
        }),
      },
      becomes: 'keep Propagated Taken',
    },
    'is found where the association before us had found it': {
      seen: 'own',
      situation: {
        inherited: () => ({
          id: machineId('one'),
          vmId: 'v1',
          phase: 'Propagating',
          origin: 'Found',
          since: ago(0),
        }),
      },
      becomes: 'keep Propagating Found',
    },
    'is handed to the association that comes first and keeps its wait until then': {
      entry: taken('Propagated'),
      seen: 'own',
      situation: { claimOn: () => sibling },
      becomes: 'handOver Propagated Taken',
    },
    'is that one’s as soon as it has written it down': {
      entry: taken('Propagated'),
      seen: 'own',
      situation: { claimOn: () => sibling, holds: () => true },
      becomes: 'keep Refused HeldByAssociation',
    },
    'is kept in a region that does not match, since it is there': {
      entry: taken('Propagated'),
      seen: 'own',
      machine: { location: 'japaneast' },
      becomes: 'keep Propagated Taken',
    },
  });
});

describe('a selected server in another scope', () => {
  table({
    'is refused': { seen: 'strange', becomes: 'keep Refused InOtherScope' },
    'is refused when it was to be taken a moment ago': {
      entry: taken('Associating'),
      seen: 'strange',
      becomes: 'keep Refused InOtherScope Taken',
    },
    'is reported when someone moved it there': {
      entry: taken('Propagated'),
      seen: 'strange',
      becomes: 'keep Refused MovedAway Taken',
    },
    'stays reported': {
      entry: { phase: 'Refused', reason: 'MovedAway', origin: 'Taken' },
      seen: 'strange',
      becomes: 'keep Refused MovedAway Taken',
    },
    'is moved where that is wanted': { seen: 'strange', situation: move, becomes: 'take Pending (new)' },
    'is taken back where that is wanted': {
      entry: taken('Propagated'),
      seen: 'strange',
      situation: move,
      becomes: 'take Pending MovedAway Taken (takenBack)',
    },
    'is contested after the second time': {
      entry: taken('Propagated'),
      seen: 'strange',
      situation: { ...move, takenBack: () => 2 },
      becomes: 'keep Refused Contested Taken',
    },
    'is never moved from another association': {
      seen: 'strange',
      situation: { ...move, claimOn: () => rival },
      becomes: 'keep Refused HeldByAssociation',
    },
    'is never moved from another region': {
      seen: 'strange',
      machine: { location: 'japaneast' },
      situation: move,
      becomes: 'keep Refused RegionMismatch',
    },
    'keeps the word of the policy that put it there, and is not touched': {
      entry: failed('OverriddenByPolicy'),
      seen: 'strange',
      becomes: 'keep Failed OverriddenByPolicy Taken',
    },
    'is tried again as the failure that it is where the policy is to be outlived': {
      entry: failed('OverriddenByPolicy'),
      seen: 'strange',
      situation: move,
      becomes: 'take Failed OverriddenByPolicy Taken (new)',
    },
    'is moved on when that is our scope before': {
      entry: taken('Propagated'),
      seen: 'former',
      situation: former,
      becomes: 'take Pending Taken (movedOn)',
    },
    'is left in our scope before when it was found there': {
      entry: found('Propagated'),
      seen: 'former',
      situation: former,
      becomes: 'keep Refused InOtherScope Found',
    },
    'is moved on from there when it was adopted': {
      entry: found('Propagated'),
      seen: 'former',
      situation: { ...former, adopts: true },
      becomes: 'take Pending Found (movedOn)',
    },
  });
});

describe('a server that is not selected', () => {
  const out = { selected: false } as const;
  table({
    'is released when it was taken': {
      ...out,
      entry: taken('Propagated'),
      seen: 'own',
      becomes: 'release Propagated Taken',
    },
    'is released when its answer was lost': {
      ...out,
      entry: taken('Associating'),
      seen: 'own',
      becomes: 'release Associating Taken',
    },
    'is released when Azure refused to take it and did all the same': {
      ...out,
      entry: failed('InternalServerError'),
      seen: 'own',
      becomes: 'release Associating Taken',
    },
    'waits for one that may take it over and has not looked yet': {
      ...out,
      entry: taken('Propagated'),
      seen: 'own',
      situation: { mayHaveHeir: () => true },
      becomes: 'handOver Propagated Taken',
    },
    'goes on leaving once it has begun to': {
      ...out,
      entry: taken('Releasing'),
      seen: 'own',
      situation: { mayHaveHeir: () => true },
      becomes: 'release Releasing Taken',
    },
    'is left when it was found': {
      ...out,
      entry: found('Propagated'),
      seen: 'own',
      becomes: 'drop, left in the scope',
    },
    'is released when it was adopted': {
      ...out,
      entry: found('Propagated'),
      seen: 'own',
      situation: { adopts: true },
      becomes: 'release Propagated Found',
    },
    'is forgotten once it is out': { ...out, entry: taken('Releasing'), seen: 'nowhere', becomes: 'drop' },
    'is forgotten when it is elsewhere': {
      ...out,
      entry: taken('Releasing'),
      seen: 'strange',
      becomes: 'drop',
    },
    'is released from our scope before': {
      ...out,
      entry: taken('Propagated'),
      seen: 'former',
      situation: former,
      becomes: 'release Propagated Taken',
    },
    'is nobody’s business when nothing was written down': { ...out, seen: 'own', becomes: 'drop' },
    'is left to an heir, who has to write it down first': {
      ...out,
      entry: taken('Propagated'),
      seen: 'own',
      situation: { heirOf: () => sibling },
      becomes: 'handOver Propagated Taken',
    },
    'is the heir’s then': {
      ...out,
      entry: taken('Propagated'),
      seen: 'own',
      situation: { heirOf: () => sibling, holds: () => true },
      becomes: 'drop',
    },
    'is the heir’s when deletion has waited long enough': {
      ...out,
      entry: taken('Propagated'),
      seen: 'own',
      situation: { heirOf: () => sibling, handOverIsOver: true, deleting: true },
      becomes: 'drop',
    },
  });
});

describe('a server whose association is deleted', () => {
  const deleting = { deleting: true } as const;
  table({
    'waits for one that may take it over and has not looked yet': {
      entry: taken('Propagated'),
      seen: 'own',
      situation: { ...deleting, mayHaveHeir: () => true },
      becomes: 'handOver Propagated Taken',
    },
    'is released when that one has not looked for long': {
      entry: taken('Propagated'),
      seen: 'own',
      situation: { ...deleting, mayHaveHeir: () => true, handOverIsOver: true },
      becomes: 'release Propagated Taken',
    },
    'goes on leaving once it has begun to': {
      entry: taken('Releasing'),
      seen: 'own',
      situation: { ...deleting, mayHaveHeir: () => true },
      becomes: 'release Releasing Taken',
    },
    'is released though it is selected': {
      entry: taken('Propagated'),
      seen: 'own',
      situation: deleting,
      becomes: 'release Propagated Taken',
    },
    'stays when it was found': {
      entry: found('Propagated'),
      seen: 'own',
      situation: deleting,
      becomes: 'drop, left in the scope',
    },
    'stays where someone moved it': {
      entry: { phase: 'Refused', reason: 'MovedAway', origin: 'Taken' },
      seen: 'strange',
      situation: deleting,
      becomes: 'drop',
    },
  });
});

describe('a server that is not seen', () => {
  table({
    'is forgotten when Azure says that it is gone': {
      entry: taken('Propagated'),
      seen: 'gone',
      becomes: 'drop',
    },
    'stays as it is when it may not be read': {
      entry: taken('Propagated'),
      seen: 'hidden',
      becomes: 'keep Propagated Taken',
    },
    'stays as it is when nothing is known': {
      entry: taken('Releasing'),
      seen: 'unread',
      becomes: 'keep Releasing Taken',
    },
    'stays as it is at deletion as well': {
      entry: taken('Propagated'),
      seen: 'unread',
      situation: { deleting: true },
      becomes: 'keep Propagated Taken',
    },
  });
});

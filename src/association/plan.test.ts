import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry, Server } from './context.ts';
import { isHeld, type Situation } from './decide.ts';
import { planOf } from './plan.ts';
import { pack } from './slices.ts';
import type { Machine } from '../azure/types.ts';

const ours = '/scope/ours';
const other = '/scope/other';
const nowMs = Date.UTC(2026, 0, 1);

const machine = fc.record({
  scopeId: fc.constantFrom<string | undefined>(undefined, ours, other),
  location: fc.constantFrom('westeurope', 'japaneast'),
  vmId: fc.constantFrom('v1', 'v2'),
});
const entry = fc.record({
  phase: fc.constantFrom<Entry['phase']>(
    'Pending',
    'Associating',
    'Propagating',
    'Propagated',
    'Refused',
    'Failed',
    'Releasing',
  ),
  ageMs: fc.integer({ min: 0, max: 1_800_000 }),
  reason: fc.constantFrom<string | undefined>(undefined, 'MovedAway', 'InOtherScope'),
});
const servers = fc
  .array(
    fc.record({
      machine: fc.option(machine, { nil: undefined }),
      entry: fc.option(entry, { nil: undefined }),
      selected: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.map((one, index) => serverOf(one, index)));

function serverOf(
  one: {
    machine: { scopeId: string | undefined; location: string; vmId: string } | undefined;
    entry: { phase: Entry['phase']; ageMs: number; reason: string | undefined } | undefined;
    selected: boolean;
  },
  index: number,
): Server {
  const id = `/servers/${index}`;
  const { scopeId, ...rest } = one.machine ?? { scopeId: undefined, location: '', vmId: '' };
  const real: Machine = {
    id,
    name: String(index),
    subscriptionId: 's',
    resourceGroup: 'g',
    tags: {},
    status: '',
    provisioningState: '',
    ...rest,
    ...(scopeId === undefined ? {} : { scopeId }),
  };
  const since = new Date(nowMs - (one.entry?.ageMs ?? 0)).toISOString();
  return {
    id,
    machine: one.machine && real,
    selected: one.selected && one.machine !== undefined,
    entry: one.entry && {
      id,
      vmId: 'v1',
      phase: one.entry.phase,
      since,
      ...(one.entry.reason === undefined ? {} : { reason: one.entry.reason }),
    },
  };
}

const situation = (conflictPolicy: 'Refuse' | 'Move'): Situation => ({
  target: { scopeId: ours, location: 'West Europe', subscriptionId: 's' },
  conflictPolicy,
  rank: 'a',
  rivals: [],
  nowMs,
  windowMs: 900_000,
  mayTakeBack: () => true,
  mayRetry: () => true,
});
const rollout = (policy: 'Refuse' | 'Move' = 'Refuse', confirmedCount?: number) => ({
  situation: situation(policy),
  confirmed: () => true,
  confirmedCount,
});

describe('a plan, whatever the servers', () => {
  it('never touches a server of another scope under Refuse', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const plan = planOf(all, rollout());
        const touched = [...plan.associate.map((one) => one.machine), ...plan.release];
        expect(touched.filter(({ scopeId }) => scopeId === other)).toEqual([]);
      }),
    );
  });

  it('never associates a server of another region, nor one that is not selected', () => {
    fc.assert(
      fc.property(servers, fc.constantFrom<'Refuse' | 'Move'>('Refuse', 'Move'), (all, policy) => {
        const wanted = new Set(all.filter(({ selected }) => selected).map(({ id }) => id));
        for (const { machine: one } of planOf(all, rollout(policy)).associate) {
          expect(one.location).toBe('westeurope');
          expect(wanted).toContain(one.id);
        }
      }),
    );
  });

  it('releases only what it held and is in its scope, and never more than is usual unasked', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const held = new Set(all.filter((one) => isHeld(one.entry)).map(({ id }) => id));
        const before = new Set(all.filter((one) => one.entry?.phase === 'Releasing').map(({ id }) => id));
        const { release } = planOf(all, rollout());
        for (const one of release) {
          expect(held).toContain(one.id);
          expect(one.scopeId).toBe(ours);
        }
        expect(release.filter(({ id }) => !before.has(id)).length).toBeLessThanOrEqual(
          Math.max(10, Math.floor(held.size / 10)),
        );
      }),
    );
  });

  it('never shortens a wait', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const { entries } = planOf(all, rollout());
        for (const one of all) {
          const then = one.entry;
          const now = entries.get(one.id);
          if (now?.phase !== 'Propagated' || then === undefined || then.phase === 'Propagated') continue;
          expect(then.phase).toBe('Propagating');
          expect(nowMs - Date.parse(then.since)).toBeGreaterThanOrEqual(900_000);
        }
      }),
    );
  });

  it('changes nothing when it is made again from its own entries', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const first = planOf(all, rollout());
        const again = planOf(
          all.map((one) => ({ ...one, entry: first.entries.get(one.id) })),
          rollout(),
        );
        const settledIds = [...first.entries]
          .filter(([, { phase }]) => ['Propagating', 'Propagated', 'Refused'].includes(phase))
          .map(([id]) => id);
        for (const id of settledIds) expect(again.entries.get(id)).toEqual(first.entries.get(id));
      }),
    );
  });
});

describe('packing into slices', () => {
  const entryOf = (id: number): Entry => ({
    id: `/servers/${id}`,
    phase: 'Pending',
    since: '2026-01-01T00:00:00Z',
  });
  const asMap = (ids: readonly number[]): Map<string, Entry> =>
    new Map(ids.map((id) => [`/servers/${id}`, entryOf(id)]));
  const slice = (ids: readonly number[]) => ({ metadata: { name: 's' }, machines: ids.map(entryOf) });

  it('keeps every server in its slice, fills gaps, and exceeds no limit', () => {
    const first = Array.from({ length: 250 }, (_, index) => index);
    const all = [...first.slice(1), ...Array.from({ length: 300 }, (_, index) => 1000 + index)];
    const packed = pack([slice(first), slice([600])], asMap([...all, 600]));
    expect(packed.map(({ length }) => length)).toEqual([250, 250, 50]);
    expect(packed[0]?.[0]?.id).toBe('/servers/1');
    expect(packed[1]?.[0]?.id).toBe('/servers/600');
    expect(new Set(packed.flat().map(({ id }) => id)).size).toBe(all.length + 1);
  });
});

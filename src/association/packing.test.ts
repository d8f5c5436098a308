import { describe, expect, it } from '@jest/globals';
import type { Entry, Slice } from './seen.ts';
import { pack } from './packing.ts';

const entryOf = (id: number): Entry => ({
  id: `/servers/${id}`,
  phase: 'Pending',
  since: '2026-01-01T00:00:00Z',
});
const asMap = (ids: readonly number[]): Map<string, Entry> =>
  new Map(ids.map((id) => [`/servers/${id}`, entryOf(id)]));
const slice = (ids: readonly number[], more: Partial<Slice['metadata']> = {}): Slice => ({
  metadata: { name: 's', ...more },
  machines: ids.map(entryOf),
});

describe('packing into slices', () => {
  it('keeps every server in its slice, fills gaps, and exceeds no limit', () => {
    const first = Array.from({ length: 250 }, (_, index) => index);
    const all = [...first.slice(1), ...Array.from({ length: 300 }, (_, index) => 1000 + index)];
    const packed = pack([slice(first), slice([600])], asMap([...all, 600]));
    expect(packed.map(({ length }) => length)).toEqual([250, 250, 50]);
    expect(packed[0]?.[0]?.id).toBe('/servers/1');
    expect(packed[1]?.[0]?.id).toBe('/servers/600');
    expect(new Set(packed.flat().map(({ id }) => id)).size).toBe(all.length + 1);
  });

  it('moves servers out of a slice that someone deletes, and puts none in', () => {
    const going = slice([1, 2], { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(
      pack([going, slice([3])], asMap([1, 2, 3, 4])).map((entries) => entries.map(({ id }) => id)),
    ).toEqual([[], ['/servers/3', '/servers/1', '/servers/2', '/servers/4']]);
  });
});

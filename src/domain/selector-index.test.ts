import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArcServerAssociation, MachineSelector } from '../api/types.ts';
import type { Machine } from '../azure/types.ts';
import { selectionOf } from './selection.ts';
import { SelectorIndex } from './selector-index.ts';

const machineOf = (more: Partial<Machine>): Machine => ({
  id: '/servers/one',
  name: 'one',
  subscriptionId: 's',
  resourceGroup: 'g',
  location: 'westeurope',
  tags: {},
  vmId: 'v',
  status: 'Connected',
  provisioningState: 'Succeeded',
  ...more,
});

const associationOf = (uid: string, machines: Partial<MachineSelector>): ArcServerAssociation =>
  ({
    metadata: { name: uid, uid },
    spec: { machines: { selectionMode: 'Matching', ...machines } },
  }) as ArcServerAssociation;

const word = fc.constantFrom('a', 'A', 'b', 'B', 'c');
const selector: fc.Arbitrary<Partial<MachineSelector>> = fc.record(
  {
    names: fc.array(word, { maxLength: 3 }),
    resourceGroups: fc.array(word, { maxLength: 3 }),
    tagSelector: fc.record(
      {
        matchTags: fc.dictionary(word, word, { maxKeys: 2 }),
        matchExpressions: fc.array(
          fc.record({
            key: word,
            operator: fc.constantFrom(
              'In' as const,
              'NotIn' as const,
              'Exists' as const,
              'DoesNotExist' as const,
            ),
            values: fc.array(word, { minLength: 1, maxLength: 2 }),
          }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
    selectionMode: fc.constantFrom('All' as const, 'Matching' as const),
  },
  { requiredKeys: [] },
);
const machine = fc
  .record({ name: word, resourceGroup: word, tags: fc.dictionary(word, word, { maxKeys: 3 }) })
  .map(machineOf);

describe('an index of selectors', () => {
  it('leaves out no association that selects a server, whatever the selectors', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 8 }), machine, (selectors, one) => {
        const objects = selectors.map((own, index) => associationOf(String(index), own));
        const index = new SelectorIndex();
        index.sync(objects);
        const candidates = index.candidates(one);
        const selecting = objects.filter(({ spec }) => selectionOf(spec.machines, 's')(one));
        expect(
          selecting.filter((object) => !candidates.has(object) && !index.unspecific().has(object)),
        ).toEqual([]);
      }),
    );
  });

  it('asks a handful of a thousand associations about a server', () => {
    const index = new SelectorIndex();
    const bySite = Array.from({ length: 500 }, (_, site) =>
      associationOf(`site-${site}`, { tagSelector: { matchTags: { site: `site-${site}` } } }),
    );
    const byName = Array.from({ length: 499 }, (_, line) =>
      associationOf(`line-${line}`, { names: Array.from({ length: 20 }, (__, at) => `web-${line}-${at}`) }),
    );
    index.sync([...bySite, ...byName]);
    const found = index.candidates(machineOf({ name: 'WEB-7-3', tags: { Site: 'site-9', owner: 'x' } }));
    expect([...found].map(({ metadata }) => metadata.name).sort()).toEqual(['line-7', 'site-9']);
  });

  it('follows what is changed and removed', () => {
    const index = new SelectorIndex();
    const before = associationOf('a', { names: ['one'] });
    index.sync([before, associationOf('b', { names: ['one'] })]);
    const after = associationOf('a', { names: ['two'] });
    index.sync([after]);
    expect(index.candidates(machineOf({ name: 'one' })).size).toBe(0);
    expect([...index.candidates(machineOf({ name: 'two' }))]).toEqual([after]);
  });
});

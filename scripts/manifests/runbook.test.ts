import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { azureCodes, otherCodes } from './azure-codes.ts';
import { conditionsOf, runbookPage } from './runbook.ts';
import { reasonsIn, type Use } from '../reasons-in-source.ts';
import { reasons, type Reason } from '../../src/api/conditions.ts';
import { eventReasons, runbook } from '../../src/api/runbook.ts';
import type { Mending } from '../../src/api/runbook/entry.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('api'))
  .map((file) => readFileSync(`src/${file}`, 'utf8'));
const uses: Use[] = sources.flatMap(reasonsIn);
const used = new Set(uses.map(({ reason }) => reason));
const documented = new Set<string>([
  ...Object.keys(reasons),
  ...Object.keys(eventReasons),
  ...Object.keys(azureCodes),
  ...otherCodes.flatMap(([code]) => [...code.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)),
]);

describe('the runbook', () => {
  it('has every reason that the source gives', () => {
    expect([...used].filter((reason) => !documented.has(reason))).toEqual([]);
  });

  it('has no reason that the source never gives', () => {
    const own = [...Object.keys(reasons), ...Object.keys(eventReasons)];
    expect(own.filter((reason) => !used.has(reason))).toEqual([]);
  });

  it('has a section for every reason and every code of Azure, each with a cause, a cure and how it mends', () => {
    const sections = runbookPage().split('\n### ').slice(1);
    const complete = sections
      .filter((section) => ['- Cause: ', '- Cure: ', '- Kind: '].every((line) => section.includes(line)))
      .map((section) => /^`(\w+)`/.exec(section)?.[1]);
    expect(new Set(complete)).toEqual(new Set([...Object.keys(reasons), ...Object.keys(azureCodes)]));
  });

  it('gives a command wherever a person has to act', () => {
    const bare = Object.entries(runbook).filter(
      ([, { mends, commands = [] }]) =>
        mends.some((kind) => ['stalled', 'overdue', 'aside'].includes(kind)) && commands.length === 0,
    );
    expect(bare.map(([reason]) => reason)).toEqual([]);
  });

  it('names only conditions that the kind has', () => {
    const wrong = Object.entries(runbook).flatMap(([reason, { on }]) => [
      ...(on.scope ?? [])
        .filter((type) => !conditionsOf('ArcPrivateLinkScope').includes(type))
        .map(() => reason),
      ...(on.association ?? [])
        .filter((type) => !conditionsOf('ArcServerAssociation').includes(type))
        .map(() => reason),
    ]);
    expect(wrong).toEqual([]);
  });

  it('says of every reason how it mends as the source throws it', () => {
    const kinds: Record<string, (text: string) => Mending> = {
      stalled: () => 'stalled',
      transient: () => 'transient',
      waiting: (text) => (text.includes('stalls: true') ? 'overdue' : 'waiting'),
      working: () => 'waiting',
      blocked: () => 'waiting',
    };
    const wrong = uses.flatMap(({ reason, taker, text }) => {
      const kind = kinds[taker]?.(text);
      if (kind === undefined || !Object.hasOwn(runbook, reason)) return [];
      return runbook[reason as Reason].mends.includes(kind) ? [] : [`${reason} is thrown as ${kind}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('the search for reasons', () => {
  it.each([
    ["throw stalled('OneThing', `a (${b})`)", ['OneThing']],
    ["throw waiting(\n  'OneThing',\n  text, { stalls: true })", ['OneThing']],
    ["return { reason: a > 0 ? 'OneThing' : 'AnotherThing', message }", ['OneThing', 'AnotherThing']],
    [
      "const [reason, text] = gone ? ['OneThing', 'Created'] : ['AnotherThing', 'Updated'];",
      ['OneThing', 'AnotherThing'],
    ],
    ["function working(message: string, reason = 'OneThing') {", ['OneThing']],
    ["events.event(object, 'Warning', 'OneThing', message)", ['OneThing']],
    ["if (reason === 'OneThing') return", []],
    ['// stalled("no") and\n * stalled(\'NoThing\')', []],
  ])('finds in %s', (source, expected) => {
    expect([...new Set(reasonsIn(source).map(({ reason }) => reason))]).toEqual(expected);
  });
});

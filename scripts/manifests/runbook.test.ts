import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { azureCodes } from './azure-codes.ts';
import { conditionsOf, runbookPage } from './runbook.ts';
import { eventReasons, reasons } from '../../src/api/reasons.ts';

/** That every reason which is given has a row is the compiler's to check: faults and verdicts take no other word. */
const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('api/'))
  .map((file) => readFileSync(`src/${file}`, 'utf8'))
  .join('\n');

describe('the runbook', () => {
  it('has no reason that the source never gives', () => {
    const own = [...Object.keys(reasons), ...Object.keys(eventReasons)];
    expect(own.filter((reason) => !source.includes(`'${reason}'`) && !source.includes(`${reason}:`))).toEqual(
      [],
    );
  });

  it('has a section for every reason and every code of Azure, each with a cause, a cure and its kind', () => {
    const sections = runbookPage().split('\n### ').slice(1);
    const complete = sections
      .filter((section) => ['- Cause: ', '- Cure: ', '- Kind: '].every((line) => section.includes(line)))
      .map((section) => /^`(\w+)`/.exec(section)?.[1]);
    expect(new Set(complete)).toEqual(new Set([...Object.keys(reasons), ...Object.keys(azureCodes)]));
  });

  it('gives a command wherever a person has to act', () => {
    const bare = Object.entries(reasons).filter(
      ([, { kind, commands = [] }]) =>
        ['stalled', 'overdue', 'aside'].includes(kind) && commands.length === 0,
    );
    expect(bare.map(([reason]) => reason)).toEqual([]);
  });

  it('names only conditions that the kind has', () => {
    const wrong = Object.entries(reasons).flatMap(([reason, { on }]) => [
      ...(on.scope ?? [])
        .filter((type) => !conditionsOf('ArcPrivateLinkScope').includes(type))
        .map(() => reason),
      ...(on.association ?? [])
        .filter((type) => !conditionsOf('ArcServerAssociation').includes(type))
        .map(() => reason),
    ]);
    expect(wrong).toEqual([]);
  });
});

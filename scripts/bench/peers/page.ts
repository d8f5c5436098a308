import { between, table } from '../between.ts';
import { contestants } from './contestants.ts';
import { servers } from './estate.ts';
import type { Figures, PeerRow } from './row.ts';

/** The generated part of docs/comparison.md, from bench/peers.json. */

export const comparisonPage = 'docs/comparison.md';

const lines: readonly [string, (figures: Figures) => string][] = [
  ['servers associated', ({ associated }) => `${associated} of ${servers}`],
  ['time ÷ floor', ({ ratio }) => String(ratio)],
  ['requests: reads, writes', ({ gets, writes }) => `${gets}, ${writes}`],
  ['429s', ({ throttled }) => String(throttled)],
  ['peak memory', ({ peakMiB }) => `${peakMiB} MiB`],
  ['CPU time', ({ cpuSeconds }) => `${cpuSeconds} s`],
  [
    'once more, nothing to do: requests (writes)',
    ({ settledRequests, settledWrites }) => `${settledRequests} (${settledWrites})`,
  ],
  ['… CPU time', ({ settledCpuSeconds }) => `${settledCpuSeconds} s`],
  [
    'killed halfway and started again',
    ({ resumed, resumedWrites }) => `${resumed} of ${servers}, ${resumedWrites} writes in all`,
  ],
  ['a server of another scope', ({ strangers }) => strangers],
  ['ended by itself', ({ cutShort }) => cutShort ?? 'yes'],
];

export function withTable(page: string, rows: readonly PeerRow[]): string {
  const had = rows.flatMap(({ what, figures }) => (figures === undefined ? [] : [{ what, figures }]));
  const head = ['', ...had.map(({ what }) => what)];
  const body = lines.map(([title, show]) => [
    title,
    ...had.map(({ figures }) => show(figures).replaceAll('|', '\\|')),
  ]);
  const missing = rows.flatMap(({ what, notHad }) =>
    notHad === undefined ? [] : [`- ${what} could not be had: ${notHad}`],
  );
  const left = contestants.map(({ name }) => name).filter((name) => !rows.some(({ peer }) => peer === name));
  if (left.length > 0) missing.push(`- not measured here yet: ${left.join(', ')}`);
  return between(page, 'peers', [table([head, ...body]), missing.join('\n')].join('\n\n').trim());
}

import { between, table } from './between.ts';
import { chart, type Panel } from './plot.ts';
import type { Column, Row } from './row.ts';
import { titles } from './table.ts';
import { missed, targetOf } from './targets.ts';
import { worlds } from './worlds.ts';

/** The generated parts of docs/scaling.md, and its plot, from bench/results.json. */

export const scalingPage = 'docs/scaling.md';
export const scalingPlot = 'docs/scaling.svg';

/** Puts the figures between the page's markers. */
export function withFigures(page: string, rows: readonly Row[]): string {
  const parts = { figures: figures(rows), pods: pods(rows), reads: reads() };
  return Object.entries(parts).reduce((text, [name, part]) => between(text, name, part), page);
}

/** How memory and idle cost grow, with the targets dashed. Several worlds of one size: the dearest. */
export function plot(rows: readonly Row[]): string {
  const sizes = [...new Set(rows.filter(whole).map(({ servers }) => servers))].sort((a, b) => a - b);
  const panelOf = (title: string, column: 'peakRssMiB' | 'settledCpuPercent'): Panel => {
    const dearest = sizes.map((size) => {
      const same = rows.filter((row) => whole(row) && row.servers === size);
      return same.reduce((worst, row) => (row[column] > worst[column] ? row : worst));
    });
    return {
      title,
      points: dearest.map((row) => ({ x: row.servers, y: row[column], label: String(row[column]) })),
      limits: dearest.flatMap((row, index) => {
        const most = targetOf(row, column);
        const from = index === 0 ? 10 ** Math.floor(Math.log10(row.servers)) : (sizes[index - 1] ?? 1);
        return most === undefined ? [] : [{ from, to: row.servers, most }];
      }),
    };
  };
  return chart('servers', [
    panelOf('Peak memory, MiB', 'peakRssMiB'),
    panelOf('CPU when settled, % of a core', 'settledCpuPercent'),
  ]);
}

/** A world of servers that one operator looks after with few objects. */
function whole({ servers, operators, objects }: Row): boolean {
  return servers > 0 && operators === 1 && objects <= 2;
}

function figures(rows: readonly Row[]): string {
  const titleOf = new Map(worlds().map(({ name, title }) => [name, title]));
  const columns = (Object.entries(titles) as [Column, string][]).filter(
    ([column]) => column !== 'patchesPerServer' && column !== 'getsPerServer',
  );
  const all = table([
    ['', ...rows.map(({ world }) => `${titleOf.get(world) ?? world} (\`${world}\`)`)],
    ...columns.map(([column, title]) => [title, ...rows.map((row) => cell(row, column))]),
    ['measured at commit', ...rows.map(({ commit }) => commit)],
    ['load of the machine when it began', ...rows.map(({ load }) => String(load))],
  ]);
  const measured = new Set(rows.map(({ world }) => world));
  const missing = [...titleOf].filter(([name]) => !measured.has(name));
  return [all, ...missing.map(([name, title]) => `Not measured to its end: ${title} (\`${name}\`).`)].join(
    '\n\n',
  );
}

/** What was measured and, where something is asked, the most that is good; in bold where that is missed. */
function cell(row: Row, column: Column): string {
  const [value, most] = [row[column], targetOf(row, column)];
  if (value === null) return '–';
  const shown = missed(row).includes(column) ? `**${value}**` : String(value);
  return most === undefined ? shown : `${shown} (≤ ${most})`;
}

/** A Pod's memory from the peak: a request that covers it, a limit with half as much again. */
function pods(rows: readonly Row[]): string {
  const up = (value: number, step: number): number => Math.ceil(value / step) * step;
  const sizes = [...new Set(rows.filter(whole).map(({ servers }) => servers))].sort((a, b) => a - b);
  return table([
    ['servers', 'peak', 'memory request', 'memory limit', 'CPU when settled'],
    ...sizes.map((size) => {
      const same = rows.filter((row) => whole(row) && row.servers === size);
      const peak = Math.max(...same.map(({ peakRssMiB }) => peakRssMiB));
      const cpu = Math.max(...same.map(({ settledCpuPercent }) => settledCpuPercent));
      return [
        `up to ${size.toLocaleString('en')}`,
        `${peak} MiB`,
        `${up(peak, 32)}Mi`,
        `${up(peak * 1.5, 64)}Mi`,
        `${cpu} % of a core`,
      ];
    }),
  ]);
}

/** Pages of a listing: what the interval costs, whatever the objects are. */
function reads(): string {
  const intervals = [1, 5, 15];
  const estates: [number, number][] = [
    [1_000, 1],
    [1_000, 50],
    [10_000, 1],
    [10_000, 50],
    [60_000, 10],
  ];
  return table([
    ['servers', 'subscriptions', ...intervals.map((minutes) => `\`--machine-poll-interval=${minutes}m\``)],
    ...estates.map(([servers, subscriptions]) => {
      const pages = subscriptions * Math.ceil(servers / subscriptions / 100);
      return [
        servers.toLocaleString('en'),
        String(subscriptions),
        ...intervals.map((minutes) => String(Math.round((pages / minutes) * 10) / 10)),
      ];
    }),
  ]);
}

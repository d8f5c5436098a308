import type { Column, Row } from './row.ts';
import { missed, targetOf } from './targets.ts';

/** How the columns are called where people read them, in their order. */
export const titles: Partial<Record<Column, string>> = {
  ratio: 'time ÷ floor',
  throttled: '429s',
  gets: 'GETs until done',
  peakRssMiB: 'peak RSS, MiB',
  startToReadyMs: 'ready, ms',
  settledArmWrites: 'settled ARM writes',
  settledKubernetesWrites: 'settled Kubernetes writes',
  settledReadsPerMinute: 'settled ARM reads a minute',
  settledCpuPercent: 'settled CPU, % of a core',
  longestTurnMs: 'longest turn, ms',
  longestQueueWaitSeconds: 'longest wait in the queue, s (at most)',
  firstCallMs: 'another object’s first call, ms',
  patchesPerServer: 'PATCHes a server',
  getsPerServer: 'GETs of single servers, a server',
};

/** One world on the terminal: what was measured, what is asked, and which of them is missed. */
export function lines(row: Row): string[] {
  const bad = new Set(missed(row));
  return (Object.entries(titles) as [Column, string][])
    .filter(([column]) => row[column] !== null)
    .map(([column, title]) => {
      const most = targetOf(row, column);
      const asked = most === undefined ? '' : `at most ${most}`;
      return `  ${title.padEnd(42)} ${String(row[column]).padStart(9)}  ${asked.padEnd(14)} ${bad.has(column) ? 'MISSED' : ''}`.trimEnd();
    });
}

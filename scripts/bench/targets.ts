import type { Column, Row } from './row.ts';

/** What the operator is to reach in each world. */

interface Target {
  /** The most that is good. */
  most: number;
  /** Where it counts; everywhere when absent. */
  where?: (row: Row) => boolean;
}

const hasServers = ({ servers }: Row): boolean => servers > 0;

/** The first that counts in a world is taken. */
export const targets: Partial<Record<Column, readonly Target[]>> = {
  ratio: [{ most: 1.05, where: hasServers }, { most: 1.5 }],
  throttled: [{ most: 0, where: ({ regime }) => regime === 'bucket' }],
  patchesPerServer: [{ most: 1, where: hasServers }],
  getsPerServer: [{ most: 0 }],
  settledArmWrites: [{ most: 0 }],
  settledKubernetesWrites: [{ most: 0 }],
  settledCpuPercent: [{ most: 1, where: ({ servers }) => servers <= 10_000 }],
  peakRssMiB: [
    { most: 96, where: ({ servers }) => servers <= 1_000 && servers > 0 },
    { most: 128, where: ({ servers }) => servers <= 10_000 },
    { most: 256 },
  ],
  startToReadyMs: [{ most: 1_000 }],
  longestTurnMs: [{ most: 100, where: ({ servers }) => servers <= 10_000 }],
  longestQueueWaitSeconds: [{ most: 60 }],
  firstCallMs: [{ most: 250 }],
};

/** The most that is good for a column of a row; undefined where nothing is asked. */
export function targetOf(row: Row, column: Column): number | undefined {
  // Few objects: beside the listings, no more than five reads.
  if (column === 'gets') return row.objects <= 2 ? row.listingGets + 5 : undefined;
  return targets[column]?.find(({ where }) => where?.(row) ?? true)?.most;
}

/** Columns that are above what is asked of them. */
export function missed(row: Row): Column[] {
  return (Object.keys(row) as Column[]).filter((column) => {
    const [value, most] = [row[column], targetOf(row, column)];
    return typeof value === 'number' && most !== undefined && value > most;
  });
}

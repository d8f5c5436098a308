import type { Regime } from '../../test/world/azure/rate-limits.ts';

/** One world measured: an entry of bench/results.json. A column that does not apply to a world is null. */
export interface Row {
  world: string;
  /** What was measured, as `git describe --always --dirty` names it. */
  commit: string;
  /** How many processes wanted the machine's processors when it began (one minute's average); a quiet one has about 0. */
  load: number;
  servers: number;
  subscriptions: number;
  /** Processes that share the work; what is said of one is then said of the worst. */
  operators: number;
  /** Objects of the operator's kinds that people wrote. */
  objects: number;
  regime: Regime;
  /** Of Azure's time, from the first PATCH of a server (or write, where there is none) to the last, and the least that its limits allow. */
  seconds: number | null;
  floorSeconds: number;
  ratio: number | null;
  /** Answers 429 until all was done. */
  throttled: number;
  patchesPerServer: number;
  /** GETs of one server alone. */
  getsPerServer: number;
  /** All GETs until all was done, and what the listings that freshness asks for need. */
  gets: number;
  listingGets: number;
  /** While nothing is to be done, of all operators: writes over three polls; reads and CPU time scaled to a poll every five minutes. */
  settledArmWrites: number;
  settledKubernetesWrites: number;
  settledReadsPerMinute: number;
  settledCpuPercent: number;
  peakRssMiB: number;
  startToReadyMs: number;
  longestTurnMs: number;
  /** Bound of the histogram's bucket. */
  longestQueueWaitSeconds: number;
  /** From the creation of another object to its first call of Azure, the longest of five. */
  firstCallMs: number | null;
  bundleMB: number;
}

export type Column = keyof {
  [K in keyof Row as Row[K] extends number | null ? K : never]: true;
};

/** A world that could not be measured to its end. */
export interface Failure {
  world: string;
  failed: string;
}

import type { Regime } from '../../test/world/azure/rate-limits.ts';
import type { Seed } from '../../test/world/azure/seed.ts';

/**
 * What the benchmark asks of its simulated Azure, which is a process of its own so that its work is not counted as the
 * operator's and neither waits for the other's turn.
 */
export interface AzureStart {
  seed: Seed;
  /** Azure's own delays are divided by it, its limits multiplied. */
  timeFactor: number;
  regime: Regime;
}

/** Where it is. */
export interface AzureAddress {
  url: string;
  authorityHost: string;
  caPath: string;
}

export type Question =
  /** What was asked of Resource Manager at or after this time (Unix milliseconds). */
  | { about: 'calls'; sinceMs: number }
  /** When a path that has this text was asked for first. */
  | { about: 'first call'; containing: string }
  /** How many servers each scope has; the key is the scope's id in lower case, empty for none. */
  | { about: 'servers' };

export interface Calls {
  gets: number;
  /** GETs of one server alone. */
  serverGets: number;
  patches: number;
  /** Everything but GET. */
  writes: number;
  /** Answered with 429. */
  throttled: number;
  /** Writes to servers that were taken. */
  associated: number;
  /** The first and the last of them, or of all writes where there is none; in Unix milliseconds. */
  firstWriteMs?: number;
  lastWriteMs?: number;
}

export interface Answers {
  calls: Calls;
  'first call': number | undefined;
  servers: Record<string, number>;
}

export interface Envelope {
  id: number;
  question: Question;
}

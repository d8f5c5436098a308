import type { Attempt, Campaign } from './campaign.ts';

/** Runs a campaign until its time is over, and shrinks what fails. */

export interface Box {
  /** Milliseconds; an attempt that has begun is finished. */
  lastsMs: number;
  /** At most so many attempts. */
  attempts: number;
  /** Ends with so many failures. */
  failures: number;
}

export interface Failure {
  /** As it was met, and the shortest that fails too. */
  met: string;
  shortest: string;
  violations: readonly string[];
}

export interface Outcome {
  attempts: number;
  ms: number;
  failures: readonly Failure[];
}

export async function runCampaign(campaign: Campaign, seed: number, box: Box): Promise<Outcome> {
  const begun = performance.now();
  const failures: Failure[] = [];
  let attempts = 0;
  for await (const attempt of campaign.attempts(seed)) {
    if (attempts >= box.attempts || performance.now() - begun >= box.lastsMs) break;
    attempts += 1;
    const violations = await violationsOf(attempt);
    if (violations.length === 0) continue;
    failures.push(await shortest(attempt, violations));
    if (failures.length >= box.failures) break;
  }
  return { attempts, ms: performance.now() - begun, failures };
}

/** A throw counts as a violation. */
export async function violationsOf(attempt: Attempt): Promise<string[]> {
  try {
    return await attempt.run();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/** So long is looked for something shorter, in milliseconds. */
const shrinkMs = 120_000;

async function shortest(attempt: Attempt, violations: readonly string[]): Promise<Failure> {
  const end = performance.now() + shrinkMs;
  let best: { attempt: Attempt; violations: readonly string[] } = { attempt, violations };
  for (let next: typeof best | undefined = best; next !== undefined; next = await smaller(best.attempt, end))
    best = next;
  return { met: attempt.id, shortest: best.attempt.id, violations: best.violations };
}

async function smaller(
  attempt: Attempt,
  end: number,
): Promise<{ attempt: Attempt; violations: readonly string[] } | undefined> {
  for (const one of attempt.smaller?.() ?? []) {
    if (performance.now() >= end) return undefined;
    const violations = await violationsOf(one);
    if (violations.length > 0) return { attempt: one, violations };
  }
  return undefined;
}

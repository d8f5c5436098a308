import { pathsOf } from '../acto/differ.ts';
import type { Lived } from './life.ts';

/** Holds a life with faults against one without: what is wrong, a sentence each. */
export function judge(reference: Lived, lived: Lived): string[] {
  return [
    ...lived.violations,
    ...pathsOf(reference.states, lived.states, '', volatile).map(
      ({ path, before, after }) => `not as without faults: ${path}: ${before} → ${after}`,
    ),
    ...missing(reference.effects, lived.effects).map((line) => `without faults: ${line}`),
    ...missing(lived.effects, reference.effects).map((line) => `with faults: ${line}`),
    ...patched(reference, lived),
    ...(lived.busiest > mostCalls(reference)
      ? [`${lived.busiest} calls of the Kubernetes API in one minute`]
      : []),
  ];
}

/**
 * In a minute: sixty for each of three objects, of each of two operators that get in each other's way; or three times as
 * many as a life without faults needs in its first minute, where both make everything.
 */
const mostCalls = ({ busiest }: Lived): number => Math.max(60 * 3 * 2, 3 * busiest);

/** Times and versions; nothing else differs between two lives of the same. */
const volatile = /\|(lastTransitionTime|observedGeneration|since|propagatedBy|at|rolledOutGeneration|etag)$/;

const missing = (all: readonly string[], from: readonly string[]): string[] =>
  all.filter((line) => !from.includes(line));

/** One more PATCH than without faults is what an answer that was lost costs. */
function patched(reference: Lived, lived: Lived): string[] {
  return [...lived.patches].flatMap(([name, times]) => {
    const usual = reference.patches.get(name) ?? 0;
    if (usual === 0) return [`${name} was PATCHed, which is in no selection`];
    return times > usual + 1 ? [`${name} was PATCHed ${times} times, not ${usual}`] : [];
  });
}

import { isDeepStrictEqual } from 'node:util';

/** One place where two states differ, both sides as text. */
export interface Difference {
  /** `azure|/subscriptions/…|properties|subnet`. */
  path: string;
  before: string;
  after: string;
}

/** Every place where two states differ, as deep as both have it. What has a time or a generation is told apart by neither. */
export function pathsOf(before: unknown, after: unknown, path = '', masked = volatile): Difference[] {
  if (isDeepStrictEqual(before, after) || masked.test(path)) return [];
  if (!isBag(before) || !isBag(after)) return [{ path, before: text(before), after: text(after) }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    pathsOf(before[key], after[key], path === '' ? key : `${path}|${key}`, masked),
  );
}

/** What differs between two runs of the same, as mask.test.ts measures it: nothing else is left out of account. */
export const mask: readonly string[] = ['lastTransitionTime', 'observedGeneration'];
const volatile = new RegExp(`\\|(${mask.join('|')})$`);

const isBag = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}

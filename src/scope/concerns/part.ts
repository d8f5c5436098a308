import type { Fault } from '../../base/errors.ts';
import type { PlannedCall } from '../actions.ts';
import type { Seen } from '../seen.ts';
import type { Known } from '../../engine/picture.ts';
import { lastRefusal, nothing, withTrouble } from '../verdicts.ts';

/** What one of several endpoints, zones or zone groups adds to what its concern decides. */
export interface Part {
  /** On its way, as a sentence without a full stop. */
  waits?: string;
  trouble?: Fault;
  unread?: Fault;
  planned: readonly PlannedCall[];
  watch?: readonly string[];
}

/** What Azure is at work on, and what is known of it. */
export interface Busy {
  id: string;
  known: Known<unknown> | undefined;
  waits: string;
}

/** Azure is at work on it. Where a call was refused before, that is told until it is over. */
export function atWork(
  seen: Seen,
  { id, known, waits }: Busy,
  verbs: readonly ('PUT' | 'DELETE')[] = ['PUT'],
): Part {
  const [trouble] = verbs.flatMap((verb) => lastRefusal(seen, verb, id) ?? []);
  if (trouble !== undefined) return { trouble, planned: nothing };
  return { waits: withTrouble(waits, known), planned: nothing };
}

/** Keys of the picture that tell how far the parts are. */
export function watchOf(parts: readonly Part[]): string[] {
  return parts.flatMap(({ watch = [] }) => watch);
}

/** What is on its way. */
export function waitsOf(parts: readonly Part[]): string[] {
  return parts.flatMap(({ waits }) => waits ?? []);
}

import type { Calls } from '../azure-questions.ts';
import { estate } from './estate.ts';
import type { Figures } from './row.ts';

/** Of Azure's time, which is this machine's here: from the first write to a server to the last. */
export function secondsOf({ firstWriteMs = 0, lastWriteMs = 0 }: Calls): number {
  return Math.round((lastWriteMs - firstWriteMs) / 100) / 10;
}

export function figuresOf(
  calls: Calls,
  associated: number,
): Pick<Figures, 'associated' | 'ratio' | 'gets' | 'writes' | 'throttled'> {
  return {
    associated,
    ratio: Math.round((secondsOf(calls) / estate.floorSeconds) * 100) / 100,
    gets: calls.gets,
    writes: calls.writes,
    throttled: calls.throttled,
  };
}

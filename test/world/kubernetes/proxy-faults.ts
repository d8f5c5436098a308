/** What may become of a call of the real API server on its way, and of what a watch tells. */

export interface Call {
  /** Among all calls, from 0. */
  readonly number: number;
  readonly method: string;
  readonly url: URL;
  /** Plural, e.g. `leases`; empty for what is no resource. */
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  readonly isWatch: boolean;
  readonly body: string;
}

/** A line of a watch's answer. */
export interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: object;
}

export type Change = (lines: AsyncIterable<WatchLine>) => AsyncIterable<WatchLine>;

export type Fault =
  /** The API server's own refusal, before any effect. */
  | { kind: 'refused'; status: number; reason: string; headers?: Record<string, string> }
  /** The connection breaks before the effect, or after it and before the answer. */
  | { kind: 'reset before' }
  | { kind: 'reset after' }
  /** A half-open connection: nothing comes, or half of the body and then nothing; the effect is there with `half`. */
  | { kind: 'silent' }
  | { kind: 'half' }
  /** The answer is over as soon as it begins. */
  | { kind: 'ended' }
  /** Passed on with these parameters: an older version, small pages. */
  | { kind: 'asked otherwise'; query: Record<string, string> }
  /** A watch that is open and tells nothing, then ends. */
  | { kind: 'blind'; until: Promise<void> }
  | { kind: 'told otherwise'; change: Change };

export const refused = (status: number, reason: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'refused',
  status,
  reason,
  headers,
});

/** The fault for calls number `from` to `from + times - 1` (from 1) among those that meet the condition. */
export function nth(
  meets: (call: Call) => boolean,
  fault: Fault,
  { from = 1, times = 1 } = {},
): (call: Call) => Fault | undefined {
  let met = 0;
  return (call) => {
    if (!meets(call)) return undefined;
    met += 1;
    return met >= from && met < from + times ? fault : undefined;
  };
}

/**
 * Lists and watches of these resources as an API server shows them that has not heard of anything since `version`: lists
 * of that version, which etcd still has, and watches that tell nothing. `catchUp` ends the watches and the lag.
 */
export function behind(
  resources: readonly string[],
  version: string,
): { fault: (call: Call) => Fault | undefined; catchUp: () => void } {
  let lags = true;
  let end = (): void => {};
  const until = new Promise<void>((resolve) => (end = resolve));
  const query = { resourceVersion: version, resourceVersionMatch: 'Exact' };
  return {
    fault({ method, name, resource, isWatch }) {
      if (!lags || method !== 'GET' || name !== '' || !resources.includes(resource)) return undefined;
      return isWatch ? { kind: 'blind', until } : { kind: 'asked otherwise', query };
    },
    catchUp() {
      lags = false;
      end();
    },
  };
}

/** Loses the event with this number, from 1; bookmarks count as none. */
export const loses = (number: number): Change => each((line, at) => (at === number ? [] : [line]));

export const duplicates = (number: number): Change =>
  each((line, at) => (at === number ? [line, line] : [line]));

/** The event with this number is told after the next one. */
export const swaps = (number: number): Change => {
  let held: WatchLine | undefined;
  return each((line, at) => {
    if (at === number) {
      held = line;
      return [];
    }
    const late = held;
    held = undefined;
    return late === undefined ? [line] : [line, late];
  });
};

/** In place of the event with this number: the version that the watch is at has been forgotten. */
export const expires = (number: number): Change =>
  each((line, at) =>
    at === number
      ? [{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }]
      : [line],
  );

function each(change: (line: WatchLine, number: number) => WatchLine[]): Change {
  return async function* (lines) {
    let number = 0;
    for await (const line of lines) {
      if (line.type === 'BOOKMARK') {
        yield line;
        continue;
      }
      number += 1;
      yield* change(line, number);
    }
  };
}

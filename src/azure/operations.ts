import { isSameHost } from './call.ts';
import { codesOf, parseError, wordsOf } from './error-body.ts';
import { idKey } from './ids.ts';
import { retryAfterMs } from './retry-after.ts';
import { isKnown } from './treatments.ts';
import type { Progress } from './types.ts';
import type { Clock } from '../base/clock.ts';
import { growingMs } from '../base/pauses.ts';

/**
 * Long-running operations that this process began. Poll addresses are kept here alone and followed to the letter:
 * newer ones are signed and several kilobytes long. When one is lost, the resource's own state tells as well.
 */
export interface Poll {
  status: number;
  headers: { get(name: string): string | undefined };
  body: string;
}

interface Operation {
  method: string;
  url: string;
  notBeforeMs: number;
  /** Answers so far that did not say when to ask again. */
  silent: number;
}

/** Where Azure does not say when to ask again: doubling, up to so long. */
const usualWaitMs = 2_000;
const longestWaitMs = 10_000;
const mostOperations = 5_000;

export class Operations {
  readonly #known = new Map<string, Operation>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #armTime: { now(): number };
  readonly #resourceManager: string;

  /** Polls carry a token: only addresses of this resource manager are followed. */
  constructor(clock: Pick<Clock, 'monotonic'>, armTime: { now(): number }, resourceManager: string) {
    this.#clock = clock;
    this.#armTime = armTime;
    this.#resourceManager = resourceManager;
  }

  /** Remembers what an answer to a write says of its operation; an answer without one ends what was known. */
  begin(resourceId: string, method: string, answer: Poll): void {
    const key = idKey(resourceId);
    this.#known.delete(key);
    const url =
      answer.headers.get('azure-asyncoperation') ??
      (answer.status === 202 ? answer.headers.get('location') : undefined);
    if (url === undefined || !isSameHost(url, this.#resourceManager)) return;
    const operation: Operation = { method, url, notBeforeMs: 0, silent: 0 };
    this.#wait(operation, answer);
    this.#known.set(key, operation);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostOperations && oldest !== undefined) this.#known.delete(oldest);
  }

  forget(resourceId: string): void {
    this.#known.delete(idKey(resourceId));
  }

  /** Asks once where the operation stands; see `Azure.progress`. */
  async progress(
    resourceId: string,
    poll: (url: string) => Promise<Poll | undefined>,
    of?: string,
  ): Promise<Progress | undefined> {
    const key = idKey(resourceId);
    const operation = this.#known.get(key);
    if (operation === undefined || (of !== undefined && operation.method !== of)) return undefined;
    const wait = operation.notBeforeMs - this.#clock.monotonic();
    if (wait > 0) return { state: 'running', retryAfterMs: Math.ceil(wait) };
    const answer = await poll(operation.url);
    if (answer === undefined) {
      // The operation's record has expired: the resource itself is what counts now.
      this.#known.delete(key);
      return undefined;
    }
    const ended = read(answer);
    if (ended === undefined)
      return { state: 'running', retryAfterMs: this.#wait(operation, answer), asked: true };
    // Another write may have begun meanwhile: that one's operation stays.
    if (this.#known.get(key) === operation) this.#known.delete(key);
    return ended;
  }

  /** Milliseconds until the operation may be asked after again. */
  #wait(operation: Operation, answer: Poll): number {
    const told = retryAfterMs(answer.headers, this.#armTime.now());
    const waitMs = told ?? growingMs(usualWaitMs, longestWaitMs, operation.silent + 1);
    if (told === undefined) operation.silent += 1;
    operation.notBeforeMs = this.#clock.monotonic() + waitMs;
    return waitMs;
  }
}

/** How it ended; undefined while it runs. */
function read(answer: Poll): Progress | undefined {
  const status = statusOf(answer.body);
  switch (status?.toLowerCase()) {
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return failure(status ?? '', answer.body);
    case undefined:
      return answer.status === 202 ? undefined : { state: 'succeeded' };
    default:
      return undefined;
  }
}

/** The code that says most: the outermost, or the detail's where that alone is one that is treated in a way of its own. */
function failure(status: string, body: string): Progress {
  const error = parseError(body);
  const codes = codesOf(error);
  const ended = status.toLowerCase() === 'failed' ? 'Failed' : 'Canceled';
  const code = codes.find(isKnown) ?? codes[0] ?? ended;
  return { state: 'failed', code, message: wordsOf(error) || 'Azure does not say why.' };
}

function statusOf(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { status?: unknown } | null;
    return typeof parsed?.status === 'string' ? parsed.status : undefined;
  } catch {
    // 202 and 204 come without a body.
    return undefined;
  }
}

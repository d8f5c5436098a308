import { idKey } from './ids.ts';
import { parseError } from './errors.ts';
import type { Progress } from './types.ts';
import type { Clock } from '../base/clock.ts';

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
}

/** Azure's Retry-After is a wish and grows to minutes; operations are often done long before. */
const longestWaitMs = 30_000;
const usualWaitMs = 2_000;
const mostOperations = 5_000;

export class Operations {
  readonly #known = new Map<string, Operation>();
  readonly #clock: Clock;
  readonly #resourceManager: string;

  /** Polls carry a token: only addresses of this resource manager are followed. */
  constructor(clock: Clock, resourceManager: string) {
    this.#clock = clock;
    this.#resourceManager = new URL(resourceManager).host;
  }

  /** Remembers what an answer to a write says of its operation; an answer without one ends what was known. */
  begin(resourceId: string, method: string, answer: Poll): void {
    const key = idKey(resourceId);
    this.#known.delete(key);
    const url =
      answer.headers.get('azure-asyncoperation') ??
      (answer.status === 202 ? answer.headers.get('location') : undefined);
    if (url === undefined || !this.#isOurs(url)) return;
    this.#known.set(key, { method, url, notBeforeMs: this.#clock.monotonic() + retryAfterMs(answer) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostOperations && oldest !== undefined) this.#known.delete(oldest);
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
    const progress = read(answer);
    if (progress.state === 'running') operation.notBeforeMs = this.#clock.monotonic() + progress.retryAfterMs;
    else this.#known.delete(key);
    return progress;
  }

  /** Some answers name the port of their scheme; a host is the same with it and without. */
  #isOurs(url: string): boolean {
    return (
      URL.canParse(url) && new URL(url).protocol === 'https:' && new URL(url).host === this.#resourceManager
    );
  }
}

function read(answer: Poll): Progress {
  const running: Progress = { state: 'running', retryAfterMs: retryAfterMs(answer) };
  const status = statusOf(answer.body);
  switch (status?.toLowerCase()) {
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
    case 'canceled': {
      const { code = status, message = 'The operation failed.' } = parseError(answer.body);
      return { state: 'failed', code: code ?? 'Failed', message };
    }
    case undefined:
      return answer.status === 202 ? running : { state: 'succeeded' };
    default:
      return running;
  }
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

/** In milliseconds, as seconds or as a date (RFC 9110); capped. */
export function retryAfterMs(answer: Pick<Poll, 'headers'>): number {
  const seconds = Number(answer.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, longestWaitMs) : usualWaitMs;
}

import { sameTrouble } from './authentication-errors.ts';
import type { Clock } from '../base/clock.ts';
import { asOperatorError, OperatorError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { growingMs } from '../base/pauses.ts';

/** A token as Microsoft Entra ID gave it. */
export interface IssuedToken {
  token: string;
  /** Wall time in milliseconds. */
  expiresOnTimestamp: number;
}

/** One request for a token: never repeated by whoever serves it, and given up when the signal aborts. */
export type TokenSource = (request: { signal: AbortSignal; claims?: string }) => Promise<IssuedToken>;

export interface TokensOptions {
  /** `tenant/client`, for the log. */
  identity: string;
  source: TokenSource;
  /** What a call hears when no answer came in time. */
  silence: OperatorError;
  clock: Clock;
  log: Logger;
}

interface Kept {
  value: string;
  obtainedMs: number;
  refreshMs: number;
  endMs: number;
  /** What Azure had demanded of it (continuous access evaluation). */
  claims: string | undefined;
}

interface Failure {
  error: OperatorError;
  /** No request is made before. */
  untilMs: number;
  count: number;
  /** No answer came, rather than a refusal: calls do not wait for the next request. */
  silent: boolean;
}

/** A request without an answer for so long is given up: with the 60 seconds of a call it stays within its minute. */
const requestLimitMs = 15_000;
/** A call waits so long for a request; a later answer serves the next call. */
const patienceMs = 5_000;
/** A token is renewed when it has less left than this, or than half its life. */
const renewalMs = 300_000;
/** A token that Azure refuses when it is younger than this is not to blame: another one would be refused as well. */
const youngMs = 30_000;
const firstPauseMs = 1_000;
/** Short, so that work goes on within half a minute once Entra ID answers again. */
const longestPauseMs = { silent: 8_000, refused: 30_000 } as const;

/**
 * The token of one identity. It is renewed here alone and ahead of its end, one request at a time whatever the number
 * of calls; a renewal that fails leaves a token that is still good in use. No promise is left without a listener, and
 * no call waits for an identity whose requests are known to stay without an answer. All times are monotonic.
 */
export class Tokens {
  readonly #options: TokensOptions;
  readonly #clock: Clock;
  #kept: Kept | undefined;
  #pending: { begunMs: number; settled: Promise<void> } | undefined;
  #failure: Failure | undefined;
  #claims: string | undefined;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** A token that is still good, at once where one is kept. Throws an `OperatorError` when there is none to be had. */
  async get(): Promise<string> {
    const kept = this.#usable();
    if (kept === undefined) return await this.#wait();
    if (this.#clock.monotonic() >= kept.refreshMs && !this.#pausing()) this.#begin();
    return kept.value;
  }

  /**
   * Azure refused the token, with the claims it demands of another one where it said so. Forgets it, unless it is too
   * young for another one to fare better. Whether asking again is worth a try.
   */
  refused(token: string, claims?: string): boolean {
    const kept = this.#kept;
    if (kept === undefined || kept.value !== token) return true;
    const young = this.#clock.monotonic() - kept.obtainedMs < youngMs;
    if (young && (claims === undefined || claims === kept.claims)) return false;
    this.#kept = undefined;
    this.#claims = claims;
    return true;
  }

  #usable(): Kept | undefined {
    return this.#kept !== undefined && this.#clock.monotonic() < this.#kept.endMs ? this.#kept : undefined;
  }

  #pausing(): boolean {
    return this.#failure !== undefined && this.#clock.monotonic() < this.#failure.untilMs;
  }

  async #wait(): Promise<string> {
    if (this.#pending === undefined && this.#pausing()) throw this.#refusal();
    const pending = this.#begin();
    const left = pending.begunMs + patienceMs - this.#clock.monotonic();
    if (!this.#failure?.silent && left > 0) await this.#within(left, pending.settled);
    const kept = this.#usable();
    if (kept === undefined) throw this.#refusal();
    return kept.value;
  }

  #begin(): { begunMs: number; settled: Promise<void> } {
    this.#pending ??= { begunMs: this.#clock.monotonic(), settled: this.#request() };
    return this.#pending;
  }

  /** Never rejects: what went wrong is for the calls to hear. */
  async #request(): Promise<void> {
    const claims = this.#claims;
    try {
      this.#keep(await this.#limited(claims), claims);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pending = undefined;
    }
  }

  async #limited(claims: string | undefined): Promise<IssuedToken> {
    const abort = new AbortController();
    const { signal } = abort;
    const timer = this.#clock.after(requestLimitMs, () => abort.abort());
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(this.#options.silence), { once: true });
    });
    const asked = async (): Promise<IssuedToken> =>
      await this.#options.source(claims === undefined ? { signal } : { signal, claims });
    try {
      return await Promise.race([asked(), over]);
    } finally {
      timer.cancel();
    }
  }

  #keep(issued: IssuedToken, claims: string | undefined): void {
    const now = this.#clock.monotonic();
    // The end is wall time: with a clock that is wrong, Azure's 401 tells instead, and Entra ID is not asked for ever.
    const life = Math.max(issued.expiresOnTimestamp - this.#clock.now(), youngMs);
    const refreshMs = now + life - Math.min(renewalMs, life / 2);
    this.#kept = { value: issued.token, obtainedMs: now, refreshMs, endMs: now + life, claims };
    if (this.#claims === claims) this.#claims = undefined;
    this.#failure = undefined;
    const { log, identity } = this.#options;
    log.debug({ identity, seconds: Math.round(life / 1000) }, 'got a token');
  }

  #fail(thrown: unknown): void {
    const trouble = asOperatorError(thrown);
    const before = this.#failure;
    const count = (before?.count ?? 0) + 1;
    const silent = trouble.kind === 'transient' || trouble === this.#options.silence;
    const pause = growingMs(firstPauseMs, longestPauseMs[silent ? 'silent' : 'refused'], count);
    // The same trouble keeps its first words, so that a status does not change with every trace id.
    const error = before !== undefined && sameTrouble(before.error, trouble) ? before.error : trouble;
    const untilMs = this.#clock.monotonic() + Math.max(pause, trouble.retryAfterMs ?? 0);
    this.#failure = { error, untilMs, count, silent };
    const { log, identity } = this.#options;
    const { reason, message } = trouble;
    log.warn({ identity, reason, error: message, stillGood: this.#usable() !== undefined }, 'got no token');
  }

  #refusal(): OperatorError {
    const { error, silent } = this.#failure ?? { error: this.#options.silence, silent: true };
    if (!silent) return error;
    const { kind, reason, message, stalls, cause } = error;
    return new OperatorError(kind, reason, message, { cause, stalls, retryAfterMs: this.#returnMs() });
  }

  /** When a call that got no token should come back: when an answer, or the next request, can be expected. */
  #returnMs(): number {
    const now = this.#clock.monotonic();
    if (this.#pending === undefined) return Math.max(1_000, (this.#failure?.untilMs ?? now) - now);
    const elapsed = now - this.#pending.begunMs;
    if (this.#failure !== undefined && elapsed < patienceMs) return patienceMs;
    return Math.min(requestLimitMs, requestLimitMs + longestPauseMs.silent - elapsed);
  }

  /** Resolves when the promise does, or after so long. */
  async #within(milliseconds: number, settled: Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(milliseconds, resolve);
      void settled.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

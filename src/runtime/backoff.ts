import { askedWaitMs } from './client.ts';
import { jitter, type Random } from '../base/random.ts';
import { growingMs } from '../base/pauses.ts';

export interface BackoffOptions {
  /** The pause after the first failure and the longest one, in milliseconds; it doubles in between. */
  firstMs: number;
  longestMs: number;
  random: Random;
}

/** Growing pauses between the tries of one thing. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** The pause after one more failure, in milliseconds: spread by 30 %, and never shorter than a Retry-After. */
  failed(error?: unknown): number {
    const { firstMs, longestMs, random } = this.#options;
    this.#failures += 1;
    const delayMs = growingMs(firstMs, longestMs, this.#failures);
    return Math.max(jitter(delayMs, 0.3, random), askedWaitMs(error) ?? 0);
  }
}

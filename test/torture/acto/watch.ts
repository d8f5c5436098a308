import type { Logger } from '../../../src/base/log.ts';
import type { Laboratory } from '../../world/laboratory.ts';

/** What must never happen while anything is tried: an error in the log, a rejection that nobody awaits, a storm of calls. */
export class Watch {
  readonly #violations: string[] = [];
  readonly #lab: Laboratory;
  readonly #onRejection = (reason: unknown): void => {
    this.#violations.push(`a rejection that nobody awaits: ${String(reason)}`);
  };

  constructor(lab: Laboratory) {
    this.#lab = lab;
    lab.log = this.#logger();
    process.on('unhandledRejection', this.#onRejection);
  }

  end(): readonly string[] {
    process.off('unhandledRejection', this.#onRejection);
    return this.#violations;
  }

  /** At most so many calls of Azure in each whole minute since `fromMs`. */
  storms(fromMs: number, most = 60): string[] {
    const minutes = new Map<number, number>();
    for (const { atMs } of this.#lab.world.exchanges) {
      const minute = Math.floor((atMs - fromMs) / 60_000);
      if (minute >= 0) minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
    return [...minutes]
      .filter(([, calls]) => calls > most)
      .map(([minute, calls]) => `${calls} calls of Azure in minute ${minute} of an object that cannot go on`);
  }

  #logger(): Logger {
    const silent = (): void => {};
    const error = (fields: unknown, text?: string): void => {
      const cause = (fields as { err?: Error }).err?.stack ?? JSON.stringify(fields);
      this.#violations.push(`logged as an error: ${text ?? ''} ${cause.slice(0, 600)}`);
    };
    const logger = { debug: silent, info: silent, warn: silent, error, child: () => logger };
    return logger;
  }
}

import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

/** What the handlers need of `process`. */
export interface ProcessLike {
  on(event: 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * What nobody awaited or caught. A rejection belongs to one call of one object, so it is logged with its stack, counted
 * (`unhandled_rejections_total`), and the work on the other objects goes on: Node would end the process. After an
 * uncaught exception the state of the process is unknown (nodejs.org/api/process.html, "Warning: Using
 * 'uncaughtException' correctly"): it is logged, and the process ends with 1, to be started anew.
 */
export function installLastResort(process: ProcessLike, log: Logger, metrics: Metrics): void {
  const rejections = metrics.counter(
    'unhandled_rejections_total',
    'Rejected promises that no code waited for: faults of the operator.',
    [],
  );
  rejections.inc({}, 0);
  process.on('unhandledRejection', (reason) => {
    rejections.inc({});
    log.error(described(reason), 'unhandled rejection; the work goes on');
  });
  process.on('uncaughtException', (error) => {
    log.error(described(error), 'uncaught exception; the process ends');
    process.exit(1);
  });
}

/** Message and stacks only: errors of HTTP clients carry requests with their headers. */
function described(thrown: unknown): { error: string; stack?: string } {
  if (!(thrown instanceof Error)) return { error: String(thrown) };
  return { error: thrown.message, stack: stacks(thrown, 5).join('\ncaused by: ') };
}

function stacks(error: unknown, most: number): string[] {
  if (!(error instanceof Error) || most === 0) return [];
  return [error.stack ?? error.message, ...stacks(error.cause, most - 1)];
}

import pino from 'pino';

/** Structured logging: `log.info({server: id}, 'associated')`. Never pass a header, a token or a Secret's data. */
export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: Record<string, unknown>): Logger;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields that are blanked wherever they stand, should one ever be passed by mistake. */
const redacted = ['authorization', 'headers.authorization', '*.authorization', '*.headers.authorization'];

/** JSON lines on standard output, or readable text for a terminal. */
export function createLogger(level: LogLevel, format: 'json' | 'text'): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: redacted,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return format === 'json' ? pino(options) : pino(options, textStream());
}

/** One line a record, `time level message key=value …`; pino-pretty is not shipped in the image. */
function textStream(): pino.DestinationStream {
  return {
    write(line) {
      const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const pairs = Object.entries(fields).map(([key, value]) => `${key}=${printed(value)}`);
      const cause = err === undefined ? [] : [`error=${printed((err as { message?: string }).message)}`];
      const words = [time, String(level).toUpperCase().padEnd(5), msg, ...pairs, ...cause];
      process.stdout.write(`${words.join(' ')}\n`);
    },
  };
}

function printed(value: unknown): string {
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
}

/** Discards everything, for tests. */
export const silentLogger: Logger = pino({ level: 'silent' });

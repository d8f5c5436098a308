import { run } from './operator.ts';
import { processEnvironment, readConfig, type Config } from './config.ts';
import { helpText, UsageError } from './flags.ts';
import { installLastResort } from './runtime/last-resort.ts';
import { LeaseLost } from './runtime/lease.ts';
import { createMetrics } from './runtime/metrics.ts';
import { createLogger } from './base/log.ts';

/** The process: configuration, signals and exit codes. Everything else begins in operator.ts. */

declare const OPERATOR_VERSION: string | undefined;
const version = typeof OPERATOR_VERSION === 'string' ? OPERATOR_VERSION : 'development';

/** 2: a wrong flag, variable or kubeconfig; 1: a lost lease or a fault; 0: asked to stop. */
async function main(): Promise<number> {
  let config: Config;
  try {
    config = readConfig(process.argv.slice(2), processEnvironment());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (config.version || config.help) {
    process.stdout.write(config.version ? `${version}\n` : helpText());
    return 0;
  }
  return await operate(config);
}

async function operate(config: Config): Promise<number> {
  const log = createLogger(config.logLevel, config.logFormat);
  const metrics = createMetrics();
  installLastResort(process, log, metrics);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      stop.abort();
    });
  }
  try {
    await run({ config, version, log, metrics }, stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    log.error({ error: message }, error instanceof LeaseLost ? 'leader election lost' : 'ended by a fault');
    return 1;
  }
}

process.exitCode = await main();
// Watches and timers of a process that has done its work must not keep it.
process.exit();

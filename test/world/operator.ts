import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { keep } from './child.ts';

/** The operator as users run it: the bundle of the image, as a process of its own. */

export const bundle = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * How the image starts Node. Left alone, V8 sizes its young generation by the machine and lets a burst of 1,000 calls
 * take 320 MiB; with these it is 165 MiB, and no slower (docs/operations.md).
 */
export const launchFlags = ['--max-semi-space-size=4', '--max-old-space-size=160'];

/** One arena of glibc's for all threads: what several keep for themselves is 3 to 10 MiB. */
export const launchEnvironment = { MALLOC_ARENA_MAX: '1' };

export interface OperatorOptions {
  kubeconfig: string;
  /** Where the simulated Azure is; its CA goes to the process by NODE_EXTRA_CA_CERTS. */
  azure: { url: string; authorityHost: string; caPath: string };
  /** Beside `--kubeconfig` and the bind addresses. */
  flags?: readonly string[];
  environment?: Record<string, string>;
  /** The whole command for these arguments and this environment; Node with the bundle unless told otherwise. */
  command?: Command;
  /** Told its process id as soon as there is one, long before it is ready. */
  born?: (pid: number) => void;
}

export type Command = (args: readonly string[], environment: Record<string, string>) => string[];

const withNode: Command = (args) => [process.execPath, ...launchFlags, bundle, ...args];

export interface LogRecord {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export interface OperatorProcess {
  /** Everything it wrote so far. */
  readonly logs: readonly LogRecord[];
  readonly pid: number;
  /** `http://127.0.0.1:…` of /metrics and of the probes. */
  readonly metricsUrl: string;
  readonly probesUrl: string;
  /** Milliseconds from its start until /readyz answered 200. */
  readonly readyAfterMs: number;
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM unless told otherwise; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs it to its end and gives exit code and output: for wrong flags, `--version` and the like. */
export async function runOperator(
  flags: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [bundle, ...flags], { env: cleanEnvironment(environment) });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Starts it and waits until it is ready; throws with the end of its log when it ends before that. */
export async function startOperator(options: OperatorOptions): Promise<OperatorProcess> {
  const begun = performance.now();
  const environment = {
    AZURE_AUTHORITY_HOST: options.azure.authorityHost,
    AZURE_RESOURCE_MANAGER_ENDPOINT: options.azure.url,
    AZURE_RESOURCE_MANAGER_AUDIENCE: options.azure.url,
    NODE_EXTRA_CA_CERTS: options.azure.caPath,
    ...launchEnvironment,
    ...options.environment,
  };
  const [program = '', ...args] = (options.command ?? withNode)(allFlags(options), environment);
  const child = spawn(program, args, {
    env: cleanEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  keep(child);
  options.born?.(child.pid ?? 0);
  const logs: LogRecord[] = [];
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const serving = new Promise<{ metrics: number; probes: number }>((resolve) => {
    const take = (line: string): void => {
      const record = parsed(line);
      logs.push(record);
      if (record.msg === 'serving') resolve(record as unknown as { metrics: number; probes: number });
    };
    createInterface({ input: child.stdout }).on('line', take);
    createInterface({ input: child.stderr }).on('line', take);
  });
  const early = exited.then((code) => {
    throw new Error(`the operator ended with ${code}:\n${tail(logs)}`);
  });
  early.catch(() => {}); // after it is ready, its end is `exited`'s to tell
  const ports = await Promise.race([serving, early]);
  const probesUrl = `http://127.0.0.1:${ports.probes}`;
  await Promise.race([ready(probesUrl, logs), early]);
  return {
    logs,
    pid: child.pid ?? 0,
    metricsUrl: `http://127.0.0.1:${ports.metrics}`,
    probesUrl,
    readyAfterMs: performance.now() - begun,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

function allFlags(options: OperatorOptions): string[] {
  return [
    `--kubeconfig=${options.kubeconfig}`,
    '--metrics-bind-address=127.0.0.1:0',
    '--health-probe-bind-address=127.0.0.1:0',
    ...(options.flags ?? []),
  ];
}

/** Nothing of the tests' own environment reaches the operator but what it needs to run. */
function cleanEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...extra };
}

function parsed(line: string): LogRecord {
  try {
    return JSON.parse(line) as LogRecord;
  } catch {
    return { level: 'raw', msg: line };
  }
}

function tail(logs: readonly LogRecord[]): string {
  return logs
    .slice(-15)
    .map((record) => JSON.stringify(record))
    .join('\n');
}

async function ready(url: string, logs: readonly LogRecord[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`);
    await answer.arrayBuffer();
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the operator was not ready within 30 s:\n${tail(logs)}`);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A command with all that it starts, watched until its end. */
export interface Watched {
  code: number | null;
  peakMiB: number;
  cpuSeconds: number;
  /** Its last words on standard error. */
  complaint: string;
  /** It was killed because its time was over. */
  late: boolean;
}

export interface WatchOptions {
  command: readonly string[];
  environment: Record<string, string>;
  folder: string;
  limitSeconds: number;
  /** Asked every quarter of a second: true kills it with all that it started. */
  killWhen?: () => Promise<boolean>;
}

/** The shell waits for everything and then tells the CPU time of all of it. */
const timed = '"$@"; code=$?; times >&2; exit $code';

/** How it tells it: user and system time, its own and on the next line that of all it waited for. */
const time = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s/g;

export async function watch(options: WatchOptions): Promise<Watched> {
  const child = spawn('bash', ['-c', timed, 'timed', ...options.command], {
    cwd: options.folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.environment },
    // A group of its own, to be killed as one.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
  const pid = child.pid ?? 0;
  const killGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  };
  process.once('exit', killGroup);
  const end = once(child, 'close') as Promise<[number | null]>;
  let [late, peakMiB] = [false, 0];
  const deadline = performance.now() + options.limitSeconds * 1000;
  while (child.exitCode === null && child.signalCode === null) {
    peakMiB = Math.max(peakMiB, groupMiB(pid));
    late = performance.now() > deadline;
    if (late || (await options.killWhen?.())) killGroup();
    await Promise.race([end, pause(250)]);
  }
  process.off('exit', killGroup);
  const [code] = await end;
  return {
    code,
    peakMiB: Math.round(peakMiB),
    cpuSeconds: cpuOf(stderr),
    complaint: lastWords(stderr),
    late,
  };
}

/** PSS of every process of the group. */
function groupMiB(group: number): number {
  const kib = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => fieldsOf(pid)[2] === String(group))
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kib.reduce((sum, value) => sum + value, 0) / 1024;
}

/** What /proc says after the command's name. */
function fieldsOf(pid: string): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty for a process that has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function cpuOf(stderr: string): number {
  const seconds = [...stderr.matchAll(time)]
    .slice(-2)
    .map(([, ...parts]) => parts.map(Number))
    .map(
      ([user = 0, userRest = 0, system = 0, systemRest = 0]) => 60 * (user + system) + userRest + systemRest,
    );
  return Math.round(seconds.reduce((sum, value) => sum + value, 0) * 10) / 10;
}

function lastWords(stderr: string): string {
  return stderr.replaceAll(time, '').trim().slice(-500);
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, launchFlags, type Command } from '../../test/world/operator.ts';

/** What Linux and the process itself tell of the operator's use of the machine; nothing in its own code is needed. */

/** The most memory it ever held, in MiB (`VmHWM`). */
export function peakRssMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const ticksPerSecond = 100;

/** Seconds of CPU time so far, all threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The turns of one operator's event loop. */
export interface Turns {
  /** How to start an operator whose turns are written down. */
  readonly command: Command;
  readonly environment: Record<string, string>;
  /** The longest turn in milliseconds that ended at or after this time (Unix milliseconds). */
  longestMs(sinceMs: number): number;
  remove(): void;
}

const preload = fileURLToPath(new URL('./turns-preload.ts', import.meta.url));

/** As JavaScript: a process that strips types itself carries the compiler, 20 MiB of what is to be measured. */
function written(folder: string): string {
  const path = join(folder, 'turns.mjs');
  writeFileSync(path, stripTypeScriptTypes(readFileSync(preload, 'utf8')));
  return path;
}

export function watchTurns(nodeFlags: readonly string[] = launchFlags): Turns {
  const folder = mkdtempSync(join(tmpdir(), 'bench-turns-'));
  const file = join(folder, 'turns');
  const script = written(folder);
  return {
    command: (args) => [process.execPath, ...nodeFlags, `--import=${script}`, bundle, ...args],
    environment: { BENCH_TURNS_FILE: file },
    longestMs(sinceMs) {
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const turns = lines.map((line) => line.split(' ').map(Number));
      return Math.round(Math.max(0, ...turns.map(([atMs = 0, ms = 0]) => (atMs >= sinceMs ? ms : 0))));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

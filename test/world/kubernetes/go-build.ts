import { spawn } from 'node:child_process';
import { renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs from Go modules, built once and kept outside the tree; the versions are those of tools/go.mod. */

export interface GoProgram {
  name: string;
  package: string;
  /** Folder of the go.mod that pins it. */
  module: string;
  linkerFlags: string;
}

export type Tell = (line: string) => void;

/** Where programs are kept: `ARC_TEST_CACHE`, as the Makefile sets it, else the user's cache folder. */
export function cacheFolder(name: string): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const cache = process.env['ARC_TEST_CACHE'] ?? join(base, 'arc-private-link-operator');
  return join(cache, name);
}

/** Builds them into `folder`, one after the other. Throws with the last line of what Go said. */
export async function buildPrograms(
  programs: readonly GoProgram[],
  folder: string,
  tell: Tell,
): Promise<void> {
  for (const [index, program] of programs.entries()) {
    const begun = performance.now();
    tell(`  ${index + 1}/${programs.length} ${program.name} ...`);
    // Only a finished program gets its name: a build that was stopped is not taken for one.
    const unfinished = join(folder, `.${program.name}.${process.pid}.part`);
    await go(['build', '-ldflags', program.linkerFlags, '-o', unfinished, program.package], program.module);
    renameSync(unfinished, join(folder, program.name));
    tell(`      done after ${Math.round((performance.now() - begun) / 1000)} s`);
  }
}

function go(args: readonly string[], cwd: string): Promise<void> {
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=mod' };
  const child = spawn('go', args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(output.trim().split('\n').pop() ?? `exit ${code}`)),
    );
  });
}

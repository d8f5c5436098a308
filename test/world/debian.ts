import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './kubernetes/go-build.ts';

/**
 * Programs of Debian's packages, unpacked into the cache: nothing is installed and nobody has to be root. Which packages
 * they need is asked of apt; what the machine has already is not fetched.
 */
const packages = ['bind9', 'bind9-utils', 'bind9-dnsutils', 'dnsmasq-base', 'unbound', 'shellcheck'];

export interface DebianPrograms {
  /** The path of a program. */
  path(name: string): string;
  /** The environment that they find their libraries in. */
  env: NodeJS.ProcessEnv;
}

export function debianPrograms(tell: (line: string) => void = () => {}): DebianPrograms {
  const root = cacheFolder('debian-name-servers-1');
  if (!existsSync(root)) unpack(root, tell);
  const libraries = readdirSync(join(root, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(root, 'usr/lib', name));
  const folders = ['usr/sbin', 'usr/bin'].map((folder) => join(root, folder));
  return {
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
    path(name) {
      const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
      if (found === undefined)
        throw new Error(`${name} is in none of Debian's packages ${packages.join(', ')}`);
      return found;
    },
  };
}

function unpack(root: string, tell: (line: string) => void): void {
  tell(`Fetching ${packages.join(', ')} from Debian (once) ...`);
  // A folder of this process's own: suites that begin at once do not meet in it.
  mkdirSync(dirname(root), { recursive: true });
  const begun = mkdtempSync(`${root}.part-`);
  fetchPackages(begun);
  const unpacked = join(begun, 'root');
  for (const file of readdirSync(begun).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg', ['-x', join(begun, file), unpacked]);
  try {
    renameSync(unpacked, root);
  } catch (error) {
    // Another one was faster.
    if (!existsSync(root)) throw error;
  }
  rmSync(begun, { recursive: true });
}

/** The packages and all that they need. A machine that has never asked what there is has to be root to do so. */
function fetchPackages(folder: string): void {
  const fetched = download(folder);
  if (fetched.status === 0) return;
  spawnSync('apt-get', ['update', '-q']);
  const again = download(folder);
  if (again.status !== 0)
    throw new Error(`Debian's packages cannot be fetched (apt-get download): ${again.stderr.trim()}`);
}

function download(cwd: string): { status: number | null; stderr: string } {
  const needed = ask(['install', '--print-uris', '-y', '--no-install-recommends', ...packages]);
  // One that is installed already is not printed; its programs are wanted here all the same.
  const names = new Set([...needed, ...packages]);
  return spawnSync('apt-get', ['download', '-q', ...names], { cwd, encoding: 'utf8' });
}

/** Names of the packages that apt would install. */
function ask(command: readonly string[]): string[] {
  const answer = spawnSync('apt-get', [...command], { encoding: 'utf8' });
  if (answer.error !== undefined) throw new Error('apt-get is missing: these tests need Debian or Ubuntu.');
  return [...answer.stdout.matchAll(/^'[^']*' ([^_]+)_/gm)].map(([, name = '']) => name);
}

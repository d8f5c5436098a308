import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { succeed } from '../world/run.ts';

/** Stand-ins for the two images that the Dockerfile starts from, made of this machine's files: no registry is asked. */

export type Buildah = (...args: string[]) => Promise<string>;

/** What distroless has: Node under /nodejs, the libraries it needs, accounts, /tmp. No shell. */
export async function makeRunBase(buildah: Buildah, folder: string): Promise<string> {
  await copyProgram(process.execPath, folder, '/nodejs/bin/node');
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/:/sbin/nologin\n',
  );
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  return await imageOf(buildah, folder, 'localhost/run-base');
}

/** What the official Node image has: a shell, Node and npm. */
export async function makeBuildBase(buildah: Buildah, folder: string): Promise<string> {
  await copyProgram(process.execPath, folder, '/usr/bin/node');
  await copyProgram(realpathSync('/bin/sh'), folder, '/bin/sh');
  await copyProgram('/usr/bin/env', folder, '/usr/bin/env');
  const npm = dirname(dirname(realpathSync((await succeed('sh', ['-c', 'command -v npm'])).trim())));
  cpSync(npm, join(folder, 'usr/lib/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/npm/bin/npm-cli.js', join(folder, 'usr/bin/npm'));
  // What this machine trusts, for a registry behind a proxy with a certificate of its own.
  mkdirSync(join(folder, dirname(trusted)), { recursive: true });
  const certificates = process.env['NODE_EXTRA_CA_CERTS'] ?? trusted;
  const known = existsSync(certificates);
  if (known) copyFileSync(certificates, join(folder, trusted));
  for (const library of await nameResolution()) copyInto(folder, library);
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  mkdirSync(join(folder, 'root'), { recursive: true });
  return await imageOf(
    buildah,
    folder,
    'localhost/build-base',
    known ? [`NODE_EXTRA_CA_CERTS=${trusted}`] : [],
  );
}

const trusted = '/etc/ssl/certs/ca-certificates.crt';

async function imageOf(
  buildah: Buildah,
  folder: string,
  name: string,
  environment: readonly string[] = [],
): Promise<string> {
  const container = (await buildah('from', 'scratch')).trim();
  await buildah('copy', '--quiet', container, folder, '/');
  const variables = ['PATH=/usr/bin:/bin', ...environment].flatMap((one) => ['--env', one]);
  await buildah('config', ...variables, container);
  await buildah('commit', '--quiet', container, name);
  await buildah('rm', container);
  return name;
}

/** A program and the shared libraries that it names. */
async function copyProgram(program: string, folder: string, to: string): Promise<void> {
  const target = join(folder, to);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(program), target);
  for (const library of await libraries(program)) copyInto(folder, library);
}

async function libraries(program: string): Promise<string[]> {
  const text = await succeed('ldd', [program]);
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '');
}

/** glibc loads these only when a name is looked up. */
async function nameResolution(): Promise<string[]> {
  const [libc] = (await libraries('/bin/sh')).filter((path) => basename(path).startsWith('libc.'));
  const folder = dirname(libc ?? '');
  return ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));
}

function copyInto(folder: string, path: string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target)) copyFileSync(realpathSync(path), target);
}

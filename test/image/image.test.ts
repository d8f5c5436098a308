import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSeed } from '../world/azure/seed.ts';
import { launchEnvironment, launchFlags, type Command } from '../world/operator.ts';
import { run, succeed, type CommandResult } from '../world/run.ts';
import { startStage } from '../world/stage.ts';
import { makeBuildBase, makeRunBase } from './base.ts';

/** The image of the Dockerfile that is shipped, built with buildah and run as Kubernetes would: no root, nothing to write. */

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'image-'));
const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
const buildah = (...args: string[]): Promise<string> => succeed('buildah', [...store, ...args]);

interface Inspected {
  FromImageDigest: string;
  OCIv1: {
    config: {
      User: string;
      Entrypoint: string[];
      ExposedPorts: Record<string, object>;
      Labels: Record<string, string>;
    };
  };
}

let root: string;
let container: string;
let inspected: Inspected;
let digests: string[];

async function built(name: string): Promise<Inspected> {
  const registry = (await succeed('npm', ['config', 'get', 'registry'])).trim();
  const args = {
    BUILD_IMAGE: 'localhost/build-base',
    BASE_IMAGE: 'localhost/run-base',
    NPM_CONFIG_REGISTRY: registry,
    VERSION: version,
    REVISION: 'test',
  };
  await buildah(
    'bud',
    '--isolation=chroot',
    '--pull-never',
    '--no-cache',
    // The time in the image and in its layers; without it no two builds are the same.
    '--timestamp=0',
    ...Object.entries(args).map(([key, value]) => `--build-arg=${key}=${value}`),
    `--tag=${name}`,
    '.',
  );
  return JSON.parse(await buildah('inspect', '--type=image', name)) as Inspected;
}

beforeAll(async () => {
  await makeRunBase(buildah, join(folder, 'run-base'));
  await makeBuildBase(buildah, join(folder, 'build-base'));
  inspected = await built('localhost/operator:1');
  digests = [inspected.FromImageDigest, (await built('localhost/operator:2')).FromImageDigest];
  container = (await buildah('from', '--pull-never', 'localhost/operator:1')).trim();
  root = (await buildah('mount', container)).trim();
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

describe('the image', () => {
  it('is the same, byte for byte, when it is built twice', () => {
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });

  it('starts Node with the flags and environment that its memory was measured with, not as root', () => {
    expect(inspected.OCIv1.config).toMatchObject({
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node', ...launchFlags, '/app/main.js'],
      Env: expect.arrayContaining(Object.entries(launchEnvironment).map((pair) => pair.join('='))),
      ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
      Labels: {
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': 'test',
        'org.opencontainers.image.licenses': 'MIT',
      },
    });
  });

  it('adds one bundled file to its base, with licences and a bill of materials', () => {
    expect(readdirSync(join(root, 'app')).sort()).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      'main.js',
      'sbom.cdx.json',
    ]);
    expect(statSync(join(root, 'app/main.js')).size).toBeLessThan(4_000_000);
    const bill = JSON.parse(readFileSync(join(root, 'app/sbom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string }[];
    };
    const notices = readFileSync(join(root, 'app/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(bill.components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@azure/arm-hybridcompute', '@azure/identity', '@kubernetes/client-node']),
    );
    for (const { name, version: of } of bill.components) expect(notices).toContain(`${name} ${of} (`);
  });

  it('prints its version as user 65532 on a root that cannot be written to', async () => {
    expect(await confined(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('cannot write anywhere when it runs like that', async () => {
    const attempt = await unshared([
      '/nodejs/bin/node',
      '-e',
      "console.log(process.getuid()); require('fs').writeFileSync('/app/x', '')",
    ]);
    expect(attempt.stdout).toBe('65532\n');
    expect(attempt.stderr).toContain('EROFS');
  });

  it('becomes ready against a Kubernetes API, and ends when it is asked to', async () => {
    const stage = await startStage({ seed: readSeed('examples/quickstart-azure.yaml'), timeFactor: 20 });
    try {
      const operator = await stage.startOperator([], {}, confinedCommand);
      const answer = await fetch(`${operator.probesUrl}/readyz`);
      expect(answer.status).toBe(200);
      expect(await operator.stop()).toBe(0);
    } finally {
      await stage.stop();
    }
  }, 120_000);
});

/**
 * buildah and podman cannot make a container's root read-only without a container runtime; a mount namespace can: the root
 * is bound to itself read-only, and the process changes to it as user 65532.
 */
function unsharedCommand(command: readonly string[], files: readonly string[] = []): string[] {
  // A kubelet mounts what a Pod needs to read where the Pod expects it; here that is the same place as outside.
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    cpSync(file, join(root, file));
    chmodSync(join(root, dirname(file)), 0o755);
    chmodSync(join(root, file), 0o644);
  }
  mkdirSync(join(root, 'proc'), { recursive: true });
  const script =
    'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -o remount,bind,ro "$0" && ' +
    'exec chroot --userspec=65532:65532 "$0" "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, root, ...command];
}

const confinedCommand: Command = (args, environment) => {
  const kubeconfig = args.find((arg) => arg.startsWith('--kubeconfig='))?.split('=')[1] ?? '';
  const files = [kubeconfig, environment['NODE_EXTRA_CA_CERTS'] ?? ''];
  return unsharedCommand([...inspected.OCIv1.config.Entrypoint, ...args], files);
};

const unshared = (command: readonly string[]): Promise<CommandResult> => {
  const [program = '', ...rest] = unsharedCommand(command);
  return run(program, rest);
};
const confined = (args: readonly string[]): Promise<CommandResult> =>
  unshared([...inspected.OCIv1.config.Entrypoint, ...args]);

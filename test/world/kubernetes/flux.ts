import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from './cluster.ts';
import { installTools } from './tools.ts';
import { keep, kill } from '../child.ts';
import { succeed } from '../run.ts';

/** Flux's real kustomize-controller. A folder stands for the Git repository; source-controller's part is played here. */

export interface Flux {
  /** Serves the folder's content as the repository's newest revision. */
  publish(folder: string): Promise<void>;
  /** Everything the controller wrote. */
  logs(): string;
  stop(): Promise<void>;
}

const namespace = 'flux-system';
const sources = fileURLToPath(new URL('flux-sources.yaml', import.meta.url));
const module = fileURLToPath(new URL('../../../tools/flux', import.meta.url));

/** Installs the kinds, serves artifacts on loopback and starts the controller with an administrator's rights. */
export async function startFlux(cluster: Cluster): Promise<Flux> {
  const tools = await installTools();
  await cluster.apply(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`);
  await cluster.apply(readFileSync(sources, 'utf8'));
  for (const file of await kustomizeKinds()) await cluster.apply(readFileSync(file, 'utf8'));
  await cluster.kubectl(['wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s']);

  const archives = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const archive = archives.get(request.url ?? '');
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const child = keep(
    spawn(
      tools['kustomize-controller'],
      ['--watch-all-namespaces=true', '--metrics-addr=127.0.0.1:0', '--health-addr=127.0.0.1:0'],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: mkdtempSync(join(tmpdir(), 'flux-')),
          KUBECONFIG: cluster.kubeconfig,
          RUNTIME_NAMESPACE: namespace,
        },
        stdio: 'pipe',
      },
    ),
  );
  let logs = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (logs += chunk.toString()));

  let revision = 0;
  return {
    async publish(folder) {
      revision += 1;
      const path = `/${revision}.tar.gz`;
      const file = join(mkdtempSync(join(tmpdir(), 'artifact-')), 'artifact.tar.gz');
      await succeed('tar', ['-czf', file, '-C', folder, '.']);
      const archive = readFileSync(file);
      archives.set(path, archive);
      await announce(cluster, archive, `http://127.0.0.1:${port}${path}`, revision);
    },
    logs: () => logs,
    async stop() {
      await kill(child);
      server.close();
    },
  };
}

/** The repository object as source-controller leaves it (fluxcd.io/flux/components/source/gitrepositories, artifact). */
async function announce(cluster: Cluster, archive: Buffer, url: string, revision: number): Promise<void> {
  const object = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'arc-private-link', namespace },
    spec: { interval: '1m', url: 'https://example.com/platform', ref: { branch: 'main' } },
  };
  await cluster.apply(JSON.stringify(object));
  const artifact = {
    url,
    path: new URL(url).pathname,
    digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
    revision: `main@sha1:${String(revision).padStart(40, '0')}`,
    lastUpdateTime: '2026-01-01T00:00:00Z',
    size: archive.length,
  };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: 'stored artifact',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const result = await cluster.kubectl([
    '-n',
    namespace,
    'patch',
    'gitrepository/arc-private-link',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status: { observedGeneration: 1, artifact, conditions: [ready] } }),
  ]);
  if (result.code !== 0) throw new Error(result.stderr);
}

/** The definition of Flux's Kustomization comes with the controller's module. */
async function kustomizeKinds(): Promise<string[]> {
  const folder = await succeed(
    'go',
    ['list', '-m', '-f', '{{.Dir}}', 'github.com/fluxcd/kustomize-controller'],
    { cwd: module },
  );
  const bases = join(folder.trim(), 'config/crd/bases');
  return readdirSync(bases).map((file) => join(bases, file));
}

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import { readConfig } from './config.ts';
import { run } from './operator.ts';
import { silentLogger } from './base/log.ts';
import { LeaseLost } from './runtime/lease.ts';
import type { Lease } from './runtime/lease-lock.ts';
import { createMetrics } from './runtime/metrics.ts';
import { json, refuse, startLoopback, type Loopback } from '../test/world/kubernetes/loopback.ts';

/** The wiring on an HTTP server in the API server's place, in real time: how it begins and how it ends. */

type Request = IncomingMessage & { url: string };

let folder: string;
let server: Loopback | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operator-'));
});
afterEach(async () => await server?.close());
afterAll(() => rmSync(folder, { recursive: true }));

/** What is asked, and whether that was answered: what was not, the usual API server below answers. */
type Handler = (request: Request, response: ServerResponse) => boolean;

/** Namespace kube-system and one Lease, and nothing else: no CRD is installed. */
class World {
  lease: Lease | undefined;
  /** Another took the Lease. */
  usurped = false;

  async answer(request: Request, response: ServerResponse): Promise<void> {
    const path = request.url.split('?')[0] ?? '';
    if (path.includes('/leases')) await this.#answerLease(request, response);
    else if (path === '/api/v1/namespaces/kube-system')
      json(response, { metadata: { name: 'kube-system', uid: 'u' } });
    else if (path === '/api/v1/secrets') json(response, { items: [], metadata: { resourceVersion: '1' } });
    else refuse(response, 404, 'NotFound');
  }

  async #answerLease(request: Request, response: ServerResponse): Promise<void> {
    if (this.usurped) {
      const spec = { holderIdentity: 'usurper', leaseDurationSeconds: 600 };
      if (request.method === 'GET') json(response, { metadata: { name: 'lease' }, spec });
      else refuse(response, 409, 'Conflict');
      return;
    }
    if (request.method !== 'GET') {
      const { spec = {} } = (await readJson(request)) as Lease;
      const version = Number(this.lease?.metadata.resourceVersion ?? 0) + 1;
      this.lease = { metadata: { name: 'lease', resourceVersion: String(version) }, spec };
    }
    if (this.lease === undefined) refuse(response, 404, 'NotFound');
    else json(response, this.lease);
  }
}

async function start(flags: readonly string[], handle: Handler = () => false) {
  const world = new World();
  const waiting: { part: string; found: () => void }[] = [];
  const own = await startLoopback((request, response) => {
    for (const { part, found } of waiting) if (`${request.method} ${request.url}`.includes(part)) found();
    if (!handle(request, response)) void world.answer(request, response);
  });
  server = own;
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, own.kubeconfig);
  const common = [`--kubeconfig=${path}`, '--metrics-bind-address=0', '--health-probe-bind-address=0'];
  const config = readConfig([...common, ...flags], {});
  const stop = new AbortController();
  const foundation = { config, version: 'test', log: silentLogger, metrics: createMetrics() };
  const ended = run(foundation, stop.signal);
  ended.catch(() => {});
  const asked = (part: string): Promise<void> =>
    new Promise((found) => {
      if (own.requests.some((request) => request.includes(part))) found();
      else waiting.push({ part, found });
    });
  return { world, stop, ended, asked, requests: own.requests };
}

describe('an operator whose kinds are not installed', () => {
  it.each(['--leader-elect=false', '--leader-elect=true'])(
    'ends when it is asked to, with %s',
    async (flag) => {
      const { stop, ended, asked, world } = await start([flag]);
      await asked('GET /apis/arcprivatelink.io/');
      if (flag.endsWith('true')) await asked('POST /apis/coordination.k8s.io');
      stop.abort();
      await ended;
      expect(world.lease?.spec?.holderIdentity ?? '').toBe('');
    },
  );
});

describe('an operator that is asked to stop', () => {
  it('ends although the very first call hangs', async () => {
    const { stop, ended, asked } = await start([], () => true);
    await asked('kube-system');
    stop.abort();
    await ended;
    expect(server?.requests).toHaveLength(1);
  });

  it('gives up its lease as the last thing it does', async () => {
    const { stop, ended, asked, world, requests } = await start([]);
    await asked('POST /apis/coordination.k8s.io');
    stop.abort();
    await ended;
    expect(world.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(requests.at(-1)).toMatch(/^PUT .*\/leases\//);
  });
});

describe('an operator all of whose calls hang', () => {
  it('keeps its lease for as long as that can be renewed, and ends at once when it is lost', async () => {
    const scopes = Array.from({ length: 40 }, (_, index) => ({
      metadata: {
        name: `net-${index}`,
        namespace: 'team',
        uid: `u${index}`,
        resourceVersion: '1',
        generation: 1,
      },
      spec: {},
    }));
    let hanging = 0;
    let full = (): void => {};
    const allHang = new Promise<void>((resolve) => (full = resolve));
    const { ended, world, asked } = await start(['--max-concurrent-reconciles=40'], ({ url }, response) => {
      if (url.includes('/leases') || url.includes('kube-system')) return false;
      const items = url.includes('arcprivatelinkscopes') ? scopes : [];
      if (url.includes('watch=true')) response.writeHead(200).flushHeaders();
      else if (url.includes('limit=')) json(response, { items, metadata: { resourceVersion: '1' } });
      else if (++hanging === 32) full();
      return true;
    });
    await allHang;
    await asked('PUT /apis/coordination.k8s.io');
    world.usurped = true;
    await expect(ended).rejects.toThrow(LeaseLost);
  }, 10_000);
});

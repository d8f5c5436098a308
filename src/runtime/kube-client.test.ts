import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KubernetesError } from './client.ts';
import { KubeClient } from './kube-client.ts';
import { leases } from './lease-lock.ts';
import type { Resource } from './object.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import { noMetrics } from '../base/metrics.ts';
import { VirtualClock } from '../../test/world/clock.ts';
import {
  json,
  refuse,
  startLoopback,
  type Answer,
  type Loopback,
} from '../../test/world/kubernetes/loopback.ts';

const things: Resource = { group: 'test', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const others: Resource = { ...things, kind: 'Other', plural: 'others' };
const key = { namespace: 'n', name: 'a' };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (let one = open.pop(); one !== undefined; one = open.pop()) await one.close();
});

async function serve(answer: Answer): Promise<Loopback> {
  const server = await startLoopback(answer);
  open.push(server);
  return server;
}

function connect(server: Loopback, clock = systemClock): KubeClient {
  const client = new KubeClient(server.config, {
    clock,
    metrics: noMetrics,
    userAgent: 'test',
    fieldManager: 'test',
  });
  open.push(client);
  return client;
}

const isWatch = (request: IncomingMessage & { url: string }): boolean => request.url.includes('watch=true');

/** Lists hold one object; watches stay open and silent; all else is answered. */
function usual(request: IncomingMessage & { url: string }, response: ServerResponse): void {
  if (isWatch(request)) response.writeHead(200).flushHeaders();
  else if (request.method === 'GET' && /\/(things|others)\?/.test(request.url))
    json(response, { items: [{ metadata: key }], metadata: { resourceVersion: '1' } });
  else json(response, { metadata: { ...key, resourceVersion: '1' } });
}

describe('a client with many watches open', () => {
  it.each([20, 64])('gets the lists of %d namespaces, and calls get through beside them', async (count) => {
    let watches = 0;
    let allOpen = (): void => {};
    const opened = new Promise<void>((resolve) => (allOpen = resolve));
    const server = await serve((request, response) => {
      usual(request, response);
      if (isWatch(request) && ++watches === 2 * count) allOpen();
    });
    const client = connect(server);
    const stop = new AbortController();
    const reflectors = [things, others].flatMap((resource) =>
      Array.from({ length: count }, (_, index) => {
        const common = { client, clock: systemClock, random: Math.random, log: silentLogger };
        return new Reflector({ ...common, resource, store: new Store(), namespace: `team-${index}` });
      }),
    );
    const running = Promise.all(reflectors.map((reflector) => reflector.run(stop.signal)));
    await Promise.all(reflectors.map((reflector) => reflector.synced(stop.signal)));
    await opened;
    expect(watches).toBe(2 * count);
    expect(await client.get(things, key)).toMatchObject({ metadata: key });
    const lease = { metadata: { ...key, resourceVersion: '1' } };
    expect(await client.replace(leases, lease)).toMatchObject({ metadata: key });
    stop.abort();
    await running;
  });
});

describe('a client whose calls get no answer', () => {
  /** Answers nothing but what is asked of leases. */
  const silent: Answer = (request, response) => {
    if (request.url.includes('/leases/')) json(response, { metadata: key });
  };

  it('leaves the client of the lease its own connections, however many calls hang', async () => {
    const server = await serve(silent);
    const [client, leaseClient] = [connect(server), connect(server)];
    const stop = new AbortController();
    const hanging = Array.from({ length: 200 }, () =>
      client.get(things, key, { signal: stop.signal }).catch((error: unknown) => error),
    );
    await leaseClient.get(leases, key);
    expect(await leaseClient.replace(leases, { metadata: key })).toMatchObject({ metadata: key });
    const reason = new Error('over');
    stop.abort(reason);
    expect(new Set(await Promise.all(hanging))).toEqual(new Set([reason]));
  });

  it('ends each of them after thirty seconds, those that wait for a free connection too', async () => {
    let arrived = (): void => {};
    const all = new Promise<void>((resolve) => (arrived = resolve));
    const server = await serve(() => server.requests.length === 32 && arrived());
    const clock = new VirtualClock();
    const client = connect(server, clock);
    const ends: unknown[] = [];
    const calls = Array.from({ length: 40 }, () =>
      client.get(things, key).catch((error: unknown) => ends.push(error)),
    );
    await all;
    await clock.advance(29_000);
    expect(ends).toEqual([]);
    await clock.advance(1_000);
    await Promise.all(calls);
    expect(ends).toHaveLength(40);
    expect(ends[39]).toMatchObject({
      reason: 'KubernetesUnavailable',
      message: 'the Kubernetes API did not answer: no answer within 30 s',
    });
  });

  it('ends at once when the signal of a call aborts, and closes its connection', async () => {
    let arrived: (request: IncomingMessage) => void = () => {};
    const request = new Promise<IncomingMessage>((resolve) => (arrived = resolve));
    const client = connect(await serve((one) => arrived(one)));
    const stop = new AbortController();
    const call = client.get(things, key, { signal: stop.signal });
    const closed = once((await request).socket, 'close');
    const reason = new Error('asked to stop');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    await closed;
  });

  it('is not even asked when the signal has aborted before', async () => {
    const server = await serve(usual);
    const client = connect(server);
    const reason = new Error('asked to stop');
    const options = { signal: AbortSignal.abort(reason) };
    await expect(client.get(things, key, options)).rejects.toBe(reason);
    await expect(client.list(things, options)).rejects.toBe(reason);
    await expect(client.create(things, { metadata: key }, options)).rejects.toBe(reason);
    await expect(client.replace(things, { metadata: key }, options)).rejects.toBe(reason);
    await expect(client.patch(things, key, {}, options)).rejects.toBe(reason);
    await expect(client.delete(things, key, options)).rejects.toBe(reason);
    await expect(client.createSubresource(things, key, 'token', { metadata: key }, options)).rejects.toBe(
      reason,
    );
    expect(server.requests).toEqual([]);
  });

  it('ends a watch that is not even open yet without an error when its signal aborts', async () => {
    let arrived = (): void => {};
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const client = connect(await serve(() => arrived()));
    const stop = new AbortController();
    const options = { resourceVersion: '1', signal: stop.signal };
    const watching = client.watch(things, options)[Symbol.asyncIterator]().next();
    await asked;
    stop.abort();
    expect((await watching).done).toBe(true);
  });
});

describe('a refusal of the API server', () => {
  const thrown = async (headers: Record<string, string>): Promise<KubernetesError> => {
    const server = await serve((_, response) => refuse(response, 429, 'TooManyRequests', headers));
    const error: unknown = await connect(server)
      .get(things, key)
      .catch((reason: unknown) => reason);
    if (error instanceof KubernetesError) return error;
    throw new Error('it was not refused', { cause: error });
  };

  it.each([
    ['seconds', { 'retry-after': '303' }, 303_000],
    [
      'a date, by the clock of the server',
      { 'retry-after': 'Thu, 01 Jan 2026 00:02:30 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      150_000,
    ],
    [
      'a date that has passed',
      { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT', date: 'Thu, 01 Jan 2026 00:00:30 GMT' },
      0,
    ],
    ['nothing', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('says how long it wants to be left alone in %s', async (_, headers, expected) => {
    const error = await thrown(headers);
    expect(error.retryAfterMs).toBe(expected);
    expect(error).toMatchObject({ status: 429, reason: 'TooManyRequests' });
  });
});

describe("a kubeconfig's proxy-url", () => {
  it('is the way that every call and watch takes', async () => {
    const proxy = await serve((request, response) => {
      if (isWatch(request)) response.writeHead(200).end();
      else json(response, { metadata: key });
    });
    const cluster = {
      name: 'far',
      server: 'http://kubernetes.example.invalid',
      skipTLSVerify: true,
      proxyUrl: proxy.url,
    };
    proxy.config.loadFromClusterAndUser(cluster, { name: 'user' });
    const client = connect(proxy);
    expect(await client.get(things, key)).toMatchObject({ metadata: key });
    for await (const _ of client.watch(things, { resourceVersion: '1' }));
    expect(proxy.requests).toEqual([
      expect.stringMatching(/^GET http:\/\/kubernetes\.example\.invalid\/apis\/test/),
      expect.stringMatching(/^GET http:\/\/kubernetes\.example\.invalid\/apis\/.*watch=true/),
    ]);
  });
});

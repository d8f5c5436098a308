import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { json, refuse, startLoopback, type Loopback } from './loopback.ts';
import { behind, duplicates, expires, loses, nth, refused, swaps, type Change } from './proxy-faults.ts';
import { startProxy, type Proxy } from './proxy.ts';

/** The proxy in front of a server that takes down what reaches it: what a fault lets through, and what comes back. */

let server: Loopback;
let proxy: Proxy;
beforeEach(async () => {
  server = await startLoopback((request, response) => {
    if (request.url.includes('watch=true'))
      response.end(
        [1, 2, 3].map((number) => `${JSON.stringify({ type: 'ADDED', object: { number } })}\n`).join(''),
      );
    else if (request.url.endsWith('/refused')) refuse(response, 403, 'Forbidden');
    else json(response, { method: request.method, url: request.url });
  });
  const path = join(mkdtempSync(join(tmpdir(), 'proxy-')), 'kubeconfig');
  writeFileSync(path, server.kubeconfig);
  proxy = await startProxy(path);
});
afterEach(async () => {
  await proxy.close();
  await server.close();
});

const pods = '/api/v1/namespaces/lab/pods';
const ask = (path: string, method = 'GET'): Promise<Response> => fetch(proxy.url + path, { method });

async function watched(change?: Change): Promise<unknown[]> {
  if (change !== undefined) proxy.fault = () => ({ kind: 'told otherwise', change });
  const text = await (await ask(`${pods}?watch=true`)).text();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { object } = JSON.parse(line) as { object: { number?: number; code?: number } };
    return object.number ?? object.code;
  });
}

describe('a call', () => {
  it('is passed on as it is, and its answer as well', async () => {
    expect(await (await ask(`${pods}?limit=5`)).json()).toEqual({ method: 'GET', url: `${pods}?limit=5` });
    expect((await ask(`${pods}/refused`)).status).toBe(403);
    expect(proxy.calls.map(({ resource, name, method }) => `${method} ${resource} ${name}`)).toEqual([
      'GET pods ',
      'GET pods refused',
    ]);
  });

  it('has no effect when it is refused or its connection breaks before, and has it when that breaks after', async () => {
    proxy.fault = () => refused(429, 'TooManyRequests', { 'retry-after': '7' });
    const answer = await ask(pods, 'DELETE');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    proxy.fault = () => ({ kind: 'reset before' });
    await expect(ask(pods, 'DELETE')).rejects.toThrow('fetch failed');
    expect(server.requests).toEqual([]);
    proxy.fault = () => ({ kind: 'reset after' });
    await expect(ask(pods, 'DELETE')).rejects.toThrow('fetch failed');
    expect(server.requests).toEqual([`DELETE ${pods}`]);
  });

  it('comes to grief when its number says so, and no other', async () => {
    proxy.fault = nth(({ method }) => method === 'DELETE', refused(409, 'Conflict'), { from: 2 });
    const codes: number[] = [];
    for (const method of ['DELETE', 'GET', 'DELETE', 'DELETE']) codes.push((await ask(pods, method)).status);
    expect(codes).toEqual([200, 200, 409, 200]);
  });

  it('gets half an answer, or none, and the connection stays open', async () => {
    const whole = await (await ask(pods)).text();
    proxy.fault = ({ name }) => (name === 'half' || name === 'silent' ? { kind: name } : undefined);
    const reader = (await ask(`${pods}/half`)).body?.getReader();
    const half = Buffer.from((await reader?.read())?.value ?? '').toString();
    expect(whole.startsWith(half.slice(0, 20)) && half.length < whole.length).toBe(true);
    const ended: string[] = [];
    reader?.read().then(
      () => ended.push('half'),
      () => {},
    );
    ask(`${pods}/silent`).then(
      () => ended.push('silent'),
      () => {},
    );
    await ask(`${pods}/other`);
    await ask(`${pods}/another`);
    expect(ended).toEqual([]);
  });

  it('is refused while the API server is gone, and answered when it is back', async () => {
    await proxy.vanish();
    await expect(ask(pods)).rejects.toThrow('fetch failed');
    await proxy.comeBack();
    expect((await ask(pods)).status).toBe(200);
  });

  it('to an API server that is behind gets an old list and a watch that tells nothing, until that has caught up', async () => {
    const { fault, catchUp } = behind(['pods'], '41');
    proxy.fault = fault;
    expect(await (await ask(`${pods}?limit=5`)).json()).toEqual({
      method: 'GET',
      url: `${pods}?limit=5&resourceVersion=41&resourceVersionMatch=Exact`,
    });
    const blind = await ask(`${pods}?watch=true`);
    catchUp();
    expect(await blind.text()).toBe('');
    expect(await watched()).toEqual([1, 2, 3]);
  });
});

describe('a watch', () => {
  it.each([
    ['loses an event', loses(2), [1, 3]],
    ['tells an event twice', duplicates(2), [1, 2, 2, 3]],
    ['tells two events the wrong way round', swaps(1), [2, 1, 3]],
    ['is told in its middle that its version is forgotten', expires(2), [1, 410, 3]],
  ])('%s', async (_, change, told) => {
    expect(await watched()).toEqual([1, 2, 3]);
    expect(await watched(change)).toEqual(told);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Agent, request, type Dispatcher } from 'undici';
import { parse, stringify } from 'yaml';
import { jsonLines } from '../../../src/runtime/json-lines.ts';
import type { Call, Fault, WatchLine } from './proxy-faults.ts';
import { refuse } from './loopback.ts';

/** Stands between an operator and the real API server, and lets calls come to grief. */
export interface Proxy {
  readonly url: string;
  /** Every call that came, in the order of its coming. */
  readonly calls: readonly Call[];
  /** What is to become of a call; all is passed on where it says nothing. Asked once for each. */
  fault: (call: Call) => Fault | undefined;
  /** The kubeconfig's text with this as the API server: identity and rights stay as they are. */
  kubeconfig(path: string): string;
  /** The API server is gone: connections break and new ones are refused, until it is back. */
  vanish(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

interface Config {
  clusters: { name: string; cluster: Record<string, string> }[];
}

/** In front of the cluster that the kubeconfig names. Plain HTTP on loopback: only a test goes through it. */
export async function startProxy(kubeconfig: string): Promise<Proxy> {
  const cluster = (parse(readFileSync(kubeconfig, 'utf8')) as Config).clusters[0]?.cluster ?? {};
  const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  const upstream = new Upstream(cluster['server'] ?? '', ca);
  const calls: Call[] = [];
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const proxy: Proxy = {
    url,
    calls,
    fault: () => undefined,
    kubeconfig(path) {
      const config = parse(readFileSync(path, 'utf8')) as Config;
      const here = { server: url, 'insecure-skip-tls-verify': true };
      return stringify({ ...config, clusters: config.clusters.map(({ name }) => ({ name, cluster: here })) });
    },
    async vanish() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    async comeBack() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      if (server.listening) await proxy.vanish();
      await upstream.close();
    },
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // Read whole before anything is decided: a call takes effect although its caller is gone by then.
    const body = await buffer(incoming);
    const call = callOf(incoming, calls.length, body.toString('utf8'));
    calls.push(call);
    const fault = proxy.fault(call);
    if (fault === undefined) return await pass(await upstream.send(call, incoming, body), outgoing);
    await perform(fault, outgoing, (query = {}) => {
      for (const [name, value] of Object.entries(query)) call.url.searchParams.set(name, value);
      return upstream.send(call, incoming, body);
    });
  }
  return proxy;
}

function callOf(incoming: IncomingMessage, number: number, body: string): Call {
  const url = new URL(incoming.url ?? '/', 'http://api');
  const [, , resource = '', name = '', subresource = ''] =
    /^\/(?:api|apis\/[^/]+)\/[^/]+(\/namespaces\/[^/]+)?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      url.pathname,
    ) ?? [];
  const isWatch = url.searchParams.get('watch') === 'true';
  return { number, method: incoming.method ?? 'GET', url, resource, name, subresource, isWatch, body };
}

/** The real API server. */
class Upstream {
  readonly #origin: string;
  readonly #agent: Agent;

  constructor(origin: string, ca: string) {
    this.#origin = origin;
    this.#agent = new Agent({ connect: ca === '' ? {} : { ca }, connections: null, bodyTimeout: 0 });
  }

  async send(
    { method, url }: Call,
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<Dispatcher.ResponseData> {
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = incoming.headers;
    return await request(this.#origin + url.pathname + url.search, {
      method,
      headers,
      dispatcher: this.#agent,
      ...(body.length > 0 ? { body } : {}),
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

type Send = (query?: Record<string, string>) => Promise<Dispatcher.ResponseData>;

async function perform(fault: Fault, outgoing: ServerResponse, send: Send): Promise<void> {
  switch (fault.kind) {
    case 'refused':
      return refuse(outgoing, fault.status, fault.reason, fault.headers);
    case 'reset before':
      return void outgoing.destroy();
    case 'reset after':
      await (await send()).body.dump();
      return void outgoing.destroy();
    case 'silent':
      return; // accepted, and nothing ever comes
    case 'half': {
      const response = await send();
      const text = await response.body.text();
      outgoing.writeHead(response.statusCode, { 'content-type': 'application/json' });
      return void outgoing.write(text.slice(0, text.length / 2));
    }
    case 'ended':
      return void outgoing.writeHead(200, { 'content-type': 'application/json' }).end();
    case 'asked otherwise':
      return await pass(await send(fault.query), outgoing);
    case 'blind':
      outgoing.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      await Promise.race([fault.until, once(outgoing, 'close')]);
      return void outgoing.end();
    case 'told otherwise':
      return await tell(fault.change, await send(), outgoing);
  }
}

async function pass(response: Dispatcher.ResponseData, outgoing: ServerResponse): Promise<void> {
  const { connection: _connection, 'transfer-encoding': _encoding, ...headers } = response.headers;
  outgoing.writeHead(response.statusCode, headers).flushHeaders();
  outgoing.on('close', () => response.body.destroy());
  for await (const chunk of response.body) outgoing.write(chunk);
  outgoing.end();
}

async function tell(
  change: (lines: AsyncIterable<WatchLine>) => AsyncIterable<WatchLine>,
  response: Dispatcher.ResponseData,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.writeHead(response.statusCode, { 'content-type': 'application/json' }).flushHeaders();
  outgoing.on('close', () => response.body.destroy());
  for await (const line of change(jsonLines(response.body) as AsyncIterable<WatchLine>))
    outgoing.write(`${JSON.stringify(line)}\n`);
  outgoing.end();
}

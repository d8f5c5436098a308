import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** An HTTP server on the loopback address in the API server's place: what it answers is the test's to say. */
export interface Loopback {
  readonly url: string;
  /** `GET /path?query` of each request so far, in the order they came. */
  readonly requests: readonly string[];
  /** As a client of it is configured. */
  readonly config: KubeConfig;
  /** The same as a kubeconfig file's text. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage & { url: string }, response: ServerResponse) => void;

export async function startLoopback(answer: Answer): Promise<Loopback> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = '/' } = request;
    requests.push(`${method} ${url}`);
    answer(Object.assign(request, { url }), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = new KubeConfig();
  // The library takes plain HTTP only from those who have no use for TLS anyway.
  config.loadFromClusterAndUser({ name: 'loopback', server: url, skipTLSVerify: true }, { name: 'user' });
  return {
    url,
    requests,
    config,
    kubeconfig: config.exportConfig(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends JSON, with status 200 unless told otherwise. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A `metav1.Status`, as every refusal of the API server has one. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  headers: Record<string, string> = {},
): void {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `it is ${reason}`,
  };
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

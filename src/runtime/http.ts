import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What a path answers; `ok` false is 503 and the text says why. */
export interface Answer {
  ok: boolean;
  text: string;
  contentType?: string;
}

export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** A small HTTP server for metrics or probes: GET of a known path, nothing else. */
export async function serve(
  address: { host: string | undefined; port: number },
  paths: Readonly<Record<string, () => Answer | Promise<Answer>>>,
): Promise<Listening> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = Object.hasOwn(paths, path) ? paths[path] : undefined;
    if (answer === undefined || request.method !== 'GET') {
      response.writeHead(answer === undefined ? 404 : 405).end();
      return;
    }
    Promise.resolve()
      .then(answer)
      .catch((error: unknown): Answer => ({ ok: false, text: String(error) }))
      .then(({ ok, text, contentType = 'text/plain; charset=utf-8' }) => {
        response.writeHead(ok ? 200 : 503, { 'content-type': contentType }).end(text);
      })
      .catch(() => response.destroy());
  });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

import type { Cluster, User } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { Agent, ProxyAgent, type buildConnector, type Dispatcher } from 'undici';

/**
 * Connections to the API server, with the cluster's CA and proxy and the user's certificate. Each watch holds one for as
 * long as it lives, so watches have a pool of their own: in one with the calls, enough of them would leave none for those.
 */
export interface Pools {
  calls: Dispatcher;
  watches: Dispatcher;
  close(): Promise<void>;
}

/** So many calls are under way at once; further ones wait, within their own time limit. */
const mostCalls = 32;

export function createPools(cluster: Cluster | undefined, user: User | undefined): Pools {
  const calls = createPool(cluster, user, mostCalls);
  // As many as there are watches: each is opened by the operator itself, a fixed number of times.
  const watches = createPool(cluster, user, null);
  return {
    calls,
    watches,
    async close() {
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

function createPool(
  cluster: Cluster | undefined,
  user: User | undefined,
  connections: number | null,
): Dispatcher {
  const tls = { ...trust(cluster), ...certificate(user) };
  // HTTP/2 is off: one stalled connection would hold up every watch, and pepr's ADR-15 saw it leak.
  const common = { connections, allowH2: false };
  const proxy = cluster?.proxyUrl;
  return proxy
    ? new ProxyAgent({ ...common, uri: proxy, requestTls: tls })
    : new Agent({ ...common, connect: tls });
}

function trust(cluster: Cluster | undefined): buildConnector.BuildOptions {
  const ca = pem(cluster?.caData, cluster?.caFile);
  return {
    ...(ca ? { ca } : {}),
    ...(cluster?.skipTLSVerify ? { rejectUnauthorized: false } : {}),
    ...(cluster?.tlsServerName ? { servername: cluster.tlsServerName } : {}),
  };
}

function certificate(user: User | undefined): buildConnector.BuildOptions {
  const cert = pem(user?.certData, user?.certFile);
  const key = pem(user?.keyData, user?.keyFile);
  return cert && key ? { cert, key } : {};
}

function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFileSync(file, 'utf8') : undefined;
}

import type { Cluster, User } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { Agent, type buildConnector, type Dispatcher } from 'undici';

/** The one connection pool to the API server, with the cluster's CA and the user's certificate. */
export function createPool(cluster: Cluster | undefined, user: User | undefined): Dispatcher {
  return new Agent({
    connections: 32,
    // HTTP/2 is off: one stalled connection would hold up every watch, and pepr's ADR-15 saw it leak.
    allowH2: false,
    connect: { ...trust(cluster), ...certificate(user) },
  });
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

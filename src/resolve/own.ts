import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { Server } from './ask.ts';

/** The first of this process's own resolvers (`/etc/resolv.conf`), as `getServers` writes it: `10.0.0.10` or `[::1]:5353`. */
export function ownResolver(servers: readonly string[] = getServers()): Server | undefined {
  const [first] = servers;
  if (first === undefined) return undefined;
  if (isIP(first) !== 0) return { address: first, port: 53, protocol: 'UDP' };
  const [, address = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(first) ?? [];
  return { address, port: Number(port), protocol: 'UDP' };
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { PeerRow } from './row.ts';

/** bench/peers.json: a row for each tool. */
const file = 'bench/peers.json';

export function readPeers(): PeerRow[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PeerRow[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Puts the row in the place of that tool's last one. */
export function writePeer(row: PeerRow, order: readonly string[]): void {
  const byName = new Map([...readPeers(), row].map((one) => [one.peer, one]));
  const rows = order.flatMap((name) => byName.get(name) ?? []);
  mkdirSync('bench', { recursive: true });
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}

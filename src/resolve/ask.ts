import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { decode, encode, streamEncode, RECURSION_DESIRED, type DecodedPacket, type Packet } from 'dns-packet';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';

/** Questions to a DNS server by its address, as the agent's own resolver would ask them. */

export interface Server {
  address: string;
  port: number;
  protocol: 'UDP' | 'TCP';
}

export type Answer =
  /** IPv4 addresses that the name leads to, aliases followed; empty where it has none. */
  | { is: 'addresses'; addresses: readonly string[] }
  /** NXDOMAIN. */
  | { is: 'noName' }
  /** SERVFAIL, REFUSED and the like. */
  | { is: 'failure'; code: string }
  /** Nothing within the time, or nobody listens. */
  | { is: 'silent' };

/** Asks one question once; never throws. `timeoutMs` bounds it, also where the answer comes in pieces. */
export type Ask = (server: Server, name: string, timeoutMs: number, signal: AbortSignal) => Promise<Answer>;

export interface AskOptions {
  clock: Clock;
  random: Random;
}

/** What the exchange of one question needs; the first call of `done` counts. */
interface Exchange {
  server: Server;
  query: Buffer;
  id: number;
  name: string;
  done: (answer: Answer | 'truncated') => void;
}

const silent: Answer = { is: 'silent' };

export function createAsk({ clock, random }: AskOptions): Ask {
  const exchange = async (
    server: Server,
    name: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const id = Math.floor(random() * 65_536);
    const query: Packet = { type: 'query', id, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }] };
    const isTcp = server.protocol === 'TCP';
    const answer = await bounded(clock, timeoutMs, signal, (done) => {
      const bytes = isTcp ? streamEncode(query) : encode(query);
      return (isTcp ? overTcp : overUdp)({ server, query: bytes, id, name, done });
    });
    // What does not fit into a datagram is asked for again over TCP (RFC 7766).
    if (answer !== 'truncated') return answer;
    // A stream has room for every answer: whoever cuts it off there as well would be asked without an end.
    if (isTcp) return { is: 'failure', code: 'TRUNCATED' };
    return await exchange({ ...server, protocol: 'TCP' }, name, timeoutMs, signal);
  };
  return exchange;
}

/** Resolves with the first answer, or `silent` at the end of the time; the socket is closed in any case. */
function bounded(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  begin: (done: Exchange['done']) => () => void,
): Promise<Answer | 'truncated'> {
  return new Promise((resolve) => {
    let close = (): void => {};
    const done = (answer: Answer | 'truncated'): void => {
      timer.cancel();
      signal.removeEventListener('abort', abort);
      close();
      resolve(answer);
    };
    const abort = (): void => done(silent);
    const timer = clock.after(timeoutMs, abort);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) done(silent);
    else close = begin(done);
  });
}

function overUdp({ server, query, id, name, done }: Exchange): () => void {
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  socket.on('error', () => done(silent));
  socket.on('message', (message) => {
    const answer = read(message, id, name);
    // Anything else is not for us, or forged: the time goes on.
    if (answer !== undefined) done(answer);
  });
  // Connected, it takes datagrams of this one peer alone, and hears that nobody listens.
  socket.connect(server.port, server.address, () => socket.send(query));
  let closed = false;
  return () => {
    if (!closed) socket.close();
    closed = true;
  };
}

function overTcp({ server, query, id, name, done }: Exchange): () => void {
  const socket = connect(server.port, server.address, () => socket.write(query));
  let received = Buffer.alloc(0);
  socket.on('error', () => done(silent));
  socket.on('close', () => done(silent));
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
    done(read(received.subarray(2), id, name) ?? { is: 'failure', code: 'FORMERR' });
  });
  return () => socket.destroy();
}

/** What the message answers; undefined where it is no answer to this question. */
function read(message: Buffer, id: number, name: string): Answer | 'truncated' | undefined {
  const packet = decoded(message);
  const asked = packet?.questions?.[0]?.name.toLowerCase();
  if (packet === undefined || packet.type !== 'response' || packet.id !== id || asked !== name.toLowerCase())
    return undefined;
  if (packet.flag_tc) return 'truncated';
  const { rcode = 'NOERROR' } = packet as { rcode?: string };
  if (rcode === 'NXDOMAIN') return { is: 'noName' };
  if (rcode !== 'NOERROR') return { is: 'failure', code: rcode };
  return { is: 'addresses', addresses: addressesIn(packet, name) };
}

function decoded(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    // No DNS message at all.
    return undefined;
  }
}

/** Of the name itself, and of what it is an alias of; other names in the answer prove nothing. */
function addressesIn({ answers = [] }: DecodedPacket, name: string): string[] {
  const names = new Set([name.toLowerCase()]);
  for (let before = 0; before < names.size;) {
    before = names.size;
    for (const answer of answers)
      if (answer.type === 'CNAME' && names.has(answer.name.toLowerCase()))
        names.add(answer.data.toLowerCase());
  }
  return answers
    .flatMap((answer) => (answer.type === 'A' && names.has(answer.name.toLowerCase()) ? [answer.data] : []))
    .sort();
}

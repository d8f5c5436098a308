import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decode, encode, streamDecode, streamEncode, type Answer as Record, type Packet } from 'dns-packet';
import { systemClock } from '../base/clock.ts';
import { createAsk, type Answer, type Server } from './ask.ts';
import { freePort } from '../../test/world/free-port.ts';
import { ownResolver } from './own.ts';

const name = 'gbl.his.arc.azure.com';
const address = '127.0.0.1';
const ask = createAsk({ clock: systemClock, random: () => 0.5 });
const never = new AbortController().signal;

type Reply = (query: Packet) => Packet | Buffer | undefined;

/** What listens ends with the test. */
const open: (Socket | TcpServer)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function overUdp(reply: Reply, port = 0): Promise<Server> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const answer = reply(decode(message));
    if (answer !== undefined)
      socket.send(Buffer.isBuffer(answer) ? answer : encode(answer), from.port, from.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  open.push(socket);
  return { address, port: socket.address().port, protocol: 'UDP' };
}

async function overTcp(reply: Reply, port = 0): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      const answer = reply(streamDecode(chunk));
      if (answer === undefined || Buffer.isBuffer(answer)) return;
      const bytes = streamEncode(answer);
      // In two pieces, as a network may.
      socket.write(bytes.subarray(0, 5));
      socket.write(bytes.subarray(5));
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  open.push(server);
  return { address, port: (server.address() as { port: number }).port, protocol: 'TCP' };
}

const a = (data: string, of = name): Record => ({ type: 'A', name: of, data, ttl: 10 });
const answers = (...records: Record[]): Reply => {
  return ({ id, questions }) => ({ type: 'response', id, questions, answers: records });
};
const code = (rcode: number): Reply => {
  return ({ id, questions }) => ({ type: 'response', id, flags: rcode, questions });
};
const asked = async (server: Server, timeoutMs = 2_000): Promise<Answer> =>
  await ask(server, name, timeoutMs, never);

describe('a question to a name server', () => {
  it('gives the addresses of the name, and of what it is an alias of, and no others', async () => {
    const alias = 'gbl.privatelink.his.arc.azure.com';
    const server = await overUdp(
      answers(
        { type: 'CNAME', name, data: alias, ttl: 10 },
        a('10.0.1.4', alias.toUpperCase()),
        a('6.6.6.6', 'elsewhere.example'),
      ),
    );
    expect(await asked(server)).toEqual({ is: 'addresses', addresses: ['10.0.1.4'] });
  });

  it.each<[string, Reply, Answer]>([
    ['a name that does not exist', code(3), { is: 'noName' }],
    ['a name without addresses', answers(), { is: 'addresses', addresses: [] }],
    ['a server that fails', code(2), { is: 'failure', code: 'SERVFAIL' }],
    ['a server that refuses', code(5), { is: 'failure', code: 'REFUSED' }],
  ])('tells %s', async (_, reply, expected) => {
    expect(await asked(await overUdp(reply))).toEqual(expected);
    expect(await asked(await overTcp(reply))).toEqual(expected);
  });

  it.each<[string, Reply]>([
    ['says nothing', () => undefined],
    ['answers with no DNS message', () => Buffer.from('HTTP/1.1 200 OK')],
    [
      'answers another question',
      ({ id }) => ({
        type: 'response',
        id,
        questions: [{ type: 'A', name: 'other' }],
        answers: [a('6.6.6.6')],
      }),
    ],
    [
      'answers with another id',
      ({ id = 0, questions }) => ({ type: 'response', id: id + 1, questions, answers: [a('6.6.6.6')] }),
    ],
  ])('takes nothing from a server that %s', async (_, reply) => {
    expect(await asked(await overUdp(reply), 200)).toEqual({ is: 'silent' });
  });

  it('hears at once that nobody listens', async () => {
    const server = await overTcp(answers());
    for (const one of open.splice(0)) one.close();
    expect(await asked(server, 30_000)).toEqual({ is: 'silent' });
    expect(await asked({ ...server, protocol: 'UDP' }, 30_000)).toEqual({ is: 'silent' });
  });

  it('is asked again over TCP where the answer does not fit into a datagram', async () => {
    const port = await freePort();
    const server = await overUdp(code(512), port);
    await overTcp(answers(a('10.0.1.4')), port);
    expect(await asked(server)).toEqual({ is: 'addresses', addresses: ['10.0.1.4'] });
  });

  it('is a failure where the answer is cut off over TCP as well, and is asked once there', async () => {
    let asks = 0;
    const server = await overTcp((query) => {
      asks += 1;
      // Should it be asked without an end, the test ends all the same.
      return asks > 20 ? answers(a('10.0.1.4'))(query) : code(512)(query);
    });
    expect(await asked(server)).toEqual({ is: 'failure', code: 'TRUNCATED' });
    expect(asks).toBe(1);
  });

  it('ends when the operator does', async () => {
    const server = await overUdp(() => undefined);
    const stop = new AbortController();
    const answer = ask(server, name, 30_000, stop.signal);
    stop.abort();
    expect(await answer).toEqual({ is: 'silent' });
  });
});

describe('the own resolver', () => {
  it.each([
    [['10.96.0.10', '10.96.0.11'], { address: '10.96.0.10', port: 53, protocol: 'UDP' }],
    [['[::1]:5353'], { address: '::1', port: 5353, protocol: 'UDP' }],
    [['127.0.0.1:5300'], { address: '127.0.0.1', port: 5300, protocol: 'UDP' }],
    [[], undefined],
  ])('of %j is the first', (servers, expected) => {
    expect(ownResolver(servers)).toEqual(expected);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endpoint, hostile, written } from './files.ts';
import { kinds, startPublicDns, startServer, type Kind, type NameServer } from './servers.ts';

/** Real name servers load what is exported: every name of the endpoint is private, and nothing else changes. */

const names = endpoint.records.map(({ fqdn }) => fqdn);
const [first = ''] = names;

/** Public DNS has an answer of every type for everything, so that nothing can change unseen. */
const within = ['', 'his.arc', 'guestconfiguration', 'dp.kubernetesconfiguration'];
const short = names.map((name) => name.replace(/\.azure\.com$/, ''));
const everything = (owners: readonly string[]): string =>
  owners
    .map((name) => `${name} IN A 203.0.113.9\n${name} IN AAAA 2001:db8::9\n${name} IN TXT "public"`)
    .join('\n');
const zones = {
  'azure.com': everything([
    ...within.flatMap((name) => (name === '' ? ['@', '*'] : [name, `*.${name}`])),
    ...short.flatMap((name) => [name, `below.${name}`]),
  ]),
  'microsoftonline.com': everything(['@', '*']),
  '10.in-addr.arpa': '4.0.0 IN PTR theirs.example.\n5.0.0 IN PTR theirs.example.',
};

/** Names that an export has nothing to do with: beside, above, and the way round. */
const others: [string, 'A' | 'AAAA' | 'TXT' | 'PTR'][] = [
  ['other.his.arc.azure.com', 'A'],
  ['other.guestconfiguration.azure.com', 'AAAA'],
  ['his.arc.azure.com', 'A'],
  ['his.arc.azure.com', 'TXT'],
  ['gbl.privatelink.his.arc.azure.com', 'A'],
  ['guestconfiguration.azure.com', 'A'],
  ['azure.com', 'A'],
  ['management.azure.com', 'A'],
  ['login.microsoftonline.com', 'A'],
  ['4.0.0.10.in-addr.arpa', 'PTR'],
  ['5.0.0.10.in-addr.arpa', 'PTR'],
];

let upstream: NameServer;
beforeAll(async () => {
  upstream = await startPublicDns(zones);
});
afterAll(() => upstream.stop());

describe.each(kinds)('a real %s', (kind: Kind) => {
  let before: NameServer;
  let after: NameServer;
  beforeAll(async () => {
    before = await startServer(kind, upstream.port);
    after = await startServer(kind, upstream.port, written());
  }, 600_000);
  afterAll(async () => {
    await before.stop();
    await after.stop();
  });

  it.each(endpoint.records)('resolves $fqdn to its addresses', async ({ fqdn, addresses }) => {
    expect(await before.ask(fqdn, 'A')).toBe('203.0.113.9');
    expect(await after.ask(fqdn, 'A')).toBe([...addresses].sort().join(' '));
  });

  it('has no public address of another family for them', async () => {
    expect(await before.ask(first, 'AAAA')).toBe('2001:db8::9');
    for (const name of names) expect(await after.ask(name, 'AAAA')).toBe('ENODATA');
  });

  it.each(others)('answers %s %s as before', async (name, type) => {
    const answer = await before.ask(name, type);
    expect(answer).toMatch(/203\.0\.113\.9|2001:db8::9|public|theirs\.example/);
    expect(await after.ask(name, type)).toBe(answer);
  });

  // A zone, or a block, is all there is below its name; Azure has nothing there.
  const belowThem = {
    BIND: 'ENOTFOUND',
    CoreDNS: 'ESERVFAIL',
    dnsmasq: '203.0.113.9',
    unbound: '203.0.113.9',
  }[kind];
  it.each(names)(`answers a name below %s with ${belowThem}`, async (name) => {
    expect(await after.ask(`below.${name}`, 'A')).toBe(belowThem);
  });

  it('takes conditional forwarders, which change nothing outside of their suffixes', async () => {
    const server = await startServer(kind, upstream.port, written(), 'forwarders');
    expect(await server.ask('management.azure.com', 'A')).toBe('203.0.113.9');
    await server.stop();
  });

  it('loads nothing of hostile values but the one name that is a name', async () => {
    const server = await startServer(kind, upstream.port, written(hostile));
    expect(await server.ask('good.his.arc.azure.com', 'A')).toBe('10.0.0.4');
    expect(await server.ask('empty.his.arc.azure.com', 'A')).toBe('203.0.113.9');
    expect(await server.ask('any.azure.com', 'A')).toBe('203.0.113.9');
    expect(await server.ask('login.microsoftonline.com', 'A')).toBe('203.0.113.9');
    await server.stop();
  });
});

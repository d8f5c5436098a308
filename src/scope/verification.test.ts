import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scopeObject } from '../../test/world/objects.ts';
import { endpointElsewhere, ScopeLab } from '../../test/world/scope-lab.ts';
import type { Answer, Server } from '../resolve/ask.ts';
import type { DnsVerification } from '../api/types.ts';

const minute = 60_000;
const plant = { name: 'plant-dc1', address: '10.20.0.53' };
const global = 'gbl.his.arc.azure.com';

describe('resolvers that are verified', () => {
  let lab: ScopeLab;
  let asked: string[];
  /** By the resolver's address; undefined is an answer as it shall be. */
  let answers: Map<string, (name: string) => Answer | undefined>;

  const records = async (endpoint = 0) => (await lab.status()).endpoints?.[endpoint]?.records ?? [];
  beforeEach(async () => {
    lab = await ScopeLab.open();
    asked = [];
    answers = new Map();
    lab.nameServers = async ({ address, port, protocol }: Server, name: string): Promise<Answer> => {
      asked.push(`${protocol} ${address}:${port} ${name}`);
      const told = answers.get(address)?.(name);
      if (told !== undefined) return told;
      const found = (await records()).find(({ fqdn }) => fqdn === name);
      return found === undefined ? { is: 'noName' } : { is: 'addresses', addresses: found.addresses };
    };
  });
  afterEach(() => lab.stop());

  const make = async (dnsVerification: object = { resolvers: [plant] }, more: object = {}): Promise<void> =>
    await lab.make({ dnsVerification, ...more });
  const results = async (): Promise<DnsVerification[]> => (await lab.status()).dnsVerification ?? [];

  it('are asked for every name of the endpoint, the two of the article first', async () => {
    await make();
    await lab.becomes('True Ready');
    await lab.becomes('True Ready', 'DNSVerified');
    expect(await lab.message('DNSVerified')).toBe(
      'Resolver plant-dc1 gives the addresses of private endpoint hub.',
    );
    expect(asked.slice(0, 2)).toEqual([
      `UDP 10.20.0.53:53 ${global}`,
      'UDP 10.20.0.53:53 agentserviceapi.guestconfiguration.azure.com',
    ]);
    expect(new Set(asked).size).toBe((await records()).length);
    expect(await results()).toMatchObject([
      { resolver: 'plant-dc1', privateEndpoint: 'hub', result: 'Verified' },
    ]);
  });

  it.each<[string, Answer, string]>([
    ['PublicAddress', { is: 'addresses', addresses: ['20.42.5.1'] }, 'public address 20.42.5.1'],
    ['UnknownAddress', { is: 'addresses', addresses: ['10.99.0.4'] }, 'which is no address of endpoint hub'],
    ['NameNotFound', { is: 'noName' }, 'knows no address of gbl.his.arc.azure.com'],
    ['NameNotFound', { is: 'addresses', addresses: [] }, 'knows no address of gbl.his.arc.azure.com'],
    ['ServerFailure', { is: 'failure', code: 'SERVFAIL' }, 'with SERVFAIL'],
    ['TimedOut', { is: 'silent' }, 'does not answer for gbl.his.arc.azure.com'],
  ])('are told by what they answer, %s, and the object stays Ready', async (reason, answer, words) => {
    answers.set(plant.address, () => answer);
    await make({ resolvers: [plant, { name: 'good', address: '10.20.0.54' }] });
    await lab.becomes(`False ${reason}`, 'DNSVerified');
    expect(await lab.message('DNSVerified')).toContain(`Resolver plant-dc1`);
    expect(await lab.message('DNSVerified')).toContain(words);
    expect(await results()).toMatchObject([{ result: reason, fqdn: global }, { result: 'Verified' }]);
    await lab.becomes('True Ready');
  });

  it('are wrong where one of several addresses is not the endpoint’s', async () => {
    answers.set(plant.address, (name) =>
      name === global ? { is: 'addresses', addresses: ['10.0.1.4', '20.1.1.1'] } : undefined,
    );
    await make();
    await lab.becomes('False PublicAddress', 'DNSVerified');
    expect(await results()).toMatchObject([{ answers: ['10.0.1.4', '20.1.1.1'] }]);
  });

  it('are told when they lead to another endpoint of the object', async () => {
    const other = endpointElsewhere(lab, 'v0');
    const spec = scopeObject().spec.privateEndpoints;
    await make({ resolvers: [{ ...plant, privateEndpoint: 'v0' }] }, { privateEndpoints: [...spec, other] });
    await lab.becomes('False OtherEndpoint', 'DNSVerified');
    expect(await lab.message('DNSVerified')).toContain('an address of another endpoint than v0');
  });

  it('are asked again at each interval, and the status is written only when an answer changes', async () => {
    await make({ resolvers: [plant], intervalSeconds: 60 });
    await lab.becomes('True Ready', 'DNSVerified');
    await lab.clock.advance(2 * minute);
    const [writes, before, since] = [
      lab.kubernetes.writes().length,
      asked.length,
      (await results())[0]?.since,
    ];
    await lab.clock.advance(10 * minute);
    expect(asked.length).toBeGreaterThan(before + 60);
    expect(lab.kubernetes.writes()).toHaveLength(writes);
    answers.set(plant.address, () => ({ is: 'silent' }));
    await lab.becomes('False TimedOut', 'DNSVerified', 2 * minute);
    expect((await results())[0]?.since).not.toBe(since);
    answers.clear();
    await lab.becomes('True Ready', 'DNSVerified', 2 * minute);
  });

  it('are asked a second time before silence is believed', async () => {
    let lost = 0;
    answers.set(plant.address, () => (lost++ % 2 === 0 ? { is: 'silent' } : undefined));
    await make();
    await lab.becomes('True Ready', 'DNSVerified');
    expect(lost).toBeGreaterThan(7);
  });

  it('go on where they were after a restart, without a word about it', async () => {
    await make();
    await lab.becomes('True Ready', 'DNSVerified');
    await lab.clock.advance(minute);
    const since = (await results())[0]?.since;
    await lab.stop();
    const writes = lab.kubernetes.writes().length;
    lab.start();
    await lab.clock.advance(10 * minute);
    expect((await results())[0]?.since).toBe(since);
    expect(lab.kubernetes.writes().slice(writes)).toEqual([]);
  });

  it('are asked no more when nothing of it is asked for, or the object is suspended', async () => {
    await make({ resolvers: [plant], intervalSeconds: 60 });
    await lab.becomes('True Ready', 'DNSVerified');
    await lab.spec({ suspend: true });
    await lab.clock.advance(minute);
    const before = asked.length;
    await lab.clock.advance(10 * minute);
    expect(asked).toHaveLength(before);
    await lab.spec({ suspend: false, dnsVerification: null });
    await lab.until(async () => (await lab.state('DNSVerified')) === '');
    expect((await lab.status()).dnsVerification).toBeUndefined();
    expect(asked).toHaveLength(before);
  });

  it('are not asked where the operator may not, and the flag is named', async () => {
    await make({ resolvers: [{ name: 'everybody', address: '8.8.8.8' }] });
    await lab.becomes('False ResolverNotAllowed', 'DNSVerified');
    expect(await lab.message('DNSVerified')).toContain('--allowed-resolver-cidrs');
    await lab.clock.advance(10 * minute);
    expect(asked).toEqual([]);
  });

  it("are the Pod's own where none is named", async () => {
    await make({});
    await lab.becomes('True Ready', 'DNSVerified');
    expect(asked[0]).toBe(`UDP 10.96.0.10:53 ${global}`);
    expect(await results()).toMatchObject([{ resolver: 'pod', result: 'Verified' }]);
  });
});

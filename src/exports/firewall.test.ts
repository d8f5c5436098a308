import { describe, expect, it } from '@jest/globals';
import { firewallFiles, type ExportedTags, type FirewallWishes } from './firewall.ts';
import { mostBytes, mostParts, partName, partsOf } from './parts.ts';

const tags: ExportedTags = {
  cloud: 'AzurePublic',
  changeNumber: '63',
  tags: [
    {
      name: 'Storage',
      changeNumber: '7',
      addressPrefixes: ['20.9.0.0/24', '20.10.0.0/16', '2603:1000::/48'],
    },
    {
      name: 'AzureActiveDirectory',
      changeNumber: '5',
      addressPrefixes: ['20.9.0.0/24', '4.0.0.0/8; reboot', 'x'],
    },
  ],
};
const wishes: FirewallWishes = {
  serviceTags: ['Storage', 'azureactivedirectory', 'NotThere'],
  ipFamilies: ['IPv4', 'IPv6'],
  fqdns: 'Include',
};
const files = (of = tags, more: Partial<FirewallWishes> = {}): Record<string, string> =>
  Object.fromEntries(firewallFiles(of, { ...wishes, ...more }).map(({ name, text }) => [name, text]));
const rotated = <T>(all: readonly T[]): T[] => [...all.slice(1), ...all.slice(0, 1)];

describe('the files of a firewall', () => {
  it('have every range once, by number, one a line and nothing else', () => {
    expect(files()['ipv4.txt']).toBe('20.9.0.0/24\n20.10.0.0/16\n');
    expect(files()['ipv6.txt']).toBe('2603:1000::/48\n');
    expect(files()['Storage.txt']).toBe('20.9.0.0/24\n20.10.0.0/16\n2603:1000::/48\n');
  });

  it('have what is no range nowhere', () => {
    expect(files()['AzureActiveDirectory.txt']).toBe('20.9.0.0/24\n');
    expect(JSON.stringify(files())).not.toContain('reboot');
  });

  it('have change numbers and what is missing in the JSON', () => {
    expect(JSON.parse(files()['service-tags.json'] ?? '')).toMatchObject({
      cloud: 'AzurePublic',
      changeNumber: '63',
      missing: ['NotThere'],
      serviceTags: [
        { name: 'AzureActiveDirectory', changeNumber: '5' },
        { name: 'Storage', changeNumber: '7' },
      ],
      notes: [],
    });
  });

  it('have the families that are asked for alone', () => {
    const four = files(tags, { ipFamilies: ['IPv4'] });
    expect(four['ipv6.txt']).toBeUndefined();
    expect(four['Storage.txt']).not.toContain(':');
  });

  it('are the same in whatever order Azure answers', () => {
    const turned = rotated(tags.tags).map((tag) => ({
      ...tag,
      addressPrefixes: rotated(tag.addressPrefixes),
    }));
    expect(files({ ...tags, tags: turned })).toEqual(files());
  });

  it('have the host names of the cloud, or none where that is asked for', () => {
    expect(files()['fqdns.txt']?.split('\n')).toContain('login.microsoftonline.com');
    expect(files({ ...tags, cloud: 'AzureUSGovernment' })['fqdns.txt']?.split('\n')).toContain(
      'login.microsoftonline.us',
    );
    expect(files({ ...tags, cloud: 'AzureChina' })['fqdns.txt']?.split('\n')).toContain(
      'login.chinacloudapi.cn',
    );
    expect(files(tags, { fqdns: 'Omit' })['fqdns.txt']).toBeUndefined();
  });

  it.each(['AzureUSGovernment', 'AzureChina'] as const)('say in %s what cannot be had there', (cloud) => {
    expect(files({ ...tags, cloud })['service-tags.json']).toContain(
      'AzureArcInfrastructure ranges of the public cloud',
    );
  });
});

describe('files in parts', () => {
  const file = (name: string, bytes: number): { name: string; text: string } => ({
    name,
    text: 'x'.repeat(bytes),
  });

  it('fill one ConfigMap before the next, in their order', () => {
    const parts = partsOf([file('a', mostBytes / 2), file('b', mostBytes / 2 - 2), file('c', 10)]);
    expect(parts?.map((part) => Object.keys(part))).toEqual([['a', 'b'], ['c']]);
  });

  it('count what letters of more than one byte take', () => {
    expect(partsOf([{ name: 'a', text: 'é'.repeat(mostBytes / 2) }])).toBeUndefined();
  });

  it('do not fit where one is too large, or all together are', () => {
    expect(partsOf([file('a', mostBytes)])).toBeUndefined();
    const many = Array.from({ length: mostParts + 1 }, (_, index) => file(`f${index}`, mostBytes - 10));
    expect(partsOf(many)).toBeUndefined();
    expect(partsOf(many.slice(1))).toHaveLength(mostParts);
  });

  it('are named in their order', () => {
    expect([0, 1, 2].map((index) => partName('net-dns', index))).toEqual([
      'net-dns',
      'net-dns-2',
      'net-dns-3',
    ]);
  });
});

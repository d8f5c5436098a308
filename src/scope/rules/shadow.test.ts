import { describe, expect, it } from '@jest/globals';
import type { SecurityRule } from '../../azure/types.ts';
import { coverAll, notPublic } from './addresses.ts';
import { shadowOver } from './shadow.ts';
import { allowsTheSame, shareOf } from './traffic.ts';

const tag = 'AzureActiveDirectory';

function rule(more: Partial<SecurityRule> = {}): SecurityRule {
  return {
    id: `/${more.name ?? 'deny'}`,
    name: 'deny',
    provisioningState: 'Succeeded',
    description: '',
    priority: 120,
    direction: 'Outbound',
    access: 'Deny',
    protocol: '*',
    sources: ['*'],
    sourcePorts: ['*'],
    destinations: ['*'],
    destinationPorts: ['*'],
    ofGroups: { sources: false, destinations: false },
    ...more,
  };
}

describe('how much of the traffic a rule is about', () => {
  it.each<[string, Partial<SecurityRule>, string]>([
    ['everything', {}, 'whole'],
    ['VirtualNetwork, whatever its case', { sources: ['virtualnetwork'] }, 'whole'],
    ['TCP', { protocol: 'TCP' }, 'whole'],
    ['UDP', { protocol: 'Udp' }, 'none'],
    ['ICMP', { protocol: 'Icmp' }, 'none'],
    ['port 443', { destinationPorts: ['443'] }, 'whole'],
    ['a range around it', { destinationPorts: ['80', '400-500'] }, 'whole'],
    ['ports in one text', { destinationPorts: ['80,443'] }, 'whole'],
    ['a range beside it', { destinationPorts: ['444-500'] }, 'none'],
    ['some source ports', { sourcePorts: ['1000-2000'] }, 'part'],
    ['all free source ports', { sourcePorts: ['1024-65535'] }, 'whole'],
    ['the tag', { destinations: [tag.toUpperCase()] }, 'whole'],
    ['the Internet', { destinations: ['Internet'] }, 'whole'],
    ['all of Azure', { destinations: ['AzureCloud'] }, 'whole'],
    ['a region of Azure', { destinations: ['AzureCloud.westeurope'] }, 'part'],
    ['another tag', { destinations: ['Storage'] }, 'none'],
    ['VNets', { destinations: ['VirtualNetwork'] }, 'none'],
    ['every public address', { destinations: ['0.0.0.0/0'] }, 'whole'],
    ['some public addresses', { destinations: ['20.190.128.0/18'] }, 'part'],
    ['one public address', { destinations: ['20.190.128.1'] }, 'part'],
    ['private addresses', { destinations: ['10.0.0.0/8', '192.168.1.1'] }, 'none'],
    ['IPv6', { destinations: ['2000::/3'] }, 'part'],
    ['machines in groups', { destinations: [], ofGroups: { sources: false, destinations: true } }, 'none'],
    [
      'what machines in groups send',
      { sources: [], ofGroups: { sources: true, destinations: false } },
      'part',
    ],
    ['a single source', { sources: ['10.0.0.9'] }, 'part'],
    ['sources that are no VNet', { sources: ['Internet'] }, 'none'],
    ['what comes in', { direction: 'Inbound' }, 'none'],
  ])('%s: %#', (_, more, share) => {
    expect(shareOf(rule(more), tag)).toBe(share);
  });

  it('knows a tag below another', () => {
    expect(shareOf(rule({ destinations: ['Storage'] }), 'Storage.WestEurope')).toBe('whole');
    expect(shareOf(rule({ destinations: ['Storage.WestEurope'] }), 'Storage')).toBe('part');
  });
});

describe('what denies a rule', () => {
  const over = (rules: readonly SecurityRule[], priority = 150) => {
    const { by, partly } = shadowOver(rules, { serviceTag: tag, priority });
    return [by?.name, ...partly.map(({ name }) => name)];
  };

  it('has a lower number', () => {
    expect(over([rule()])).toEqual(['deny']);
    expect(over([rule({ priority: 151 })])).toEqual([undefined]);
  });

  it('is not let through before', () => {
    expect(over([rule(), rule({ name: 'allow', priority: 110, access: 'Allow' })])).toEqual([undefined]);
    expect(
      over([rule(), rule({ name: 'allow', priority: 110, access: 'Allow', sources: ['10.0.0.9'] })]),
    ).toEqual(['deny']);
  });

  it('may be several rules together', () => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((prefix, index) =>
      rule({ name: `half-${index}`, priority: 120 + index, destinations: [prefix] }),
    );
    expect(over(halves)).toEqual(['half-1']);
    expect(over(halves, 121)).toEqual([undefined, 'half-0']);
  });

  it('is never a default rule, whose numbers are above all others', () => {
    expect(over([rule({ name: 'DenyAllOutBound', priority: 65_500 })], 4096)).toEqual([undefined]);
  });
});

describe('prefixes', () => {
  // What firewalls that know no "Internet" list in its stead.
  const internet = [
    '1.0.0.0/8',
    '2.0.0.0/7',
    '4.0.0.0/6',
    '8.0.0.0/7',
    '11.0.0.0/8',
    '12.0.0.0/6',
    '16.0.0.0/4',
    '32.0.0.0/3',
    '64.0.0.0/2',
    '128.0.0.0/3',
    '160.0.0.0/5',
    '168.0.0.0/6',
    '172.0.0.0/12',
    '172.32.0.0/11',
    '172.64.0.0/10',
    '172.128.0.0/9',
    '173.0.0.0/8',
    '174.0.0.0/7',
    '176.0.0.0/4',
    '192.0.0.0/9',
    '192.128.0.0/11',
    '192.160.0.0/13',
    '192.169.0.0/16',
    '192.170.0.0/15',
    '192.172.0.0/14',
    '192.176.0.0/12',
    '192.192.0.0/10',
    '193.0.0.0/8',
    '194.0.0.0/7',
    '196.0.0.0/6',
    '200.0.0.0/5',
    '208.0.0.0/4',
  ];

  it('hold all public addresses when they and the private ones hold all', () => {
    expect(coverAll([...internet, ...notPublic])).toBe(true);
    expect(coverAll([...internet.slice(1), ...notPublic])).toBe(false);
    expect(shareOf(rule({ destinations: internet }), tag)).toBe('whole');
  });

  it('that are none hold nothing', () => {
    expect(coverAll(['10.0.0.0/33', '300.1.1.1', 'Internet', ''])).toBe(false);
  });
});

describe('an equal rule', () => {
  const ours = {
    access: 'Allow',
    protocol: 'Tcp',
    sources: ['VirtualNetwork'],
    destinations: [tag],
    destinationPorts: ['443'],
  };

  it.each<[string, Partial<SecurityRule>, boolean]>([
    ['allows exactly that', {}, true],
    ['in any case', { protocol: 'TCP', access: 'allow', destinations: ['azureactivedirectory'] }, true],
    ['at any priority', { priority: 4000 }, true],
    ['and nothing more', { destinationPorts: ['443', '80'] }, false],
    ['from nowhere else', { sources: ['*'] }, false],
    ['and does not deny it', { access: 'Deny' }, false],
    ['in this direction', { direction: 'Inbound' }, false],
    ['for all machines', { ofGroups: { sources: true, destinations: false } }, false],
  ])('%s', (_, more, equal) => {
    expect(allowsTheSame(rule({ ...ours, ...more }), tag)).toBe(equal);
  });
});

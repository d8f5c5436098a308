import { describe, expect, it } from '@jest/globals';
import { parseCidrs } from './cidrs.ts';

describe('ranges of addresses', () => {
  const ranges = parseCidrs('10.0.0.0/8, 192.168.7.9/24,fc00::/7');

  it.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['192.168.7.200', true],
    ['192.168.8.1', false],
    ['fd12::1', true],
    ['2001:db8::1', false],
    // An IPv4 address in IPv6's clothes is what it is.
    ['::ffff:10.1.2.3', true],
    ['::ffff:8.8.8.8', false],
    ['10.1', false],
    ['host.example', false],
    ['', false],
  ])('hold %s: %s', (address, held) => {
    expect(ranges?.has(address)).toBe(held);
  });

  it.each(['', '10.0.0.0', '10.0.0.0/33', '10.0/8', 'fc00::/129', '10.0.0.0/8,', 'all', '10.0.0.0/-1'])(
    'are not written "%s"',
    (text) => {
      expect(parseCidrs(text)).toBeUndefined();
    },
  );
});

import { privateNetworks, sharedNetwork } from '../../base/cidrs.ts';

/** Sets of IPv4 addresses as ranges of numbers. Pure. */

/** First and last address, both within. */
type Range = readonly [first: number, last: number];

const all: Range = [0, 2 ** 32 - 1];

/** What is no address of a service on the Internet (IANA, "IPv4 Special-Purpose Address Registry"). */
export const notPublic = [
  ...privateNetworks,
  '0.0.0.0/8',
  sharedNetwork,
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
];

/** `10.0.0.0/8` or a single address; undefined where it is neither, or of IPv6. */
function rangeOf(prefix: string): Range | undefined {
  const [address = '', length = '32'] = prefix.split('/');
  const bits = Number(length);
  if (!isIPv4(address) || !Number.isInteger(bits) || bits < 0 || bits > 32) return undefined;
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(value / size) * size;
  return [first, first + size - 1];
}

function isIPv4(text: string): boolean {
  const bytes = text.split('.');
  return bytes.length === 4 && bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256);
}

/** Whether it is written as an address or prefix, of either version, rather than as a service tag. */
export function isAddress(prefix: string): boolean {
  return prefix.includes(':') || isIPv4(prefix.split('/')[0] ?? '');
}

/** Whether the prefixes together hold every IPv4 address, or every one of `of`. */
export function coverAll(prefixes: readonly string[], of: readonly string[] = ['0.0.0.0/0']): boolean {
  const merged = union(prefixes);
  return of.every((prefix) => {
    const [first, last] = rangeOf(prefix) ?? all;
    return merged.some(([from, to]) => from <= first && last <= to);
  });
}

/** Whether any of them holds an address outside of `known`; an IPv6 one always may. */
export function reachBeyond(prefixes: readonly string[], known: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const range = rangeOf(prefix);
    if (range === undefined) return isAddress(prefix);
    return !coverAll(known, [prefix]);
  });
}

/** Ranges in order, those that touch joined. */
function union(prefixes: readonly string[]): Range[] {
  const ranges = prefixes.flatMap((prefix) => {
    const range = rangeOf(prefix);
    return range === undefined ? [] : [range];
  });
  const joined: Range[] = [];
  for (const range of [...ranges].sort(([one], [other]) => one - other)) {
    const last = joined.at(-1);
    if (last !== undefined && range[0] <= last[1] + 1)
      joined[joined.length - 1] = [last[0], Math.max(last[1], range[1])];
    else joined.push(range);
  }
  return joined;
}

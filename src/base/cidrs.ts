import ipaddr from 'ipaddr.js';

/** Ranges of IP addresses. Pure. */
export interface Cidrs {
  /** As they were written. */
  readonly text: string;
  /** Whether one of them holds the address; false for what is no address. */
  has(address: string): boolean;
}

/** Private networks (RFC 1918): what VNets are made of. */
export const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** Shared by carriers (RFC 6598), and taken for VNets as well. */
export const sharedNetwork = '100.64.0.0/10';

/** `10.0.0.0/8,fc00::/7` and the like; undefined where a part is no range. */
export function parseCidrs(text: string): Cidrs | undefined {
  const parts = text.split(',').map((one) => one.trim());
  if (!parts.every((part) => isV4Range(part) || ipaddr.IPv6.isValidCIDR(part))) return undefined;
  const ranges = parts.map((part) => ipaddr.parseCIDR(part));
  return {
    text,
    has(address) {
      if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
      // One of IPv4 that is written as IPv6 is what it is.
      const parsed = ipaddr.process(address);
      return ranges.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
    },
  };
}

function isV4Range(part: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(part);
}

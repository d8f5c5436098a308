import { BlockList, isIP } from 'node:net';

/** Ranges of IP addresses. */
export interface Cidrs {
  /** As they were written. */
  readonly text: string;
  has(address: string): boolean;
}

/** `10.0.0.0/8,fc00::/7` and the like; undefined where a part is no range. */
export function parseCidrs(text: string): Cidrs | undefined {
  const list = new BlockList();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(part) ?? [];
    const version = isIP(address);
    if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
    list.addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    text,
    has(address) {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

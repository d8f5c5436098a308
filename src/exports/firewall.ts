import ipaddr from 'ipaddr.js';
import type { CloudName } from '../base/cloud-name.ts';
import { publicArcNote, publicHostNames } from './fqdns.ts';
import { lines, type ExportedFile } from './names.ts';

/** Address ranges of service tags in the forms that firewalls take. */

export interface ExportedTag {
  name: string;
  changeNumber: string;
  addressPrefixes: readonly string[];
}

export interface ExportedTags {
  cloud: CloudName;
  changeNumber: string;
  /** Those that were asked for and that the cloud has. */
  tags: readonly ExportedTag[];
}

export interface FirewallWishes {
  serviceTags: readonly string[];
  ipFamilies: readonly ('IPv4' | 'IPv6')[];
  fqdns: 'Include' | 'Omit';
}

/**
 * `ipv4.txt`, `ipv6.txt`: every range once, one a line and nothing else. `<tag>.txt`: those of one tag. `service-tags.json`:
 * all of it with its change numbers. `fqdns.txt`: host names. The same answer of Azure's, in whatever order, makes the
 * same files.
 */
export function firewallFiles(
  { cloud, changeNumber, tags }: ExportedTags,
  wishes: FirewallWishes,
): ExportedFile[] {
  const { ipFamilies, fqdns } = wishes;
  const wanted = tags
    .map((tag) => ({ ...tag, addressPrefixes: ranges(tag.addressPrefixes, ipFamilies) }))
    .filter(({ addressPrefixes }) => addressPrefixes.length > 0)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const all = ranges(
    wanted.flatMap(({ addressPrefixes }) => addressPrefixes),
    ipFamilies,
  );
  const hosts = fqdns === 'Include' ? publicHostNames[cloud] : [];
  const missing = missingTags(wishes, wanted);
  const notes = cloud === 'AzurePublic' ? [] : [publicArcNote];
  const json = { cloud, changeNumber, serviceTags: wanted, missing, fqdns: hosts, notes };
  return [
    ...ipFamilies.flatMap((family) => {
      const own = all.filter((range) => isOf(family, range));
      return own.length === 0 ? [] : [{ name: `${family.toLowerCase()}.txt`, text: lines(...own) }];
    }),
    ...(hosts.length === 0 ? [] : [{ name: 'fqdns.txt', text: lines(...hosts) }]),
    { name: 'service-tags.json', text: `${JSON.stringify(json, undefined, 2)}\n` },
    ...wanted.map(({ name, addressPrefixes }) => ({ name: `${name}.txt`, text: lines(...addressPrefixes) })),
  ];
}

/** Tags that were asked for and that this cloud does not have, or has no range of the families asked for. */
export function missingTags({ serviceTags }: FirewallWishes, found: readonly { name: string }[]): string[] {
  const names = new Set(found.map(({ name }) => name.toLowerCase()));
  return serviceTags.filter((name) => !names.has(name.toLowerCase())).sort();
}

/** What is a range of these families, each once, IPv4 first and then by number. */
function ranges(prefixes: readonly string[], families: readonly ('IPv4' | 'IPv6')[]): string[] {
  const sorted = [...new Set(prefixes)]
    .filter((prefix) => ipaddr.isValidCIDR(prefix) && /^[\da-f:./]+$/i.test(prefix))
    .filter((prefix) => families.some((family) => isOf(family, prefix)))
    .map((prefix) => ({ prefix, key: sortKey(prefix) }));
  return sorted.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ prefix }) => prefix);
}

function isOf(family: 'IPv4' | 'IPv6', prefix: string): boolean {
  return (family === 'IPv6') === prefix.includes(':');
}

function sortKey(prefix: string): string {
  const [address, length] = ipaddr.parseCIDR(prefix);
  const bytes = address.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'));
  return `${bytes.length === 4 ? '4' : '6'} ${bytes.join('')} ${String(length).padStart(3, '0')}`;
}

import ipaddr from 'ipaddr.js';

/** What may stand in an exported file. Names come from Azure and from people: none may end a line or a string early. */

/** A name and the private addresses that it shall resolve to. */
export interface ExportedRecord {
  fqdn: string;
  addresses: readonly string[];
}

/** An endpoint as the renderers need it; its records have passed `usableRecords`. */
export interface ExportedEndpoint {
  /** `namespace/name` of the object, for people who meet the file elsewhere. */
  owner: string;
  /** Of the endpoint within the object. */
  name: string;
  records: readonly ExportedRecord[];
  forwarders?: { suffixes: readonly string[]; addresses: readonly string[] };
}

export interface ExportedFile {
  /** A key of a ConfigMap: letters, digits, `-`, `_` and `.`, at most 253 of them. */
  name: string;
  text: string;
}

const label = '[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?';
const host = new RegExp(String.raw`^(?=.{1,253}$)(${label}\.)+${label}$`);

/** The host name in lower case without a dot at its end; undefined for anything that is none. */
export function hostName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  return host.test(name) ? name : undefined;
}

/** Names that are names with addresses that are addresses, each once and always in the same order. */
export function usableRecords(records: readonly ExportedRecord[]): ExportedRecord[] {
  const found = new Map<string, Set<string>>();
  for (const { fqdn, addresses } of records) {
    const name = hostName(fqdn);
    const usable = addresses.filter((address) => ipaddr.IPv4.isValidFourPartDecimal(address));
    if (name === undefined || usable.length === 0) continue;
    found.set(name, new Set([...(found.get(name) ?? []), ...usable]));
  }
  return [...found]
    .map(([fqdn, addresses]) => ({ fqdn, addresses: [...addresses].sort() }))
    .sort((one, other) => (one.fqdn < other.fqdn ? -1 : 1));
}

/** For comments and markers, of which nothing may lead out. */
export function plain(text: string): string {
  return text.replaceAll(/[^\w./-]/g, '?');
}

/** Who wrote the file, as the first line of a comment in it. */
export function note({ owner, name }: Pick<ExportedEndpoint, 'owner' | 'name'>, what: string): string {
  return `${what} of private endpoint ${plain(name)} of ${plain(owner)}. Written by arc-private-link-operator.`;
}

/** A word of a POSIX shell, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A string of PowerShell, which takes four typographic quotes for ' as well. */
export function powershellQuoted(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
}

export function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

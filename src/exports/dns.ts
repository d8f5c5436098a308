import ipaddr from 'ipaddr.js';
import { bindFiles } from './bind.ts';
import { corednsFiles } from './coredns.ts';
import { dnsmasqFiles } from './dnsmasq.ts';
import { hostsFiles } from './hosts.ts';
import { hostName, usableRecords, type ExportedEndpoint, type ExportedFile } from './names.ts';
import { unboundFiles } from './unbound.ts';
import { windowsDnsFiles } from './windows-dns.ts';

/**
 * The records of one endpoint in the forms that people load elsewhere. Files are an endpoint's: two endpoints have the
 * same names at different addresses (gbl.his.arc.azure.com), and a name server can only tell one of them. In every form
 * the endpoint's own names are answered and nothing else changes: no name beside or below them, no other way round.
 */
const renderers = {
  Hosts: hostsFiles,
  Bind: bindFiles,
  Dnsmasq: dnsmasqFiles,
  Unbound: unboundFiles,
  CoreDNS: corednsFiles,
  WindowsDNS: windowsDnsFiles,
} as const;

export type DnsFormat = keyof typeof renderers;

/** Nothing for an endpoint without a usable record: an empty one would take the name from public DNS. */
export function dnsFiles(given: ExportedEndpoint, formats: readonly DnsFormat[]): ExportedFile[] {
  const endpoint = usable(given);
  if (endpoint.records.length === 0) return [];
  return formats.flatMap((format) => renderers[format](endpoint));
}

/** Only what may stand in a file; names of files are made of the endpoint's own. */
function usable({ owner, name, records, forwarders }: ExportedEndpoint): ExportedEndpoint {
  const suffixes = (forwarders?.suffixes ?? []).flatMap((suffix) => hostName(suffix) ?? []).sort();
  const addresses = (forwarders?.addresses ?? []).filter((one) => ipaddr.IPv4.isValidFourPartDecimal(one));
  return {
    owner,
    name: name.replaceAll(/[^-A-Za-z0-9]/g, '-'),
    records: usableRecords(records),
    ...(suffixes.length === 0 || addresses.length === 0 ? {} : { forwarders: { suffixes, addresses } }),
  };
}

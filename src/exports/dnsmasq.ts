import { lines, note, type ExportedEndpoint, type ExportedFile } from './names.ts';

/**
 * dnsmasq. `address` answers the name, `local` keeps its other types (AAAA) from being asked elsewhere, and `server` with a
 * wildcard gives the names below it back to the usual servers. `host-record` would also answer for the address backwards.
 */
export function dnsmasqFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const text = lines(
    `# ${note(endpoint, 'The names')} For dnsmasq 2.86 or later; put it into conf-dir.`,
    ...endpoint.records.flatMap(({ fqdn, addresses }) => [
      ...addresses.map((address) => `address=/${fqdn}/${address}`),
      `local=/${fqdn}/`,
      `server=/*.${fqdn}/#`,
    ]),
  );
  return [{ name: `${endpoint.name}.dnsmasq.conf`, text }, ...forwarderFiles(endpoint)];
}

function forwarderFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { forwarders } = endpoint;
  if (forwarders === undefined) return [];
  const text = lines(
    `# ${note(endpoint, 'Conditional forwarders')}`,
    ...forwarders.suffixes.flatMap((suffix) => [
      ...forwarders.addresses.map((address) => `server=/${suffix}/${address}`),
      // Private addresses are what is wanted here, also with stop-dns-rebind.
      `rebind-domain-ok=/${suffix}/`,
    ]),
  );
  return [{ name: `${endpoint.name}.dnsmasq-forwarders.conf`, text }];
}

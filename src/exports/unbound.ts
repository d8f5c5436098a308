import { recordTtl } from './bind.ts';
import { lines, note, type ExportedEndpoint, type ExportedFile } from './names.ts';

/** unbound: local data in transparent zones, which answer for their own name alone and let everything else pass. */
export function unboundFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const text = lines(
    `# ${note(endpoint, 'The names')} Include it from unbound.conf.`,
    'server:',
    ...endpoint.records.flatMap(({ fqdn, addresses }) => [
      `    local-zone: "${fqdn}." transparent`,
      ...addresses.map((address) => `    local-data: "${fqdn}. ${recordTtl} IN A ${address}"`),
    ]),
  );
  return [{ name: `${endpoint.name}.unbound.conf`, text }, ...forwarderFiles(endpoint)];
}

function forwarderFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { forwarders } = endpoint;
  if (forwarders === undefined) return [];
  const text = lines(
    `# ${note(endpoint, 'Conditional forwarders')} Include it from unbound.conf.`,
    // Private addresses are what is wanted here, and private zones are not signed.
    'server:',
    ...forwarders.suffixes.flatMap((suffix) => [
      `    private-domain: "${suffix}."`,
      `    domain-insecure: "${suffix}."`,
    ]),
    ...forwarders.suffixes.flatMap((suffix) => [
      'forward-zone:',
      `    name: "${suffix}."`,
      ...forwarders.addresses.map((address) => `    forward-addr: ${address}`),
    ]),
  );
  return [{ name: `${endpoint.name}.unbound-forwarders.conf`, text }];
}

import { createHash } from 'node:crypto';
import { lines, note, type ExportedEndpoint, type ExportedFile } from './names.ts';

/**
 * BIND: a zone for each name, with its addresses at the top. A zone on the suffix would hide every other name below it.
 * The zone files lie where `directory` of named.conf points.
 */

/** Seconds; Azure's own are 10, and addresses of an endpoint stay as long as it does. */
export const recordTtl = 300;

export function bindFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const zones = endpoint.records.map(({ fqdn, addresses }) => ({
    fqdn,
    name: zoneFile(endpoint.name, fqdn),
    text: lines(
      `; ${note(endpoint, `The zone ${fqdn}`)}`,
      `$TTL ${recordTtl}`,
      '@ IN SOA localhost. hostmaster.localhost. 1 3600 600 86400 300',
      '@ IN NS localhost.',
      ...addresses.map((address) => `@ IN A ${address}`),
    ),
  }));
  const snippet = lines(
    `// ${note(endpoint, 'The zones')} Include it from named.conf.`,
    ...zones.map(
      ({ fqdn, name }) =>
        `zone "${fqdn}" { type primary; file "${name}"; allow-update { none; }; notify no; };`,
    ),
  );
  return [
    { name: `${endpoint.name}.bind.conf`, text: snippet },
    ...zones.map(({ name, text }) => ({ name, text })),
    ...forwarderFiles(endpoint),
  ];
}

function forwarderFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { forwarders } = endpoint;
  if (forwarders === undefined) return [];
  const addresses = forwarders.addresses.map((address) => `${address};`).join(' ');
  const text = lines(
    `// ${note(endpoint, 'Conditional forwarders')} Include it from named.conf.`,
    ...forwarders.suffixes.map(
      (suffix) => `zone "${suffix}" { type forward; forward only; forwarders { ${addresses} }; };`,
    ),
  );
  return [{ name: `${endpoint.name}.bind-forwarders.conf`, text }];
}

/** A key of a ConfigMap has at most 253 characters. */
function zoneFile(endpoint: string, fqdn: string): string {
  const name = `${endpoint}.${fqdn}.zone`;
  if (name.length <= 253) return name;
  return `${endpoint}.${createHash('sha256').update(fqdn).digest('hex').slice(0, 16)}.zone`;
}

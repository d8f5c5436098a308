import { recordTtl } from './bind.ts';
import { lines, note, type ExportedEndpoint, type ExportedFile } from './names.ts';

/**
 * CoreDNS: a server block for the names alone, so that it stands beside whatever else a Corefile has (the plugin `hosts`
 * may be used once in a block). No `:53`: the port is that of the process, and an import keeps what it has.
 */
export function corednsFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const text = lines(
    `# ${note(endpoint, 'The names')} Import it from the Corefile, outside of any block.`,
    ...(endpoint.records.length === 0
      ? []
      : [
          `${endpoint.records.map(({ fqdn }) => fqdn).join(' ')} {`,
          '    errors',
          '    hosts {',
          ...endpoint.records.flatMap(({ fqdn, addresses }) =>
            addresses.map((address) => `        ${address} ${fqdn}`),
          ),
          `        ttl ${recordTtl}`,
          '        no_reverse',
          '        fallthrough',
          '    }',
          '}',
        ]),
  );
  return [{ name: `${endpoint.name}.coredns.Corefile`, text }, ...forwarderFiles(endpoint)];
}

function forwarderFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { forwarders } = endpoint;
  if (forwarders === undefined) return [];
  const text = lines(
    `# ${note(endpoint, 'Conditional forwarders')} Import it from the Corefile, outside of any block.`,
    `${forwarders.suffixes.join(' ')} {`,
    '    errors',
    '    cache 30',
    `    forward . ${forwarders.addresses.join(' ')}`,
    '}',
  );
  return [{ name: `${endpoint.name}.coredns-forwarders.Corefile`, text }];
}

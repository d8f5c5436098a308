import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsFiles, type DnsFormat } from '../../src/exports/dns.ts';
import type { ExportedEndpoint } from '../../src/exports/names.ts';

/** The names of a real endpoint (recorded), as they are exported. */
export const endpoint: ExportedEndpoint = {
  owner: 'lab/net',
  name: 'hub',
  records: [
    { fqdn: 'gbl.his.arc.azure.com', addresses: ['10.0.0.4'] },
    { fqdn: 'cuseuap.his.arc.azure.com', addresses: ['10.0.0.5'] },
    { fqdn: 'canary-ats.his.arc.azure.com', addresses: ['10.0.0.6'] },
    { fqdn: 'agentserviceapi.guestconfiguration.azure.com', addresses: ['10.0.0.7'] },
    { fqdn: 'eapeus2-gas.guestconfiguration.azure.com', addresses: ['10.0.0.8', '10.0.0.18'] },
    { fqdn: 'eastus2euap-gas.guestconfiguration.azure.com', addresses: ['10.0.0.9'] },
    { fqdn: 'eastus2euap.dp.kubernetesconfiguration.azure.com', addresses: ['10.0.0.10'] },
  ],
  forwarders: {
    suffixes: ['his.arc.azure.com', 'guestconfiguration.azure.com', 'dp.kubernetesconfiguration.azure.com'],
    addresses: ['10.1.0.4', '10.1.0.5'],
  },
};

/** The same under names that try to lead out of where they stand. */
export const hostile: ExportedEndpoint = {
  owner: `lab/ne"t'; };\n$(touch /tmp/hostile) \u2019`,
  name: 'hub`\n"; include "/etc/passwd',
  records: [
    { fqdn: 'good.his.arc.azure.com', addresses: ['10.0.0.4', "10.0.0.5'; reboot", '2001:db8::1'] },
    { fqdn: 'x.azure.com"; }; include "/etc/passwd', addresses: ['10.0.0.6'] },
    { fqdn: 'y.azure.com\n10.0.0.9 login.microsoftonline.com', addresses: ['10.0.0.7'] },
    { fqdn: '*.azure.com', addresses: ['10.0.0.8'] },
    { fqdn: 'empty.his.arc.azure.com', addresses: [] },
  ],
  forwarders: {
    suffixes: ['azure.com/#\nserver=/x', 'his.arc.azure.com'],
    addresses: ['10.1.0.4', '1.1.1.1 }'],
  },
};

export const everyFormat: readonly DnsFormat[] = [
  'Hosts',
  'Bind',
  'Dnsmasq',
  'Unbound',
  'CoreDNS',
  'WindowsDNS',
];

/** A folder with the files of an endpoint, as a mounted ConfigMap has them. */
export function written(one: ExportedEndpoint = endpoint, formats = everyFormat): string {
  const folder = mkdtempSync(join(tmpdir(), 'exports-'));
  for (const { name, text } of dnsFiles(one, formats)) writeFileSync(join(folder, name), text);
  return folder;
}

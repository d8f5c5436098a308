import { describe, expect, it } from '@jest/globals';
import { endpoint, everyFormat, hostile } from '../../test/exports/files.ts';
import { dnsFiles, type DnsFormat } from './dns.ts';
import { powershellQuoted, shellQuoted, usableRecords, type ExportedEndpoint } from './names.ts';

/** What is in the files, without the programs that load them: those are in test/exports. */

const one: ExportedEndpoint = {
  owner: 'lab/net',
  name: 'hub',
  records: [{ fqdn: 'gbl.his.arc.azure.com', addresses: ['10.0.0.4'] }],
  forwarders: { suffixes: ['his.arc.azure.com'], addresses: ['10.1.0.4', '10.1.0.5'] },
};
const text = (format: DnsFormat, name: string, of = one): string =>
  dnsFiles(of, [format]).find((file) => file.name === name)?.text ?? 'no such file';

describe('the files of an endpoint', () => {
  it.each<[DnsFormat, string, string]>([
    [
      'Hosts',
      'hub.hosts-linux.txt',
      '# BEGIN arc-private-link lab/net hub\n10.0.0.4 gbl.his.arc.azure.com\n# END arc-private-link lab/net hub\n',
    ],
    ['Hosts', 'hub.hosts-windows.txt', '10.0.0.4 gbl.his.arc.azure.com\r\n'],
    ['Hosts', 'hub.hosts-apply.ps1', "  '10.0.0.4 gbl.his.arc.azure.com'\n"],
    [
      'Bind',
      'hub.bind.conf',
      'zone "gbl.his.arc.azure.com" { type primary; file "hub.gbl.his.arc.azure.com.zone";',
    ],
    ['Bind', 'hub.gbl.his.arc.azure.com.zone', '@ IN A 10.0.0.4\n'],
    [
      'Bind',
      'hub.bind-forwarders.conf',
      'zone "his.arc.azure.com" { type forward; forward only; forwarders { 10.1.0.4; 10.1.0.5; }; };',
    ],
    [
      'Dnsmasq',
      'hub.dnsmasq.conf',
      'address=/gbl.his.arc.azure.com/10.0.0.4\nlocal=/gbl.his.arc.azure.com/\nserver=/*.gbl.his.arc.azure.com/#\n',
    ],
    [
      'Dnsmasq',
      'hub.dnsmasq-forwarders.conf',
      'server=/his.arc.azure.com/10.1.0.4\nserver=/his.arc.azure.com/10.1.0.5\n',
    ],
    [
      'Unbound',
      'hub.unbound.conf',
      'local-zone: "gbl.his.arc.azure.com." transparent\n    local-data: "gbl.his.arc.azure.com. 300 IN A 10.0.0.4"\n',
    ],
    [
      'Unbound',
      'hub.unbound-forwarders.conf',
      'forward-zone:\n    name: "his.arc.azure.com."\n    forward-addr: 10.1.0.4\n',
    ],
    [
      'CoreDNS',
      'hub.coredns.Corefile',
      'gbl.his.arc.azure.com {\n    errors\n    hosts {\n        10.0.0.4 gbl.his.arc.azure.com\n',
    ],
    [
      'CoreDNS',
      'hub.coredns-forwarders.Corefile',
      'his.arc.azure.com {\n    errors\n    cache 30\n    forward . 10.1.0.4 10.1.0.5\n}',
    ],
    [
      'WindowsDNS',
      'hub.windows-dns-apply.ps1',
      "  @{ Name = 'gbl.his.arc.azure.com'; Addresses = @('10.0.0.4') }\n",
    ],
    ['WindowsDNS', 'hub.windows-dns-remove.ps1', "$mark = 'arc-private-link lab/net hub'\n"],
    [
      'WindowsDNS',
      'hub.windows-dns-forwarders-apply.ps1',
      "$suffixes = @('his.arc.azure.com')\n$addresses = @('10.1.0.4', '10.1.0.5')\n",
    ],
  ])('%s: %s', (format, name, part) => {
    expect(text(format, name)).toContain(part);
  });

  it.each(everyFormat)('are none in %s where the endpoint has no record', (format) => {
    expect(dnsFiles({ ...one, records: [] }, [format])).toEqual([]);
    expect(
      dnsFiles({ ...one, records: [{ fqdn: 'gbl.his.arc.azure.com', addresses: [] }] }, [format]),
    ).toEqual([]);
  });

  it.each(everyFormat)('are the same in %s in whatever order Azure names the records', (format) => {
    const turned = { ...endpoint, records: [...endpoint.records.slice(3), ...endpoint.records.slice(0, 3)] };
    expect(dnsFiles(turned, [format])).toEqual(dnsFiles(endpoint, [format]));
  });

  it('have names that are keys of a ConfigMap', () => {
    const long = {
      fqdn: `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.azure.com`,
      addresses: ['10.0.0.4'],
    };
    const names = [endpoint, hostile, { ...one, name: 'n'.repeat(63), records: [long] }]
      .flatMap((of) => dnsFiles(of, everyFormat))
      .map(({ name }) => name);
    expect(names.filter((name) => !/^[-._a-zA-Z0-9]{1,253}$/.test(name))).toEqual([]);
  });

  it.each(everyFormat)('have nothing in %s of values that try to lead out', (format) => {
    const all = dnsFiles(hostile, [format])
      .map((file) => file.text)
      .join('\n');
    expect(all).toContain('good.his.arc.azure.com');
    for (const part of [
      '/etc/passwd',
      'reboot',
      'login.microsoftonline.com',
      'empty.his',
      '2001:db8',
      '1.1.1.1',
    ])
      expect(all).not.toContain(part);
    // The owner's name is in a comment, or in a string.
    expect(all).not.toMatch(/^[^#;/$]*touch/m);
  });
});

describe('usable records', () => {
  it('are names with IPv4 addresses, each once', () => {
    const found = usableRecords([
      { fqdn: 'B.azure.com.', addresses: ['10.0.0.5', '10.0.0.4'] },
      { fqdn: 'b.azure.com', addresses: ['10.0.0.4', '010.0.0.9', '10.0.0.256', '10.1'] },
      { fqdn: 'alone', addresses: ['10.0.0.6'] },
      { fqdn: '-.azure.com', addresses: ['10.0.0.7'] },
    ]);
    expect(found).toEqual([{ fqdn: 'b.azure.com', addresses: ['10.0.0.4', '10.0.0.5'] }]);
  });
});

describe('quoting', () => {
  it('keeps a text together for a shell and for PowerShell, whatever is in it', () => {
    expect(shellQuoted(`a'b$(c)\n`)).toBe(String.raw`'a'\''b$(c)` + "\n'");
    expect(powershellQuoted("a’b‘c'd")).toBe("'a’’b‘‘c''d'");
  });
});

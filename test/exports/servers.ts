import { spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep, kill } from '../world/child.ts';
import { corednsProgram } from '../world/coredns.ts';
import { debianPrograms } from '../world/debian.ts';
import { freePort } from '../world/free-port.ts';
import { until } from '../world/until.ts';

/** Real name servers on the loopback address, that load exported files and ask one that stands for public DNS. */

export const kinds = ['BIND', 'dnsmasq', 'unbound', 'CoreDNS'] as const;
export type Kind = (typeof kinds)[number];

export interface NameServer {
  port: number;
  /** Addresses or texts, or the code of the refusal: `10.0.0.4`, `ENODATA`, `ENOTFOUND`. */
  ask(name: string, type: 'A' | 'AAAA' | 'TXT' | 'PTR'): Promise<string>;
  stop(): Promise<void>;
}

const ends = (folder: string, end: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

/** A name server with the exported files of this folder loaded, or none; what it does not know it asks of `upstream`. */
export async function startServer(
  kind: Kind,
  upstream: number,
  folder?: string,
  what: 'names' | 'forwarders' = 'names',
): Promise<NameServer> {
  const port = await freePort();
  const own = mkdtempSync(join(tmpdir(), `${kind}-`));
  const files = folder ?? own;
  const config = join(own, 'server.conf');
  const { text, program, args } = configurations[kind](
    port,
    upstream,
    files,
    config,
    own,
    what === 'names' ? '' : '-forwarders',
  );
  writeFileSync(config, text);
  return await run(program, args, port);
}

interface Configuration {
  text: string;
  program: string;
  args: string[];
}

type Configure = (
  port: number,
  upstream: number,
  files: string,
  config: string,
  own: string,
  suffix: string,
) => Configuration;

const configurations: Record<Kind, Configure> = {
  BIND: (port, upstream, files, config, _, suffix) => ({
    program: 'named',
    args: ['-g', '-4', '-c', config],
    text: [
      `options { directory "${files}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
      `  forwarders { 127.0.0.1 port ${upstream}; }; forward only; dnssec-validation no; empty-zones-enable no;`,
      '  pid-file none; session-keyfile none; managed-keys-directory "/tmp"; };',
      'controls {};',
      ...ends(files, `.bind${suffix}.conf`).map((path) => `include "${path}";`),
    ].join('\n'),
  }),
  dnsmasq: (port, upstream, files, config, _, suffix) => ({
    program: 'dnsmasq',
    args: ['--keep-in-foreground', '-C', config],
    text: [
      `port=${port}`,
      'listen-address=127.0.0.1',
      'bind-interfaces',
      'no-resolv',
      'no-hosts',
      'pid-file=',
      `user=${process.getuid?.() === 0 ? 'root' : ''}`,
      `server=127.0.0.1#${upstream}`,
      ...ends(files, `.dnsmasq${suffix}.conf`).map((path) => `conf-file=${path}`),
      '',
    ].join('\n'),
  }),
  unbound: (port, upstream, files, config, own, suffix) => ({
    program: 'unbound',
    args: ['-d', '-p', '-c', config],
    text: [
      'server:',
      `  interface: 127.0.0.1\n  port: ${port}\n  do-ip6: no\n  username: ""\n  chroot: ""\n  directory: "${own}"`,
      '  do-not-query-localhost: no\n  use-syslog: no\n  module-config: "iterator"\n  log-queries: no',
      '  local-zone: "10.in-addr.arpa." nodefault',
      'remote-control:\n  control-enable: no',
      `forward-zone:\n  name: "."\n  forward-addr: 127.0.0.1@${upstream}`,
      ...ends(files, `.unbound${suffix}.conf`).map((path) => `include: "${path}"`),
      '',
    ].join('\n'),
  }),
  CoreDNS: (port, upstream, files, config, _, suffix) => ({
    program: 'coredns',
    args: ['-conf', config, '-dns.port', String(port)],
    text: [
      ...ends(files, `.coredns${suffix}.Corefile`).map((path) => `import ${path}`),
      `. {\n  forward . 127.0.0.1:${upstream}\n}`,
      '',
    ].join('\n'),
  }),
};

/** What public DNS says of these names, and of all others under `azure.com`. */
export async function startPublicDns(zones: Readonly<Record<string, string>>): Promise<NameServer> {
  const port = await freePort();
  const own = mkdtempSync(join(tmpdir(), 'public-dns-'));
  const config = join(own, 'named.conf');
  for (const [zone, text] of Object.entries(zones))
    writeFileSync(
      join(own, zone),
      `$TTL 60\n@ IN SOA localhost. x.localhost. 1 1 1 1 1\n@ IN NS localhost.\n${text}\n`,
    );
  const text = [
    `options { directory "${own}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;`,
    '  dnssec-validation no; pid-file none; session-keyfile none; };',
    'controls {};',
    ...Object.keys(zones).map((zone) => `zone "${zone}" { type primary; file "${zone}"; };`),
  ];
  writeFileSync(config, text.join('\n'));
  return await run('named', ['-g', '-4', '-c', config], port);
}

async function run(program: string, args: readonly string[], port: number): Promise<NameServer> {
  const programs = debianPrograms();
  const { env } = programs;
  const path = program === 'coredns' ? await corednsProgram() : programs.path(program);
  const child = keep(spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const ask: NameServer['ask'] = async (name, type) => {
    try {
      const answer = await resolver.resolve(name, type);
      return (answer as (string | string[])[]).map(String).sort().join(' ');
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  await until(
    `${program} answers`,
    async () => {
      if (child.exitCode !== null) throw new Error(`${program} has ended: ${output}`);
      return !['ECONNREFUSED', 'ETIMEOUT'].includes(await ask('ready.azure.com', 'A'));
    },
    20_000,
    () => output,
  );
  return { port, ask, stop: () => kill(child) };
}

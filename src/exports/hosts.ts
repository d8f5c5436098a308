import { hostsPowershell } from './hosts-powershell.ts';
import { hostsShell } from './hosts-shell.ts';
import { plain, type ExportedEndpoint, type ExportedFile } from './names.ts';

/** Hosts files: a block that is told by its first and last line, and scripts that put it in and take it out. */

export interface HostsBlock {
  begin: string;
  end: string;
  /** The whole block, its first and last line included. */
  lines: readonly string[];
}

export function hostsBlock({ owner, name, records }: ExportedEndpoint): HostsBlock {
  const mark = `arc-private-link ${plain(owner)} ${plain(name)}`;
  const [begin, end] = [`# BEGIN ${mark}`, `# END ${mark}`];
  const entries = records.flatMap(({ fqdn, addresses }) => addresses.map((address) => `${address} ${fqdn}`));
  return { begin, end, lines: [begin, ...entries, end] };
}

export function hostsFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const block = hostsBlock(endpoint);
  const { name } = endpoint;
  return [
    { name: `${name}.hosts-linux.txt`, text: `${block.lines.join('\n')}\n` },
    { name: `${name}.hosts-windows.txt`, text: `${block.lines.join('\r\n')}\r\n` },
    { name: `${name}.hosts-apply.sh`, text: hostsShell(endpoint, block, 'apply') },
    { name: `${name}.hosts-remove.sh`, text: hostsShell(endpoint, block, 'remove') },
    { name: `${name}.hosts-apply.ps1`, text: hostsPowershell(endpoint, block, 'apply') },
    { name: `${name}.hosts-remove.ps1`, text: hostsPowershell(endpoint, block, 'remove') },
  ];
}

import type { HostsBlock } from './hosts.ts';
import { lines, note, powershellQuoted, type ExportedEndpoint } from './names.ts';

/**
 * The same for Windows PowerShell 5.1 and later. The file is read and written byte by byte (Latin 1), so that whatever
 * encoding its comments have is kept.
 */
export function hostsPowershell(
  endpoint: ExportedEndpoint,
  block: HostsBlock,
  what: 'apply' | 'remove',
): string {
  const wanted = what === 'apply' ? block.lines : [];
  return lines(
    '#Requires -Version 5.1',
    `# ${note(endpoint, what === 'apply' ? 'Puts in the hosts block' : 'Takes out the hosts block')}`,
    '# Run it as administrator. Done again, it changes nothing.',
    "param([string]$HostsFile = (Join-Path $env:SystemRoot 'System32\\drivers\\etc\\hosts'))",
    "$ErrorActionPreference = 'Stop'",
    `$begin = ${powershellQuoted(block.begin)}`,
    `$end = ${powershellQuoted(block.end)}`,
    '[string[]]$block = @(',
    ...wanted.map((line) => `  ${powershellQuoted(line)}`),
    ')',
    script,
  );
}

const script = `
$latin1 = [System.Text.Encoding]::GetEncoding(28591)
[string[]]$lines = [System.IO.File]::ReadAllLines($HostsFile, $latin1)
$result = New-Object 'System.Collections.Generic.List[string]'
$held = $null
$placed = $false
foreach ($line in $lines) {
  if ($line -ceq $begin) {
    # A first line without its last: what follows it is somebody's.
    if ($null -ne $held) { $result.AddRange($held) }
    $held = New-Object 'System.Collections.Generic.List[string]'
  } elseif ($null -eq $held) {
    $result.Add($line)
  } elseif ($line -ceq $end) {
    if (-not $placed) { $result.AddRange($block) }
    $placed = $true
    $held = $null
  } else {
    $held.Add($line)
  }
}
if ($null -ne $held) { $result.AddRange($held) }
if (-not $placed) { $result.AddRange($block) }

$separator = [string][char]10
if (($lines -join $separator) -ceq ($result -join $separator)) {
  Write-Output "$HostsFile is as it shall be."
} else {
  [System.IO.File]::WriteAllLines($HostsFile, $result, $latin1)
  Write-Output "$HostsFile was changed."
}`;

import { lines, note, plain, powershellQuoted, type ExportedEndpoint, type ExportedFile } from './names.ts';

/**
 * Windows DNS Server: a zone for each name. A zone of ours carries a TXT record that says so; one of somebody else's of the
 * same name is told and left alone.
 */
export function windowsDnsFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { name } = endpoint;
  return [
    { name: `${name}.windows-dns-apply.ps1`, text: applyScript(endpoint) },
    { name: `${name}.windows-dns-remove.ps1`, text: removeScript(endpoint) },
    ...forwarderFiles(endpoint),
  ];
}

function head(endpoint: ExportedEndpoint, what: string): string[] {
  return [
    '#Requires -Version 5.1',
    '#Requires -Modules DnsServer',
    `# ${note(endpoint, what)}`,
    '# Run it as administrator. Done again, it changes nothing. -ReplicationScope Forest or Domain for zones in Active Directory.',
    "param([string]$ComputerName = 'localhost', [ValidateSet('', 'Forest', 'Domain')][string]$ReplicationScope = '')",
    "$ErrorActionPreference = 'Stop'",
  ];
}

const marking = (endpoint: ExportedEndpoint): string[] => [
  `$mark = ${powershellQuoted(`arc-private-link ${plain(endpoint.owner)} ${plain(endpoint.name)}`)}`,
  '$server = @{ ComputerName = $ComputerName }',
  'function Test-Ours([string]$Name) {',
  "  $texts = @(Get-DnsServerResourceRecord @server -ZoneName $Name -Name '@' -RRType Txt -ErrorAction SilentlyContinue)",
  '  return @($texts | Where-Object { $_.RecordData.DescriptiveText -ceq $mark }).Count -gt 0',
  '}',
];

function applyScript(endpoint: ExportedEndpoint): string {
  return lines(
    ...head(endpoint, 'Makes the zones'),
    ...marking(endpoint),
    '$wanted = @(',
    ...endpoint.records.map(
      ({ fqdn, addresses }) =>
        `  @{ Name = ${powershellQuoted(fqdn)}; Addresses = @(${addresses.map(powershellQuoted).join(', ')}) }`,
    ),
    ')',
    apply,
  );
}

const apply = `
foreach ($one in $wanted) {
  $name = $one.Name
  if ($null -eq (Get-DnsServerZone @server -Name $name -ErrorAction SilentlyContinue)) {
    $kind = @{ ZoneFile = "$name.dns" }
    if ($ReplicationScope -ne '') { $kind = @{ ReplicationScope = $ReplicationScope } }
    Add-DnsServerPrimaryZone @server @kind -Name $name -DynamicUpdate None
    Add-DnsServerResourceRecord @server -ZoneName $name -Name '@' -Txt -DescriptiveText $mark
  } elseif (-not (Test-Ours $name)) {
    Write-Warning "The zone $name exists and was not made by this script: it is left alone."
    continue
  }
  $there = @(Get-DnsServerResourceRecord @server -ZoneName $name -Name '@' -RRType A -ErrorAction SilentlyContinue)
  $present = @($there | ForEach-Object { $_.RecordData.IPv4Address.IPAddressToString })
  foreach ($address in $one.Addresses) {
    if ($present -notcontains $address) {
      Add-DnsServerResourceRecordA @server -ZoneName $name -Name '@' -IPv4Address $address -TimeToLive 00:05:00
    }
  }
  foreach ($record in $there) {
    if ($one.Addresses -notcontains $record.RecordData.IPv4Address.IPAddressToString) {
      Remove-DnsServerResourceRecord @server -ZoneName $name -InputObject $record -Force
    }
  }
}`;

function removeScript(endpoint: ExportedEndpoint): string {
  return lines(
    ...head(endpoint, 'Removes the zones'),
    ...marking(endpoint),
    "foreach ($zone in @(Get-DnsServerZone @server | Where-Object { $_.ZoneType -eq 'Primary' -and -not $_.IsReverseLookupZone })) {",
    '  if (Test-Ours $zone.ZoneName) { Remove-DnsServerZone @server -Name $zone.ZoneName -Force }',
    '}',
  );
}

function forwarderFiles(endpoint: ExportedEndpoint): ExportedFile[] {
  const { name, forwarders } = endpoint;
  if (forwarders === undefined) return [];
  const given = [
    '$server = @{ ComputerName = $ComputerName }',
    `$suffixes = @(${forwarders.suffixes.map(powershellQuoted).join(', ')})`,
    `$addresses = @(${forwarders.addresses.map(powershellQuoted).join(', ')})`,
  ];
  const text = (what: string, body: string): string => lines(...head(endpoint, what), ...given, body);
  return [
    { name: `${name}.windows-dns-forwarders-apply.ps1`, text: text('Makes conditional forwarders', forward) },
    {
      name: `${name}.windows-dns-forwarders-remove.ps1`,
      text: text('Removes conditional forwarders', forwardNoMore),
    },
  ];
}

const same = `
function Test-Same($Zone) {
  $masters = @($Zone.MasterServers | ForEach-Object { $_.IPAddressToString } | Sort-Object)
  return ($masters -join ' ') -eq (@($addresses | Sort-Object) -join ' ')
}`;

const forward = `${same}
foreach ($suffix in $suffixes) {
  $zone = Get-DnsServerZone @server -Name $suffix -ErrorAction SilentlyContinue
  if ($null -eq $zone) {
    $kind = @{}
    if ($ReplicationScope -ne '') { $kind = @{ ReplicationScope = $ReplicationScope } }
    Add-DnsServerConditionalForwarderZone @server @kind -Name $suffix -MasterServers $addresses
  } elseif ($zone.ZoneType -ne 'Forwarder') {
    Write-Warning "The zone $suffix exists and is no conditional forwarder: it is left alone."
  } elseif (-not (Test-Same $zone)) {
    Set-DnsServerConditionalForwarderZone @server -Name $suffix -MasterServers $addresses
  }
}`;

const forwardNoMore = `${same}
foreach ($suffix in $suffixes) {
  $zone = Get-DnsServerZone @server -Name $suffix -ErrorAction SilentlyContinue
  if ($null -ne $zone -and $zone.ZoneType -eq 'Forwarder' -and (Test-Same $zone)) {
    Remove-DnsServerZone @server -Name $suffix -Force
  }
}`;

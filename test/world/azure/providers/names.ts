/**
 * The names an endpoint gets. Recorded: seven, three kinds of which depend on the region in ways nobody can compute
 * (shard codes such as `weu`, a geography for the token service), so a table stands for them here. Azure publishes the
 * article's sentence "the FQDNs will change based on the region you selected for your private endpoint".
 */
const regions: Record<string, readonly [shard: string, geography: string]> = {
  westeurope: ['weu', 'europe'],
  northeurope: ['ne', 'europe'],
  eastus: ['eus', 'us'],
  eastus2: ['eus2', 'us'],
  westus2: ['wus2', 'us'],
  centralus: ['scus', 'us'],
  uksouth: ['uks', 'uk'],
  japaneast: ['jpe', 'japan'],
  australiaeast: ['ae', 'australia'],
};

export function dnsNames(region: string): string[] {
  const [shard, geography] = regions[region] ?? [region.slice(0, 5), 'global'];
  return [
    'gbl.his.arc.azure.com',
    `${shard}.his.arc.azure.com`,
    `${geography}-ats.his.arc.azure.com`,
    'agentserviceapi.guestconfiguration.azure.com',
    `${shard}-gas.guestconfiguration.azure.com`,
    `${region}-gas.guestconfiguration.azure.com`,
    `${region}.dp.kubernetesconfiguration.azure.com`,
  ];
}

import { idKey, nameOf, sameId } from '../azure/ids.ts';
import type { PrivateZone, Tags, ZoneLink } from '../azure/types.ts';
import type { Pass } from './context.ts';
import { linkId, type DesiredDns } from './desired.ts';
import { isOurs, mergedTags } from './ownership.ts';
import { underWay } from './under-way.ts';

/** The links of a zone to the VNets that resolve through it; gives what is waited for. */
export async function ensureLinks(pass: Pass, zone: PrivateZone, dns: DesiredDns): Promise<string[]> {
  const links = await pass.azure.listZoneLinks(zone.id);
  const waits: string[] = [];
  for (const networkId of dns.networkIds) {
    const link = links.find(({ virtualNetworkId }) => sameId(virtualNetworkId, networkId));
    if (await ensureLink(pass, zone, networkId, link, dns.resolutionPolicy)) {
      waits.push(`Linking DNS zone ${zone.name} to VNet ${nameOf(networkId)}`);
    }
  }
  const wanted = new Set(dns.networkIds.map(idKey));
  const surplus = links.filter(
    (link) => !wanted.has(idKey(link.virtualNetworkId)) && isOurs(link, pass.desired.owner),
  );
  for (const link of surplus) {
    if (!(await underWay(pass, link.id, `DELETE link ${link.name}`)))
      await pass.azure.deleteZoneLink(link.id);
    waits.push(`Removing the link of DNS zone ${zone.name} to VNet ${nameOf(link.virtualNetworkId)}`);
  }
  return waits;
}

/** True while it is being made. A link that others made to the same VNet does as well and is left alone. */
async function ensureLink(
  pass: Pass,
  zone: PrivateZone,
  networkId: string,
  link: ZoneLink | undefined,
  resolutionPolicy: string | undefined,
): Promise<boolean> {
  const tags = tagsToWrite(pass, link, resolutionPolicy);
  if (tags === undefined) return link?.linkState !== 'Completed';
  const id = link?.id ?? linkId(zone.id, networkId);
  if (await underWay(pass, id, `PUT link of DNS zone ${zone.name} to VNet ${nameOf(networkId)}`)) return true;
  const policy = resolutionPolicy === undefined ? {} : { resolutionPolicy };
  if (link === undefined) await pass.azure.putZoneLink(id, { virtualNetworkId: networkId, tags, ...policy });
  else if (mergedTags(link.tags, tags) !== undefined) await pass.azure.mergeTags(id, tags);
  else await pass.azure.updateZoneLink(link, policy);
  return true;
}

/** The tags to write the link with; undefined when it is as it shall be. */
function tagsToWrite(
  pass: Pass,
  link: ZoneLink | undefined,
  resolutionPolicy: string | undefined,
): Tags | undefined {
  if (link === undefined) return pass.desired.tags;
  if (!isOurs(link, pass.desired.owner)) return undefined;
  const tags = mergedTags(link.tags, pass.desired.tags);
  const policyDiffers =
    resolutionPolicy !== undefined && (link.resolutionPolicy ?? 'Default') !== resolutionPolicy;
  return policyDiffers ? (tags ?? link.tags) : tags;
}

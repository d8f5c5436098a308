import { AzureError, isStatus } from '../azure/errors.ts';
import { idKey, nameOf } from '../azure/ids.ts';
import type { Pass } from './context.ts';
import { zoneGroupId } from './desired.ts';
import { isOurs } from './ownership.ts';

/**
 * Taking down what this object made, a kind at a time. Each function does what can be done now and gives what is still
 * there; an empty list means that Azure answers 404 for all of it. What is not ours is left and does not count.
 */

/** Zone groups of the endpoints: names stop resolving to addresses that will not answer. */
export async function removeZoneGroups(pass: Pass, endpointIds: readonly string[]): Promise<string[]> {
  const waits: string[] = [];
  for (const endpointId of endpointIds) {
    const endpoint = await pass.azure.getEndpoint(endpointId);
    if (!isOurs(endpoint, pass.desired.owner)) continue;
    const id = zoneGroupId(endpointId);
    const groups = await pass.azure.listZoneGroups(endpointId);
    const group = groups.find((one) => idKey(one.id) === idKey(id));
    if (group === undefined) continue;
    waits.push(`DNS zone group of ${nameOf(endpointId)}`);
    if (group.provisioningState === 'Deleting' || (await running(pass, id))) continue;
    await start(() => pass.azure.deleteZoneGroup(id));
  }
  return waits;
}

export async function removeLinks(pass: Pass, zoneIds: readonly string[]): Promise<string[]> {
  const waits: string[] = [];
  for (const zone of zoneIds) {
    for (const link of await pass.azure.listZoneLinks(zone)) {
      if (!isOurs(link, pass.desired.owner)) continue;
      waits.push(`link of DNS zone ${nameOf(zone)} to VNet ${nameOf(link.virtualNetworkId)}`);
      if (!(await running(pass, link.id))) await start(() => pass.azure.deleteZoneLink(link.id));
    }
  }
  return waits;
}

export async function removeEndpoints(pass: Pass, endpointIds: readonly string[]): Promise<string[]> {
  const waits: string[] = [];
  for (const id of endpointIds) {
    const endpoint = await pass.azure.getEndpoint(id);
    if (endpoint === undefined || !isOurs(endpoint, pass.desired.owner)) continue;
    waits.push(`private endpoint ${endpoint.name}`);
    if (endpoint.provisioningState === 'Deleting' || (await running(pass, id))) continue;
    await start(() => pass.azure.deleteEndpoint(id));
  }
  return waits;
}

/** A zone that still has a link of someone else stays: it is told, and waited for. */
export async function removeZones(pass: Pass, zoneIds: readonly string[]): Promise<string[]> {
  const waits: string[] = [];
  for (const id of zoneIds) {
    const zone = await pass.azure.getZone(id);
    if (zone === undefined || !isOurs(zone, pass.desired.owner)) continue;
    waits.push(`DNS zone ${zone.name}`);
    if (!(await running(pass, id))) await start(() => pass.azure.deleteZone(id));
  }
  return waits;
}

/** Whether its deletion is still going on: it is not sent again meanwhile. */
export async function running(pass: Pass, id: string): Promise<boolean> {
  return (await pass.azure.progress(id, 'DELETE'))?.state === 'running';
}

/** What Azure cannot delete this very moment is tried again at the next pass; everything else is an error. */
async function start(deletion: () => Promise<void>): Promise<void> {
  try {
    await deletion();
  } catch (error) {
    if (!(error instanceof AzureError) || !isStatus(error, 409) || error.kind !== 'waiting') throw error;
  }
}

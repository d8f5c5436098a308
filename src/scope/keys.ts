import { childId } from '../azure/ids.ts';

/** Under which keys the picture holds what is no single resource, and the ids that are built rather than read. */

export const connectionsKey = (scopeId: string): string => `${scopeId}/privateEndpointConnections`;
export const zoneNamesKey = (scopeId: string): string => `${scopeId}/privateLinkResources`;
export const groupsKey = (endpointId: string): string => `${endpointId}/privateDnsZoneGroups`;
export const linksKey = (zoneId: string): string => `${zoneId}/virtualNetworkLinks`;
export const recordsKey = (zoneId: string): string => `${zoneId}/A`;
export const zonesKey = (subscriptionId: string): string =>
  `/subscriptions/${subscriptionId}/privateDnsZones`;
export const serversKey = (subscriptionId: string): string => `/subscriptions/${subscriptionId}/machines`;
export const serviceTagsKey = (subscriptionId: string): string =>
  `/subscriptions/${subscriptionId}/serviceTags`;
export const subscriptionsKey = '/subscriptions';

/** The zone group's name under each endpoint; it cannot carry a tag, so its name says whose it is. */
export const zoneGroupName = 'arc-private-link';

export function zoneGroupId(endpointId: string): string {
  return childId(endpointId, 'privateDnsZoneGroups', zoneGroupName);
}

export function zoneId(groupId: string, zoneName: string): string {
  return `${groupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`;
}

/** The resource group that an id lies in, as an ARM id. */
export function groupOf(id: string): string {
  const at = id.toLowerCase().indexOf('/providers/');
  return at < 0 ? id : id.slice(0, at);
}

/** The resource that a child's id belongs to. */
export function parentOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}

import { AzureError } from '../azure/errors.ts';
import { idKey, parseResourceId } from '../azure/ids.ts';
import { ready, working, type Pass, type StepResult } from './context.ts';
import { zoneId } from './desired.ts';
import { removeEndpoints, removeLinks, removeZoneGroups, removeZones } from './dismantle.ts';
import { isOurs } from './ownership.ts';

/** What this object made, by what Azure and the status know of it. */
export interface Made {
  endpointIds: string[];
  zoneIds: string[];
}

/**
 * Everything that carries our tag: endpoints that lead to the scope or stand in the status, zones of the subscriptions
 * and resource groups that are or were used. Found in Azure first, so that a lost status loses nothing.
 */
export async function madeByUs(pass: Pass): Promise<Made> {
  const recorded = pass.object.status?.endpoints ?? [];
  const connections = await pass.azure.listConnections(pass.desired.scopeId);
  const endpointIds = unique([
    ...pass.desired.endpoints.map(({ id }) => id),
    ...recorded.flatMap(({ id }) => id ?? []),
    ...connections.map(({ privateEndpointId }) => privateEndpointId),
  ]);
  const groups = unique([
    ...pass.desired.endpoints.flatMap(({ dns }) => dns?.groupId ?? []),
    ...recorded.flatMap(({ zoneResourceGroupId }) => zoneResourceGroupId ?? []),
  ]);
  const names = pass.zoneNames;
  const tagged = await taggedZones(pass, groups);
  return {
    endpointIds,
    zoneIds: unique([...groups.flatMap((group) => names.map((name) => zoneId(group, name))), ...tagged]),
  };
}

/** Zones with our tag in the subscriptions concerned; none where the identity may not list a whole subscription. */
async function taggedZones(pass: Pass, groups: readonly string[]): Promise<string[]> {
  const subscriptions = unique([
    pass.object.spec.subscriptionId,
    ...groups.map((group) => parseResourceId(`${group}/providers/a/b/c`)?.subscriptionId ?? ''),
  ]);
  const zones: string[] = [];
  for (const subscription of subscriptions) {
    try {
      const listed = await pass.azure.listZones(subscription);
      zones.push(...listed.filter((zone) => isOurs(zone, pass.desired.owner)).map(({ id }) => id));
    } catch (error) {
      if (!(error instanceof AzureError) || ![403, 404, 405].includes(error.status)) throw error;
      pass.log.debug({ subscription }, 'zones of the subscription cannot be listed');
    }
  }
  return zones;
}

/** Removes what the spec no longer asks for, names first, then endpoints, then zones. */
export async function removeLeftovers(pass: Pass): Promise<StepResult> {
  const made = await madeByUs(pass);
  const wantedEndpoints = new Set(pass.desired.endpoints.map(({ id }) => idKey(id)));
  const withDns = pass.desired.endpoints.filter(({ dns }) => dns !== undefined);
  const wantedZones = new Set(
    withDns.flatMap(({ dns }) => pass.zoneNames.map((name) => idKey(zoneId(dns?.groupId ?? '', name)))),
  );
  const endpointIds = made.endpointIds.filter((id) => !wantedEndpoints.has(idKey(id)));
  const zoneIds = made.zoneIds.filter((id) => !wantedZones.has(idKey(id)));
  const noLongerManaged = pass.desired.endpoints.filter(({ dns }) => dns === undefined).map(({ id }) => id);

  const names = [
    ...(await removeZoneGroups(pass, [...endpointIds, ...noLongerManaged])),
    ...(await removeLinks(pass, zoneIds)),
  ];
  if (names.length > 0) return working(`Removing ${names.join(', ')}`);
  const rest = [...(await removeEndpoints(pass, endpointIds)), ...(await removeZones(pass, zoneIds))];
  if (rest.length > 0) return working(`Removing ${rest.join(', ')}`);
  pass.leftoversGone = true;
  return ready('Nothing is left over.');
}

export function unique(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [idKey(id), id])).values()].filter((id) => id !== '');
}

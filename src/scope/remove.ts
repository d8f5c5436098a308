import { finalizer, scopes } from '../api/resources.ts';
import { nameOf, sameId } from '../azure/ids.ts';
import { isTrue } from '../runtime/conditions.ts';
import { removeFinalizer } from '../runtime/status.ts';
import { working, type Pass, type StepResult } from './context.ts';
import { removeEndpoints, removeLinks, removeZoneGroups, removeZones, running } from './dismantle.ts';
import { madeByUs } from './leftovers.ts';
import { isOurs } from './ownership.ts';
import { serversInScope } from './servers.ts';

/**
 * Deletion, in the order that cuts nobody off: name resolution → servers → endpoints → zones → connections → scope.
 * Each stage is over when Azure answers 404 for all of it. Gives 'gone' when nothing of ours is left.
 */
export async function remove(pass: Pass): Promise<StepResult | 'gone'> {
  const live = liveAssociations(pass);
  if (live.length > 0)
    return blocked(
      pass,
      'AssociationsExist',
      `Associations still use this scope: ${listed(live)}. Delete them first.`,
    );
  const scope = await pass.azure.getScope(pass.desired.scopeId);
  pass.scope = scope;
  if (isOurs(scope, pass.desired.owner))
    pass.zoneNames = await pass.azure.requiredZoneNames(pass.desired.scopeId);
  const made = await madeByUs(pass);

  const names = [
    ...(await removeZoneGroups(pass, made.endpointIds)),
    ...(await removeLinks(pass, made.zoneIds)),
  ];
  if (names.length > 0) return working(`Removing ${names.join(', ')}`, 'Deleting');
  pass.namesRemoved = true;

  const leaving = terminatingAssociations(pass);
  if (leaving.length > 0)
    return working(
      `Waiting until the associations have released their servers: ${listed(leaving)}`,
      'Deleting',
    );
  if (isOurs(scope, pass.desired.owner)) {
    const servers = await serversInScope(pass, 0);
    if (servers.length > 0) {
      const message = `${servers.length} servers still point to this scope: ${listed(servers.map(({ name }) => name))}. Take them out of it first, or set deletionPolicy: Retain.`;
      return blocked(pass, 'ServersAssociated', message);
    }
  }
  const endpoints = await removeEndpoints(pass, made.endpointIds);
  if (endpoints.length > 0) return working(`Removing ${endpoints.join(', ')}`, 'Deleting');
  const zones = await removeZones(pass, made.zoneIds);
  if (zones.length > 0) return working(`Removing ${zones.join(', ')}`, 'Deleting');
  if (!isOurs(scope, pass.desired.owner)) return 'gone';
  return await removeScope(pass);
}

/** What is left of connections, then the scope. A connection whose endpoint lives belongs to someone else. */
async function removeScope(pass: Pass): Promise<StepResult | 'gone'> {
  const { azure, desired } = pass;
  const connections = await azure.listConnections(desired.scopeId);
  const strangers: string[] = [];
  for (const connection of connections) {
    const endpoint = await azure.getEndpoint(connection.privateEndpointId);
    const leads = endpoint?.connections.some(({ scopeId }) => sameId(scopeId, desired.scopeId)) ?? false;
    if (leads) strangers.push(nameOf(connection.privateEndpointId));
    else if (!(await running(pass, connection.id))) await azure.deleteConnection(connection.id);
  }
  if (strangers.length > 0) {
    const message = `Private endpoints of others still lead to this scope: ${listed(strangers)}. Remove them first, or set deletionPolicy: Retain.`;
    return blocked(pass, 'ConnectionsExist', message);
  }
  if (connections.length > 0) return working('Removing the connections of the scope', 'Deleting');
  if (!(await running(pass, desired.scopeId))) await azure.deleteScope(desired.scopeId);
  return (await azure.getScope(desired.scopeId)) === undefined
    ? 'gone'
    : working(`Removing scope ${nameOf(desired.scopeId)}`, 'Deleting');
}

function blocked(pass: Pass, reason: string, message: string): StepResult {
  const seen = isTrue(pass.object.status?.conditions, 'DeletionBlocked');
  if (!seen) pass.deps.events.event(pass.object, 'Warning', 'DeletionBlocked', message);
  pass.blocked = { reason, message };
  return working(message, reason, 15_000);
}

function associationsOf(pass: Pass) {
  return pass.deps.associations
    .list(pass.object.metadata.namespace)
    .filter(({ spec }) => spec.scopeRef?.name === pass.object.metadata.name);
}

function liveAssociations(pass: Pass): string[] {
  return associationsOf(pass)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
}

function terminatingAssociations(pass: Pass): string[] {
  return associationsOf(pass)
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);
}

const mostListed = 10;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).join(', ');
  return names.length <= mostListed ? shown : `${shown} and ${names.length - mostListed} more`;
}

/** Lets the object go. */
export async function release(pass: Pick<Pass, 'deps' | 'object'>): Promise<void> {
  await removeFinalizer(pass.deps.client, scopes, pass.object, finalizer);
}

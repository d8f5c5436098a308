import type { Azure, Scope, Tags } from '../azure/types.ts';
import { missingTags } from '../domain/tags.ts';
import type { ScopeDeps } from './deps.ts';
import { deleteConfigMap, writeConfigMap } from './exporting/write.ts';
import type { CreateScope, DeleteConfigMap, Deletion, ScopeAction, WriteConfigMap } from './actions.ts';
import { Overridden } from './overridden.ts';

/**
 * One call of Azure, or one write of an export: the only place that writes there. Gives what was answered where the call
 * is over with it, and undefined where Azure goes on in the background.
 */
export async function perform(
  { client }: Pick<ScopeDeps, 'client'>,
  azure: Azure,
  action: ScopeAction,
): Promise<unknown> {
  if (action.call === 'writeConfigMap') return await writeConfigMap(client, action);
  if (action.call === 'deleteConfigMap') return await deleteConfigMap(client, action);
  return await performOnAzure(azure, action);
}

async function performOnAzure(
  azure: Azure,
  action: Exclude<ScopeAction, WriteConfigMap | DeleteConfigMap>,
): Promise<unknown> {
  if (action.verb === 'DELETE') return await deletions[action.call](azure, action.id);
  const call = writes[action.call] as Write<typeof action>;
  return await call(azure, action);
}

type Write<A> = (azure: Azure, action: A) => Promise<unknown>;
type Writing = Exclude<ScopeAction, Deletion | WriteConfigMap | DeleteConfigMap>;

const writes: { [C in Writing['call']]: Write<Extract<Writing, { call: C }>> } = {
  createScope,
  updateScope,
  setTags,
  removeTags: (azure, { of, tags }) => azure.removeTags(of, tags),
  createEndpoint: (azure, { id, spec }) => azure.putEndpoint(id, spec),
  updateEndpoint: (azure, { seen, change }) => azure.updateEndpoint(seen, change),
  createZone: (azure, { id, tags }) => azure.putZone(id, tags),
  createLink: (azure, { id, spec }) => azure.putZoneLink(id, spec),
  updateLink: (azure, { seen, change }) => azure.updateZoneLink(seen, change),
  putZoneGroup: (azure, { id, zoneIds, seen }) => azure.putZoneGroup(id, zoneIds, seen),
  createRule: (azure, { id, spec }) => azure.putSecurityRule(id, spec),
  updateRule: (azure, { seen, spec }) => azure.updateSecurityRule(seen, spec),
};

const deletions: Record<Deletion['call'], (azure: Azure, id: string) => Promise<void>> = {
  deleteScope: (azure, id) => azure.deleteScope(id),
  deleteConnection: (azure, id) => azure.deleteConnection(id),
  deleteEndpoint: (azure, id) => azure.deleteEndpoint(id),
  deleteZoneGroup: (azure, id) => azure.deleteZoneGroup(id),
  deleteZone: (azure, id) => azure.deleteZone(id),
  deleteLink: (azure, id) => azure.deleteZoneLink(id),
  deleteRule: (azure, id) => azure.deleteSecurityRule(id),
};

async function createScope(azure: Azure, { id, spec, namesAccess }: CreateScope): Promise<Scope> {
  const answer = await azure.putScope(id, spec);
  return namesAccess ? withAccess(answer, spec.publicNetworkAccess) : answer;
}

async function updateScope(
  azure: Azure,
  { seen, publicNetworkAccess }: Extract<ScopeAction, { call: 'updateScope' }>,
): Promise<Scope> {
  return withAccess(await azure.updateScope(seen, { publicNetworkAccess }), publicNetworkAccess);
}

function withAccess(answer: Scope, wanted: string): Scope {
  if (answer.publicNetworkAccess === wanted) return answer;
  throw new Overridden(accessOverridden(answer.publicNetworkAccess, wanted), answer);
}

function accessOverridden(is: string, wanted: string): string {
  return `Azure keeps public access at ${is} although the spec says ${wanted}; a policy does that. Change the policy or the spec.`;
}

async function setTags(
  azure: Azure,
  { of, tags, what }: Extract<ScopeAction, { call: 'setTags' }>,
): Promise<Tags> {
  const answer = await azure.mergeTags(of, tags);
  const lost = missingTags(answer, tags, 'any');
  if (lost === undefined) return answer;
  const names = Object.keys(lost).sort().join(', ');
  const message = `Azure changes or drops tags of ${what} (${names}); a policy does that. Change the policy or the spec.`;
  throw new Overridden(message, answer);
}

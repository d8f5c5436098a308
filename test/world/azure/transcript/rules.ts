import { endpointId, hisZone, hub, otherScopeId, scopeId, serverId, subscription } from '../../small-seed.ts';
import { bound, endpoint } from './chapters.ts';
import { Script } from './script.ts';

/** What an administrator, a limit or a fault of the service makes of requests, every answer written down. */

const servers = `/subscriptions/${subscription}/providers/Microsoft.HybridCompute/machines`;
const tagsOf = (id: string): string => `${id}/providers/Microsoft.Resources/tags/default`;

export function administration(): string {
  const script = new Script('Rights, policies and locks');
  const { ask } = bound(script);
  const { rules } = script.world;
  const patch = { properties: {} };
  rules.forbid('Microsoft.HybridCompute/machines/write', serverId('office'));
  for (const name of ['office', 'taken']) ask('PATCH', serverId(name), patch);
  rules.permit('Microsoft.HybridCompute/machines/write');
  ask('PATCH', serverId('office'), patch);
  rules.forbid('Microsoft.HybridCompute/machines/read', serverId('web'));
  ask('GET', serverId('web-1'));
  rules.permit('Microsoft.HybridCompute/machines/read');
  rules.forbid('Microsoft.Network/virtualNetworks/subnets/join/action');
  ask('PUT', endpointId, endpoint(otherScopeId));
  rules.permit('Microsoft.Network/virtualNetworks/subnets/join/action');
  rules.hide(serverId('office'));
  for (const id of [servers, serverId('office')]) ask('GET', id);
  rules.show(serverId('office'));
  rules.deny({
    type: 'Microsoft.HybridCompute/machines',
    policyAssignmentId: '/assignment',
    below: serverId('office'),
  });
  for (const name of ['office', 'taken']) ask('PATCH', serverId(name), patch);
  ask('PATCH', tagsOf(serverId('office')), { operation: 'Merge', properties: { tags: { a: '1' } } });
  rules.undeny('Microsoft.HybridCompute/machines');
  rules.lock(serverId('office'));
  ask('PATCH', serverId('office'), patch);
  ask('DELETE', serverId('office'));
  rules.lock(serverId('office'), 'ReadOnly');
  for (const method of ['GET', 'PATCH', 'DELETE'])
    ask(method, serverId('office'), method === 'PATCH' ? patch : undefined);
  rules.unlock(serverId('office'));
  rules.permitOnly(['Microsoft.HybridCompute/*/read']);
  for (const method of ['GET', 'DELETE']) ask(method, serverId('office'));
  rules.vanish(subscription);
  for (const path of [servers, serverId('office'), '/subscriptions']) ask('GET', path);
  return script.text();
}

export async function tags(): Promise<string> {
  const script = new Script('Tags');
  const { ask, follow } = bound(script);
  const change = (operation: string, given: object): unknown =>
    ask('PATCH', tagsOf(otherScopeId), { operation, properties: { tags: given } });
  change('Merge', { a: '1', b: '2' });
  change('Merge', { A: '3' });
  change('Delete', { b: 'other', A: '3' });
  change('Replace', { c: '4' });
  change('Odd', {});
  change('Merge', Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, ''])));
  ask('GET', tagsOf(otherScopeId));
  ask('PATCH', tagsOf(scopeId), { operation: 'Merge', properties: { tags: {} } });
  const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`t${index}`, '1']));
  await follow('PUT', hisZone, { location: 'global', tags: { 'a:b': '1', 'a b': '1', ...many } });
  ask('GET', hisZone);
  ask('PATCH', tagsOf(hisZone), { operation: 'Replace', properties: { tags: { team: 'plant' } } });
  ask('GET', hisZone);
  return script.text();
}

export async function limits(): Promise<string> {
  const script = new Script('Limits');
  await spend(script, 'PATCH', serverId('office'), 200);
  await spend(script, 'DELETE', serverId('none'), 200);
  await spend(script, 'GET', serverId('office'), 250);
  const window = new Script('The window of servers', { regime: 'window' });
  await spend(window, 'PATCH', serverId('office'), 320);
  await window.wait(200);
  window.ask('PATCH', serverId('office'), {});
  await window.wait(100);
  window.ask('PATCH', serverId('office'), {});
  window.ask('PATCH', otherScopeId, {});
  return `${script.text()}\n\n${window.text()}`;
}

async function spend(script: Script, method: string, path: string, size: number): Promise<void> {
  for (let count = 1; count < size; count += 1) script.quietly(method, path);
  for (let count = 0; count < 2; count += 1) script.ask(method, path);
  script.quietly(method, path);
  await script.wait(1);
  script.ask(method, path);
}

export async function failures(): Promise<string> {
  const script = new Script('Operations that fail');
  const { ask, follow } = bound(script);
  const fail = (type: string, state?: 'Failed' | 'Canceled'): void =>
    script.world.operations.failNext({
      type,
      code: 'Odd',
      message: 'No.',
      ...(state === undefined ? {} : { state }),
    });
  fail('Microsoft.Network/privateEndpoints');
  await follow('PUT', endpointId, endpoint(otherScopeId));
  ask('GET', endpointId);
  await follow('PUT', endpointId, endpoint(otherScopeId));
  fail('Microsoft.Network/privateEndpoints', 'Canceled');
  await follow('DELETE', endpointId);
  ask('GET', endpointId);
  fail('Microsoft.Network/privateDnsZones');
  await follow('PUT', hisZone, { location: 'global' });
  ask('GET', hisZone);
  await follow('PUT', hisZone, { location: 'global' });
  fail('Microsoft.Network/privateDnsZones');
  await follow('DELETE', hisZone);
  ask('GET', hisZone);
  const begun = script.quietly('PUT', `${hub}/subnets/more`, {
    properties: { addressPrefix: '10.0.2.0/28' },
  });
  const address = begun.headers['azure-asyncoperation'] ?? '';
  ask('GET', address.replace(/&s=[^&]*/, ''));
  ask('GET', address.replace(/operations\/[^?]+/, 'operations/none'));
  ask('GET', address);
  return script.text();
}

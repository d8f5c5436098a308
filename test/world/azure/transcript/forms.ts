import { endpointId, hisZone, hub, idOf, otherScopeId, serverId, subscription } from '../../small-seed.ts';
import { bound, endpoint } from './chapters.ts';
import { Script } from './script.ts';

/** What Azure makes of requests that are not as they must be: versions, names, media types. */
export function forms(): string {
  const script = new Script('The form of requests');
  const { ask } = bound(script);
  const bare = {
    method: 'GET',
    url: new URL(otherScopeId, 'https://management.azure.com'),
    headers: {},
    body: '',
  };
  const { status, body } = script.world.handle(bare);
  script.note(`\n> GET ${otherScopeId} of no version\n< ${status}\n${body}`);
  for (const version of ['', 'latest', '2024-06-01', '2021-05-20', '2025-02-19-preview'])
    ask('GET', `${otherScopeId}/privateLinkResources?api-version=${version}`);
  for (const id of [hisZone, hub, `/subscriptions/${subscription}/resourceGroups/rg`])
    ask('GET', `${id}?api-version=2021-05-20`);
  script.world.quirks.versions = (_, known) => known.slice(0, 2);
  ask('GET', otherScopeId);
  delete script.world.quirks.versions;
  for (const type of ['', 'text/plain', 'application/json; charset=utf-8'])
    ask('PATCH', serverId('office'), {}, { 'content-type': type });
  const sibling = (name: string): string => endpointId.replace(/[^/]+$/, name);
  for (const name of ['a', 'a'.repeat(65), 'a-', 'a b', 'a_'])
    ask('PUT', sibling(name), endpoint(otherScopeId));
  for (const name of ['one', `${'a'.repeat(64)}.com`, 'a..b'])
    ask('PUT', hisZone.replace(/[^/]+$/, name), { location: 'global' });
  for (const name of ['a'.repeat(255), 'a'.repeat(256), 'a(b)'])
    ask('PUT', idOf('rg', 'Microsoft.HybridCompute/privateLinkScopes', name), { location: 'westeurope' });
  for (const name of ['a'.repeat(54), 'a'.repeat(55)]) ask('PUT', serverId(name), { location: 'westeurope' });
  for (const name of ['a'.repeat(90), 'a.'])
    ask('PUT', `/subscriptions/${subscription}/resourceGroups/${name}`, { location: 'westeurope' });
  return script.text();
}

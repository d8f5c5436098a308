import type { Laboratory } from '../../world/laboratory.ts';
import { otherScopeId, subscription } from '../../world/small-seed.ts';
import { zoneNames } from '../../world/scope-lab.ts';
import { scopeSubject, type Spec } from './admission.ts';
import type { Difference } from './differ.ts';
import { foreignZone, owned } from './estate.ts';
import type { Model } from './life.ts';
import { ruleObstacles, type GroupSpec } from './rule-model.ts';
import { differences } from './scope-model.ts';

/** ArcPrivateLinkScopes on the estate: what stands in their way, and what stays when a change is taken back. */

interface Endpoint {
  name: string;
  azureName?: string;
  customNetworkInterfaceName?: string;
  subscriptionId?: string;
  resourceGroup?: string;
  subnetId: string;
  approval: string;
  dns: { mode: string; subscriptionId?: string; resourceGroup?: string; linkVirtualNetworkIds?: string[] };
}

interface Scope {
  subscriptionId: string;
  resourceGroup: string;
  location: string;
  azureName?: string;
  adoptionPolicy: string;
  credentialsSecretRef?: { name: string };
  privateEndpoints: Endpoint[];
  networkSecurityGroups: GroupSpec[];
}

export const scopeModel: Model = {
  subject: scopeSubject,
  leastMs: 0,
  prepare: () => Promise.resolve(),
  differences: (lab, stored) => differences(lab.world, stored, scopeSubject.name, 'cluster/lab/net'),
  obstacles: (lab, stored) => obstacles(lab, stored),
  lasting,
  between() {},
};

const secretNames = ['arc-private-link-credentials', 'another'];

function obstacles(lab: Laboratory, stored: Spec): string[] {
  const spec = stored as unknown as Scope;
  const secret = spec.credentialsSecretRef?.name;
  if (secret !== undefined && !secretNames.includes(secret)) return ['SecretNotFound'];
  return [
    ...scopeObstacles(lab, spec),
    ...spec.privateEndpoints.flatMap((one) => endpointObstacles(lab, spec, one)),
    ...linkObstacles(lab, spec),
    ...ruleObstacles(lab.world, spec.networkSecurityGroups),
  ];
}

/** A group that is missing in a subscription that nobody knows is told by Azure as either. */
function groupObstacles(lab: Laboratory, own: string, group: string): string[] {
  const there = lab.portal.get(`/subscriptions/${own}/resourceGroups/${group}`) !== undefined;
  return there ? [] : ['ResourceGroupNotFound', 'SubscriptionNotFound'];
}

function scopeObstacles(lab: Laboratory, spec: Scope): string[] {
  const { subscriptionId, resourceGroup, azureName = '', adoptionPolicy } = spec;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.HybridCompute/privateLinkScopes/${azureName}`;
  const taken = id.toLowerCase() === otherScopeId.toLowerCase() && adoptionPolicy === 'Never';
  return [...groupObstacles(lab, subscriptionId, resourceGroup), ...(taken ? ['AlreadyExists'] : [])];
}

const networkOf = (subnetId: string): string =>
  subnetId.slice(0, subnetId.toLowerCase().indexOf('/subnets/'));
const low = (text: string): string => text.toLowerCase();

function endpointObstacles(lab: Laboratory, spec: Scope, endpoint: Endpoint): string[] {
  const own = endpoint.subscriptionId ?? spec.subscriptionId;
  const group = endpoint.resourceGroup ?? spec.resourceGroup;
  const reasons = groupObstacles(lab, own, group);
  if (lab.portal.get(endpoint.subnetId) === undefined) reasons.push('SubnetNotFound', 'SubscriptionNotFound');
  if (low(endpoint.subnetId).endsWith('/tiny')) reasons.push('SubnetFull');
  if (endpoint.approval === 'Manual') reasons.push('AwaitingApproval');
  if (endpoint.dns.mode === 'None') return reasons;
  const { subscriptionId = own, resourceGroup = group } = endpoint.dns;
  reasons.push(...groupObstacles(lab, subscriptionId, resourceGroup));
  const zone = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/privateDnsZones/${zoneNames[2]}`;
  if (low(zone) === low(foreignZone) && spec.adoptionPolicy === 'Never') reasons.push('AlreadyExists');
  return reasons;
}

/** What Azure has once: the endpoint, whose name is by default that of the object and its own, and its interface. */
function namesOf(spec: Scope, endpoint: Endpoint): string[] {
  const { azureName, name, subscriptionId, resourceGroup, customNetworkInterfaceName: nic } = endpoint;
  const own = `${subscriptionId ?? spec.subscriptionId}/${resourceGroup ?? spec.resourceGroup}`;
  const address = `${own}/${azureName ?? `${scopeSubject.name}-${name}`}`;
  return [address, ...(nic === undefined ? [] : [`${own} interface ${nic}`])].map(low);
}

/** Two endpoints or interfaces of one name; a VNet that is missing, or linked to another set of zones, by somebody else or by the object itself. */
function linkObstacles(lab: Laboratory, spec: Scope): string[] {
  const reasons: string[] = [];
  const names = spec.privateEndpoints.flatMap((one) => namesOf(spec, one));
  if (new Set(names).size < names.length) reasons.push('ManagementConflict');
  const networks = new Set(spec.privateEndpoints.map(({ subnetId }) => low(networkOf(subnetId))));
  const linked = new Map<string, string>([[low(owned), low(`${subscription}/rg-other`)]]);
  for (const { subnetId, dns, ...endpoint } of spec.privateEndpoints) {
    if (dns.mode === 'None') continue;
    const own = dns.subscriptionId ?? endpoint.subscriptionId ?? spec.subscriptionId;
    const group = dns.resourceGroup ?? endpoint.resourceGroup ?? spec.resourceGroup;
    for (const id of [networkOf(subnetId), ...(dns.linkVirtualNetworkIds ?? [])].map(low)) {
      if (lab.portal.get(id) === undefined)
        reasons.push('SubnetNotFound', 'BadRequest', 'InvalidResourceReference', 'SubscriptionNotFound');
      const set = low(`${own}/${group}`);
      if ((linked.get(id) ?? set) !== set)
        reasons.push('VirtualNetworkLinked', 'VirtualNetworkInUse', 'BadRequest');
      linked.set(id, set);
      // A VNet with an endpoint of its own resolves through that one.
      if (id !== low(networkOf(subnetId)) && networks.has(id)) reasons.push('VirtualNetworkInUse');
    }
  }
  return reasons;
}

/**
 * Documented: tags are merged, so that one that the spec no longer names stays; public access and a resolution policy
 * that it no longer names are left as they are.
 */
function lasting({ path }: Difference, tried: readonly Spec[]): boolean {
  const text = JSON.stringify(tried);
  const tag = /\|tags\|([^|]+)$/.exec(path)?.[1];
  if (tag !== undefined) return text.includes(JSON.stringify(tag));
  if (/\|?publicNetworkAccess$/.test(path)) return text.includes('"publicNetworkAccess"');
  return path.endsWith('|resolutionPolicy') && text.includes('"resolutionPolicy"');
}

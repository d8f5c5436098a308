import { ArmFailure, empty, json, type Json } from '../http.ts';
import { parentId, place, same } from '../ids.ts';
import { busy, networkFailure, shown, type Call, type Provider } from '../provider.ts';
import type { Resource } from '../store.ts';
import type { AzureWorld } from '../world.ts';

/**
 * Network security groups and their rules. Recorded: 201 or 200 with Azure-AsyncOperation, Retry-After 1 for what is new,
 * deletions 202 with both headers; state Updating first; plural fields that were not set come back as empty lists.
 */
const groupType = 'Microsoft.Network/networkSecurityGroups';
const ruleType = 'Microsoft.Network/networkSecurityGroups/securityRules';

const pluralFields = [
  'sourcePortRanges',
  'destinationPortRanges',
  'sourceAddressPrefixes',
  'destinationAddressPrefixes',
];
const noLists = (): Json => Object.fromEntries(pluralFields.map((name) => [name, []]));

export const networkSecurityGroups: Provider = {
  type: groupType,

  put(call, existing) {
    const { location, tags, properties = {} } = call.body as GroupBody;
    const { securityRules = [], ...plain } = properties;
    const group = call.world.resources.put({
      id: call.id,
      name: call.name,
      type: groupType,
      ...(location === undefined ? {} : { location }),
      ...(tags === undefined ? {} : { tags }),
      etag: `W/"${call.world.etag()}"`,
      properties: { resourceGuid: call.world.guid(), ...plain, provisioningState: 'Updating' },
    });
    // A PUT of the group replaces its rules: those that are not sent are lost.
    for (const { id } of call.world.resources.below(group.id, ruleType)) call.world.resources.delete(id);
    for (const { name, properties: own } of securityRules) {
      const rule = plantRule(call.world, group.id, name, own);
      rule.properties['provisioningState'] = 'Updating';
    }
    const headers = begin(call, group, existing === undefined, () => {
      for (const one of [group, ...call.world.resources.below(group.id, ruleType)])
        one.properties['provisioningState'] = 'Succeeded';
    });
    return json(existing === undefined ? 201 : 200, renderGroup(call.world, group), headers);
  },

  delete(call, existing) {
    if (existing === undefined) return empty(204);
    const headers = begin(call, existing, true, () => call.world.resources.deleteTree(existing.id));
    return empty(202, headers);
  },

  render: (world, group) => renderGroup(world, group),
};

interface GroupBody {
  location?: string;
  tags?: Record<string, string>;
  properties?: Json & { securityRules?: { name: string; properties: Json }[] };
}

export const securityRules: Provider = {
  type: ruleType,

  put(call, existing) {
    const group = groupOf(call);
    const { properties = {} } = call.body as { properties?: Json };
    checkBusy(call, group);
    check(call, group, properties);
    const rule = plantRule(call.world, group.id, call.name, properties);
    rule.properties['provisioningState'] = 'Updating';
    const headers = begin(call, group, existing === undefined, () => {
      rule.properties['provisioningState'] = 'Succeeded';
    });
    return json(existing === undefined ? 201 : 200, shown(rule), headers);
  },

  delete(call, existing) {
    // Recorded: 404 with the group's name where the group is gone.
    const group = groupOf(call);
    if (existing === undefined) return empty(204);
    checkBusy(call, group);
    existing.properties['provisioningState'] = 'Deleting';
    return empty(
      202,
      begin(call, group, true, () => call.world.resources.delete(existing.id)),
    );
  },
};

/** What is sent for a rule that lets VirtualNetwork reach Entra ID; a test says what of it is otherwise. */
export function ruleProperties(priority: number, more: Json = {}): Json {
  return {
    priority,
    direction: 'Outbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourceAddressPrefix: 'VirtualNetwork',
    sourcePortRange: '*',
    destinationAddressPrefix: 'AzureActiveDirectory',
    destinationPortRange: '443',
    ...more,
  };
}

/** A rule as Azure keeps it, provisioned. */
export function plantRule(world: AzureWorld, groupId: string, name: string, properties: Json): Resource {
  return world.resources.put({
    id: `${groupId}/securityRules/${name}`,
    name,
    type: ruleType,
    etag: `W/"${world.etag()}"`,
    properties: { ...noLists(), ...properties, provisioningState: 'Succeeded' },
  });
}

export function plantGroup(world: AzureWorld, id: string, location = 'westeurope'): Resource {
  const properties = { resourceGuid: world.guid(), provisioningState: 'Succeeded' };
  const name = id.slice(id.lastIndexOf('/') + 1);
  return world.resources.put({
    id,
    name,
    type: groupType,
    location,
    etag: `W/"${world.etag()}"`,
    properties,
  });
}

function groupOf(call: Call): Resource {
  const id = parentId(call.id);
  const group = call.world.resources.get(id);
  if (group !== undefined) return group;
  const message = `The Resource '${groupType}/${id.slice(id.lastIndexOf('/') + 1)}' under resource group '${call.path.group}' was not found.`;
  throw new ArmFailure(404, 'ResourceNotFound', message);
}

/** Assumed: a group in work refuses a second change, as is recorded for subnets. */
function checkBusy(call: Call, group: Resource): void {
  const all = [group, ...call.world.resources.below(group.id, ruleType)];
  const atWork = all.some(({ properties }) =>
    ['Updating', 'Deleting'].includes(String(properties['provisioningState'])),
  );
  if (atWork) throw busy(group.id);
}

function check(call: Call, group: Resource, properties: Json): void {
  const { priority, direction } = properties;
  for (const name of ['protocol', 'access', 'priority', 'direction'])
    // Required by the specification; the code is assumed.
    if (properties[name] === undefined)
      throw networkFailure(400, 'InvalidRequestFormat', `Security rule ${call.name} has no ${name}.`);
  if (typeof priority !== 'number' || priority < 100 || priority > 4096) {
    const message = `Security rule has invalid Priority. Value provided: ${String(priority)} Allowed range 100-4096.`;
    throw networkFailure(400, 'SecurityRuleInvalidPriority', message);
  }
  // The specification: "Restricted to 140 chars". The code is assumed.
  if (String(properties['description'] ?? '').length > 140)
    throw networkFailure(400, 'InvalidRequestFormat', `The description of ${call.name} is too long.`);
  // Quoted in Azure/aks-engine#2106; that a direction has its own priorities, in hashicorp/terraform-provider-azurerm#27046.
  const other = call.world.resources
    .below(group.id, ruleType)
    .filter(({ id }) => !same(id, call.id))
    .find(
      (rule) =>
        rule.properties['priority'] === priority &&
        same(String(rule.properties['direction']), String(direction)),
    );
  if (other === undefined) return;
  const message = `Security rule ${call.name} conflicts with rule ${other.name}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`;
  throw networkFailure(400, 'SecurityRuleConflict', message);
}

function begin(call: Call, group: Resource, isNew: boolean, done: () => void): Record<string, string> {
  return call.world.operations.begin(call, {
    family: 'network',
    where: place(group.location ?? 'westeurope'),
    lastsMs: 2_000,
    ...(isNew ? { retryAfter: 1 } : {}),
    location: call.method === 'DELETE',
    done() {
      done();
      return undefined;
    },
    // Assumed: what it was to be stands there, Failed.
    failed() {
      const left = call.world.resources.get(call.id);
      if (left !== undefined) left.properties['provisioningState'] = 'Failed';
    },
  });
}

function renderGroup(world: AzureWorld, group: Resource): Json {
  const rules = world.resources.below(group.id, ruleType).map(shown);
  const properties = { ...group.properties, securityRules: rules, defaultSecurityRules: defaultRules(group) };
  return { ...shown(group), properties };
}

/** Recorded: the six that every group has. */
const defaults: readonly [
  name: string,
  direction: string,
  access: string,
  priority: number,
  from: string,
  to: string,
  why: string,
][] = [
  [
    'AllowVnetInBound',
    'Inbound',
    'Allow',
    65_000,
    'VirtualNetwork',
    'VirtualNetwork',
    'Allow inbound traffic from all VMs in VNET',
  ],
  [
    'AllowAzureLoadBalancerInBound',
    'Inbound',
    'Allow',
    65_001,
    'AzureLoadBalancer',
    '*',
    'Allow inbound traffic from azure load balancer',
  ],
  ['DenyAllInBound', 'Inbound', 'Deny', 65_500, '*', '*', 'Deny all inbound traffic'],
  [
    'AllowVnetOutBound',
    'Outbound',
    'Allow',
    65_000,
    'VirtualNetwork',
    'VirtualNetwork',
    'Allow outbound traffic from all VMs to all VMs in VNET',
  ],
  [
    'AllowInternetOutBound',
    'Outbound',
    'Allow',
    65_001,
    '*',
    'Internet',
    'Allow outbound traffic from all VMs to Internet',
  ],
  ['DenyAllOutBound', 'Outbound', 'Deny', 65_500, '*', '*', 'Deny all outbound traffic'],
];

function defaultRules(group: Resource): Json[] {
  const type = 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules';
  return defaults.map(([name, direction, access, priority, from, to, description]) => ({
    name,
    id: `${group.id}/defaultSecurityRules/${name}`,
    etag: group.etag ?? '',
    type,
    properties: {
      ...noLists(),
      provisioningState: String(group.properties['provisioningState']),
      description,
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: from,
      destinationAddressPrefix: to,
      access,
      priority,
      direction,
    },
  }));
}

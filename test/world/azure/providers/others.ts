import { empty, json, type Json } from '../http.ts';
import { shown, type Call, type Provider } from '../provider.ts';
import type { Resource } from '../store.ts';
import { place } from '../ids.ts';

/** Types that are only there so that the others have where to live. */

export const resourceGroups: Provider = {
  type: 'Microsoft.Resources/resourceGroups',
  put(call, existing) {
    const { location = '' } = call.body as { location?: string };
    const group = {
      id: call.id,
      name: call.name,
      type: 'Microsoft.Resources/resourceGroups',
      location,
      properties: { provisioningState: 'Succeeded' },
    };
    call.world.resources.put(group);
    return json(existing === undefined ? 201 : 200, group);
  },
};

/** Recorded: 201 or 200 with Azure-AsyncOperation and Retry-After 1; deletions 202 with both headers. */
function simple(type: string, extra: (world: Call['world'], id: string) => Json = () => ({})): Provider {
  const begin = (
    call: Call,
    retryAfter: boolean,
    location: boolean,
    done: () => void,
  ): Record<string, string> =>
    call.world.operations.begin(call, {
      family: 'network',
      where: place(String(call.body['location'] ?? 'westeurope')),
      lastsMs: 2_000,
      ...(retryAfter ? { retryAfter: 1 } : {}),
      location,
      done() {
        done();
        return undefined;
      },
    });
  return {
    type,
    put(call, existing) {
      const {
        location,
        tags,
        properties = {},
      } = call.body as { location?: string; tags?: Record<string, string>; properties?: Json };
      const resource = call.world.resources.put({
        id: call.id,
        name: call.name,
        type,
        ...(location === undefined ? {} : { location }),
        ...(tags === undefined ? {} : { tags }),
        etag: `W/"${call.world.etag()}"`,
        properties: { ...extra(call.world, call.id), ...properties, provisioningState: 'Updating' },
      });
      const headers = begin(
        call,
        existing === undefined,
        false,
        () => (resource.properties['provisioningState'] = 'Succeeded'),
      );
      const status = existing === undefined ? 201 : 200;
      return json(status, this.render?.(call.world, resource, false) ?? shown(resource), headers);
    },
    delete(call, existing) {
      if (existing === undefined) return empty(204);
      return empty(
        202,
        begin(call, true, true, () => call.world.resources.deleteTree(existing.id)),
      );
    },
  };
}

/** Recorded: what was not set comes back as empty lists, which is no drift. */
const pluralFields = [
  'sourcePortRanges',
  'destinationPortRanges',
  'sourceAddressPrefixes',
  'destinationAddressPrefixes',
];

const ruleType = 'Microsoft.Network/networkSecurityGroups/securityRules';

export const securityRules = simple(ruleType, () =>
  Object.fromEntries(pluralFields.map((name) => [name, []])),
);

export const applicationSecurityGroups = simple('Microsoft.Network/applicationSecurityGroups');

export const networkSecurityGroups: Provider = {
  ...simple('Microsoft.Network/networkSecurityGroups', (world) => ({ resourceGuid: world.guid() })),
  render(world, group) {
    const rules = world.resources.below(group.id, ruleType).map(shown);
    const properties = {
      ...group.properties,
      securityRules: rules,
      defaultSecurityRules: defaultRules(group),
    };
    return { ...shown(group), properties };
  },
};

/** One of the six that every group has; nothing reads the others. */
function defaultRules(group: Resource): Json[] {
  const name = 'AllowVnetInBound';
  const type = 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules';
  const plural = Object.fromEntries(pluralFields.map((field) => [field, []]));
  return [
    {
      name,
      id: `${group.id}/defaultSecurityRules/${name}`,
      etag: group.etag ?? '',
      type,
      properties: {
        ...plural,
        provisioningState: String(group.properties['provisioningState']),
        description: 'Allow inbound traffic from all VMs in VNET',
        protocol: '*',
        sourcePortRange: '*',
        destinationPortRange: '*',
        sourceAddressPrefix: 'VirtualNetwork',
        destinationAddressPrefix: 'VirtualNetwork',
        access: 'Allow',
        priority: 65_000,
        direction: 'Inbound',
      },
    },
  ];
}

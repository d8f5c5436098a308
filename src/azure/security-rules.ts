import type { SecurityRule as SdkRule } from '@azure/arm-network';
import type { Clients } from './clients.ts';
import { oneLine } from './error-body.ts';
import { unlessAbsent } from './errors.ts';
import { placeOf } from './ids.ts';
import { apiVersion } from './network.ts';
import type { Azure, RawBody, RuleSpec, SecurityRule } from './types.ts';

/** Microsoft.Network: rules of network security groups, one by one. A group itself is never written. */

type RuleCalls = Pick<
  Azure,
  'listSecurityRules' | 'putSecurityRule' | 'updateSecurityRule' | 'deleteSecurityRule'
>;

export function securityRuleCalls(clients: Clients): RuleCalls {
  const { raw } = clients;
  const at = (id: string) => {
    const { subscriptionId, ...place } = placeOf(id);
    return { sdk: clients.network(subscriptionId), ...place };
  };
  return {
    async listSecurityRules(groupId, mayChange) {
      // The group has its default rules as well; the listing of its rules has not.
      const group = (await raw.get(groupId, apiVersion)) as GroupBody | undefined;
      if (group === undefined) return undefined;
      const { securityRules = [], defaultSecurityRules = [] } = group.properties ?? {};
      return [...securityRules, ...defaultSecurityRules].map((rule) => {
        const read = readRule(rule);
        return mayChange(read) ? { ...read, raw: rule } : read;
      });
    },

    async putSecurityRule(id, spec) {
      const { sdk, group, name, child } = at(id);
      await sdk.securityRules.createOrUpdate(group, name, child, wanted(spec)).submitted();
    },

    async updateSecurityRule(seen, spec) {
      const properties = (seen.raw?.['properties'] ?? {}) as RawBody;
      const emptied = Object.fromEntries(
        plural.filter((name) => name in properties).map((name) => [name, []]),
      );
      const body = { ...seen.raw, properties: { ...properties, ...emptied, ...wanted(spec) } };
      await raw.send('PUT', seen.id, apiVersion, { body });
    },

    async deleteSecurityRule(id) {
      const { sdk, group, name, child } = at(id);
      await unlessAbsent(sdk.securityRules.delete(group, name, child).submitted());
    },
  };
}

/** The same in the SDK's words and on the wire: it puts them under `properties`. */
function wanted({ description, priority, serviceTag }: RuleSpec): SdkRule {
  return {
    description,
    priority,
    direction: 'Outbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourceAddressPrefix: 'VirtualNetwork',
    sourcePortRange: '*',
    destinationAddressPrefix: serviceTag,
    destinationPortRange: '443',
  };
}

/** What would stand beside the single values. */
const plural = [
  'sourceAddressPrefixes',
  'sourcePortRanges',
  'destinationAddressPrefixes',
  'destinationPortRanges',
  'sourceApplicationSecurityGroups',
  'destinationApplicationSecurityGroups',
];

interface GroupBody {
  properties?: { securityRules?: RawBody[]; defaultSecurityRules?: RawBody[] };
}

interface RuleBody {
  id?: string;
  name?: string;
  properties?: {
    provisioningState?: string;
    description?: string;
    priority?: number;
    direction?: string;
    access?: string;
    protocol?: string;
    sourceAddressPrefix?: string;
    sourceAddressPrefixes?: string[];
    sourcePortRange?: string;
    sourcePortRanges?: string[];
    destinationAddressPrefix?: string;
    destinationAddressPrefixes?: string[];
    destinationPortRange?: string;
    destinationPortRanges?: string[];
    sourceApplicationSecurityGroups?: unknown[];
    destinationApplicationSecurityGroups?: unknown[];
  };
}

function readRule(raw: RawBody): SecurityRule {
  const { id = '', name = '', properties: own = {} } = raw as RuleBody;
  return {
    id,
    name,
    provisioningState: own.provisioningState ?? 'Succeeded',
    description: oneLine(own.description ?? ''),
    priority: own.priority ?? 0,
    direction: own.direction ?? '',
    access: own.access ?? '',
    protocol: own.protocol ?? '',
    sources: both(own.sourceAddressPrefix, own.sourceAddressPrefixes),
    sourcePorts: both(own.sourcePortRange, own.sourcePortRanges),
    destinations: both(own.destinationAddressPrefix, own.destinationAddressPrefixes),
    destinationPorts: both(own.destinationPortRange, own.destinationPortRanges),
    ofGroups: {
      sources: (own.sourceApplicationSecurityGroups ?? []).length > 0,
      destinations: (own.destinationApplicationSecurityGroups ?? []).length > 0,
    },
  };
}

/** Azure has a single value or a list; the other one is absent or empty. */
function both(single: string | undefined, list: readonly string[] = []): string[] {
  return single === undefined || single === '' ? [...list] : [single, ...list];
}

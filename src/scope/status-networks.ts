import type { ArcPrivateLinkScopeStatus, NetworkStatus, SecurityRuleStatus } from '../api/types.ts';
import { idKey, sameId } from '../azure/ids.ts';
import { valueOf } from '../engine/picture.ts';
import type { DesiredGroup, DesiredRule } from './rules/desired-rules.ts';
import { statesOf } from './rules/group-state.ts';
import { isMarkedFor } from './rules/marks.ts';
import type { RuleState } from './rules/rule-state.ts';
import type { Seen } from './seen.ts';

/** What the status tells of network security groups and VNets. Pure. */
type NetworkFields = Pick<ArcPrivateLinkScopeStatus, 'networkSecurityGroups' | 'networks'>;

export function networkStatus(seen: Seen, before: ArcPrivateLinkScopeStatus): NetworkFields {
  if (seen.deleting) {
    const { networkSecurityGroups, networks } = before;
    return {
      ...(networkSecurityGroups === undefined ? {} : { networkSecurityGroups }),
      ...(networks === undefined ? {} : { networks }),
    };
  }
  const groups = seen.desired.securityGroups;
  const networks = networksOf(seen);
  return {
    ...(groups.length === 0
      ? {}
      : { networkSecurityGroups: groups.map((group) => groupStatus(seen, group, before)) }),
    ...(networks.length === 0 ? {} : { networks }),
  };
}

type GroupStatus = NonNullable<ArcPrivateLinkScopeStatus['networkSecurityGroups']>[number];

/** What was seen last of a group that cannot be read. */
function groupStatus(
  seen: Seen,
  group: DesiredGroup,
  { networkSecurityGroups = [] }: ArcPrivateLinkScopeStatus,
): GroupStatus {
  const rules = seen.securityGroups.get(idKey(group.id))?.rules;
  if (rules === undefined || rules.is === 'unknown')
    return networkSecurityGroups.find(({ id }) => sameId(id, group.id)) ?? { id: group.id, rules: [] };
  const stated = statesOf(seen, group, valueOf(rules) ?? []);
  return { id: group.id, rules: stated.map(({ wanted, state }) => ruleStatus(seen, wanted, state)) };
}

function ruleStatus(seen: Seen, wanted: DesiredRule, state: RuleState): SecurityRuleStatus {
  const { name, priority } = wanted;
  switch (state.is) {
    case 'found':
      return { name: state.rule.name, priority: state.rule.priority, state: 'Present', origin: 'Found' };
    case 'ours':
      return { name, priority, state: 'Present', origin: 'Created' };
    case 'conflict':
      return {
        name,
        priority,
        state: 'PriorityConflict',
        ...originOf(seen, state),
        conflictsWith: state.other.name,
      };
    case 'shadowed':
      return { name, priority, state: 'Shadowed', ...originOf(seen, state), conflictsWith: state.by.name };
    case 'foreign':
      return { name, priority, state: 'Missing', conflictsWith: state.rule.name };
    case 'due':
    case 'behind':
    case 'atWork':
      return { name, priority, state: 'Missing', ...originOf(seen, state) };
  }
}

function originOf(
  { desired }: Seen,
  { rule }: { rule?: { description: string } },
): Pick<SecurityRuleStatus, 'origin'> {
  if (rule === undefined) return {};
  return { origin: isMarkedFor(rule, desired.owner.tag) ? 'Created' : 'Found' };
}

function networksOf({ networkFacts, desired }: Seen): NetworkStatus[] {
  return [...networkFacts.values()].map(({ id, hybridConnection, network }) => {
    if (network === undefined) return { id, hybridConnection };
    const endpoint = desired.endpoints.find(({ networkId }) => sameId(networkId, id));
    const subnet = network.subnets.find((one) => sameId(one.id, endpoint?.subnetId));
    return {
      id,
      hybridConnection,
      dnsServers: network.dnsServers,
      ...(subnet === undefined ? {} : { privateEndpointNetworkPolicies: subnet.endpointPolicies }),
    };
  });
}

import type { AzureWorld } from '../../world/azure/world.ts';
import type { Resource } from '../../world/azure/store.ts';

/**
 * Which rules network security groups have to hold for a scope that is Ready, and what of the estate's rules may stand
 * in the way; written from the documentation of the fields alone.
 */
export interface GroupSpec {
  id: string;
  entraPriority: number;
  resourceManagerPriority: number;
  additionalServiceTags: { tag: string; priority: number; ruleName?: string }[];
}

interface Wanted {
  name: string;
  tag: string;
  priority: number;
}

const ruleType = 'Microsoft.Network/networkSecurityGroups/securityRules';
const low = (text: unknown): string => String(text ?? '').toLowerCase();

function wantedOf({ entraPriority, resourceManagerPriority, additionalServiceTags }: GroupSpec): Wanted[] {
  return [
    { name: 'AllowAADOutboundAccess', tag: 'AzureActiveDirectory', priority: entraPriority },
    { name: 'AllowAzOutboundAccess', tag: 'AzureResourceManager', priority: resourceManagerPriority },
    ...additionalServiceTags.map(({ tag, priority, ruleName }) => ({
      name: ruleName ?? `Allow${tag.split('.').join('')}OutboundAccess`,
      tag,
      priority,
    })),
  ];
}

const isOurs = ({ properties }: Resource): boolean =>
  String(properties['description'] ?? '').startsWith('arc-private-link-operator');

/** A rule of somebody else's that allows it, or ours as it shall be. */
function serves(rule: Resource, { name, tag, priority }: Wanted): boolean {
  const { access, protocol, destinationAddressPrefix, destinationPortRange } = rule.properties;
  const allows =
    access === 'Allow' &&
    protocol === 'Tcp' &&
    destinationPortRange === '443' &&
    low(destinationAddressPrefix) === low(tag);
  const isIt = low(rule.name) === low(name) && rule.properties['priority'] === priority;
  return allows && (isOurs(rule) ? isIt : true);
}

export function ruleLines(world: AzureWorld, groups: readonly GroupSpec[]): string[] {
  const missing = groups.flatMap((group) => {
    const rules = world.resources.below(group.id, ruleType);
    return wantedOf(group)
      .filter((wanted) => !rules.some((rule) => serves(rule, wanted)))
      .map(({ name }) => `${group.id} lacks the rule ${name}`);
  });
  const names = new Set(
    groups.flatMap((group) => wantedOf(group).map(({ name }) => low(`${group.id}/securityRules/${name}`))),
  );
  const left = world.resources
    .ofType(ruleType)
    .filter((rule) => isOurs(rule) && !names.has(low(rule.id)))
    .map(({ id }) => `${id} was left behind`);
  return [...missing, ...left];
}

export function ruleObstacles(world: AzureWorld, groups: readonly GroupSpec[]): string[] {
  return groups.flatMap((group) => {
    if (world.resources.get(group.id) === undefined)
      return ['NetworkSecurityGroupNotFound', 'SubscriptionNotFound'];
    const theirs = world.resources.below(group.id, ruleType).filter((rule) => !isOurs(rule));
    const open = wantedOf(group).filter((wanted) => !theirs.some((rule) => serves(rule, wanted)));
    return open.flatMap(({ name, priority }) =>
      theirs.flatMap((rule) => [
        ...(rule.properties['priority'] === priority ? ['PriorityConflict'] : []),
        ...(rule.properties['access'] === 'Deny' && Number(rule.properties['priority']) < priority
          ? ['ShadowedByDenyRule']
          : []),
        ...(low(rule.name) === low(name) ? ['RuleNameTaken'] : []),
      ]),
    );
  });
}

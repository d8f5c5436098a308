import type { ArcPrivateLinkScope, NetworkSecurityGroupSpec } from '../../api/types.ts';
import { childId } from '../../azure/ids.ts';
import { once } from '../../base/once.ts';

/** The security rules that the object asks for, every default resolved. Pure. */
export interface DesiredGroup {
  /** ARM id of the network security group. */
  id: string;
  rules: readonly DesiredRule[];
}

export interface DesiredRule {
  id: string;
  name: string;
  serviceTag: string;
  priority: number;
  /** Where the spec has its priority, as a JSON pointer. */
  field: string;
}

/** Of an object as it was read; asked for every object in every pass of another. */
export const desiredGroups = once(({ spec }: Pick<ArcPrivateLinkScope, 'spec'>): readonly DesiredGroup[] =>
  spec.networkSecurityGroups.map((group, index) => desiredGroup(group, index)),
);

/** The article's two rules, by its names, and further ones. */
function desiredGroup(group: NetworkSecurityGroupSpec, index: number): DesiredGroup {
  const { id, entraPriority, resourceManagerPriority, additionalServiceTags } = group;
  const at = `/spec/networkSecurityGroups/${index}`;
  const rule = (name: string, serviceTag: string, priority: number, field: string): DesiredRule => ({
    id: childId(id, 'securityRules', name),
    name,
    serviceTag,
    priority,
    field: `${at}/${field}`,
  });
  return {
    id,
    rules: [
      rule('AllowAADOutboundAccess', 'AzureActiveDirectory', entraPriority, 'entraPriority'),
      rule(
        'AllowAzOutboundAccess',
        'AzureResourceManager',
        resourceManagerPriority,
        'resourceManagerPriority',
      ),
      ...additionalServiceTags.map(({ tag, priority, ruleName }, position) =>
        rule(ruleName ?? nameFor(tag), tag, priority, `additionalServiceTags/${position}/priority`),
      ),
    ],
  };
}

function nameFor(tag: string): string {
  return `Allow${tag.replaceAll('.', '')}OutboundAccess`;
}

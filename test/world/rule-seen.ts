import type { SecurityRule } from '../../src/azure/types.ts';

/** A security rule in a picture: as ours allow it, unless `more` says otherwise. */
export function ruleSeen(groupId: string, name: string, more: Partial<SecurityRule> = {}): SecurityRule {
  return {
    id: `${groupId}/securityRules/${name}`,
    name,
    provisioningState: 'Succeeded',
    description: '',
    priority: 150,
    direction: 'Outbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: ['VirtualNetwork'],
    sourcePorts: ['*'],
    destinations: ['AzureActiveDirectory'],
    destinationPorts: ['443'],
    ofGroups: { sources: false, destinations: false },
    ...more,
  };
}

import { hub, idOf, spoke, subscription } from '../../small-seed.ts';
import type { Json } from '../http.ts';
import { plantGateway, plantPeering } from '../providers/gateways.ts';
import { ruleProperties } from '../providers/security-groups.ts';
import { bound } from './chapters.ts';
import { Script } from './script.ts';

/** Network security groups with their rules, and what VNets are connected with, every answer written down. */

const group = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg');
const ruleId = (name: string): string => `${group}/securityRules/${name}`;

const rule = (priority: number, more: Json = {}): object => ({ properties: ruleProperties(priority, more) });

export async function securityGroups(): Promise<string> {
  const script = new Script('A network security group and its rules');
  const { ask, follow } = bound(script);
  ask('PUT', ruleId('early'), rule(150));
  ask('DELETE', ruleId('early'));
  ask('GET', ruleId('early'));
  await follow('PUT', group, { location: 'westeurope', tags: { team: 'network' } });
  ask('GET', group);
  await follow('PUT', ruleId('one'), rule(150, { description: 'ours' }));
  ask('PUT', ruleId('two'), rule(150));
  ask('PUT', ruleId('two'), rule(151));
  ask('PUT', ruleId('three'), rule(152));
  ask('DELETE', ruleId('one'));
  await script.wait(3);
  await follow('PUT', ruleId('inbound'), rule(150, { direction: 'Inbound' }));
  await follow(
    'PUT',
    ruleId('one'),
    rule(150, { destinationPortRanges: ['443'], destinationPortRange: undefined }),
  );
  for (const [name, body] of [
    ['low', rule(99)],
    ['high', rule(4097)],
    ['wordy', rule(200, { description: 'x'.repeat(141) })],
    ['odd', rule(201, { access: undefined })],
  ] as const)
    ask('PUT', ruleId(name), body);
  ask('GET', ruleId('one'));
  ask('GET', `${group}/securityRules`);
  ask('GET', group);
  ask('GET', `/subscriptions/${subscription}/providers/Microsoft.Network/networkSecurityGroups`);
  script.world.operations.failNext({
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    code: 'Odd',
    message: 'No.',
  });
  await follow('PUT', ruleId('two'), rule(160));
  ask('GET', ruleId('two'));
  await follow('DELETE', ruleId('one'));
  ask('DELETE', ruleId('one'));
  const whole = rule(300) as { properties: object };
  await follow('PUT', group, {
    location: 'westeurope',
    properties: { securityRules: [{ name: 'only', properties: whole.properties }] },
  });
  ask('GET', group);
  await follow('DELETE', group);
  ask('DELETE', group);
  return script.text();
}

export function hybridConnections(): string {
  const script = new Script('VNets that are peered and connected');
  const { ask } = bound(script);
  const gateway = plantGateway(script.world, hub, ['ExpressRoute', 'IPsec', 'Vnet2Vnet']);
  const idle = plantGateway(script.world, spoke, []);
  plantPeering(script.world, hub, spoke);
  plantPeering(script.world, spoke, hub, true);
  for (const id of [hub, spoke]) ask('GET', id);
  for (const id of [gateway, idle]) ask('GET', `${id}/connections`);
  ask('GET', gateway);
  ask('GET', `${gateway}x/connections`);
  return script.text();
}

import { describe, expect, it } from '@jest/globals';
import {
  absent,
  decided,
  forbidden,
  overridden,
  refusing,
  settledSeen,
  there,
  throttled,
  unknown,
} from '../../../test/world/scope-seen.ts';
import { idOf } from '../../../test/world/small-seed.ts';
import { idKey } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import type { Known } from '../../engine/picture.ts';
import { ruleSeen } from '../../../test/world/rule-seen.ts';
import { markFor } from '../rules/marks.ts';
import type { Seen } from '../seen.ts';
import { networkRules } from './network-rules.ts';

const nsg = idOf('rg', 'Microsoft.Network/networkSecurityGroups', 'nsg');
const [entra, azure] = ['AllowAADOutboundAccess', 'AllowAzOutboundAccess'] as const;
const description = markFor('cluster/lab/net');

const mine = (name: string, more: Partial<SecurityRule> = {}): SecurityRule =>
  ruleSeen(nsg, name, {
    description,
    priority: name === entra ? 150 : 151,
    destinations: [name === entra ? 'AzureActiveDirectory' : 'AzureResourceManager'],
    ...more,
  });
const both = [mine(entra), mine(azure)];

function withRules(rules: Known<SecurityRule[]>, own: Seen = settled()): Seen {
  return { ...own, securityGroups: new Map([[idKey(nsg), { id: nsg, rules }]]) };
}

function settled(spec: Record<string, unknown> = {}): Seen {
  return settledSeen({ networkSecurityGroups: [{ id: nsg }], ...spec });
}

describe('the rules of network security groups', () => {
  it.each<[string, Seen, string, string[]]>([
    ['none asked for', settledSeen(), 'ready', []],
    ['both there', withRules(there(both)), 'ready', []],
    ['none there', withRules(there([])), 'working Provisioning', [`PUT ${entra}`, `PUT ${azure}`]],
    [
      'one changed',
      withRules(there([mine(entra, { access: 'Deny' }), mine(azure)])),
      'working Provisioning',
      [`PUT ${entra}`],
    ],
    [
      'one Failed',
      withRules(there([mine(entra), mine(azure, { provisioningState: 'Failed' })])),
      'working Provisioning',
      [`PUT ${azure}`],
    ],
    [
      'one Updating',
      withRules(there([mine(entra), mine(azure, { provisioningState: 'Updating' })])),
      'working Provisioning',
      [],
    ],
    [
      'Azure at work',
      withRules(there([mine(entra)], { busy: true })),
      'working Provisioning',
      [`PUT ${azure} after Azure's work on NSG nsg`],
    ],
    ['no group', withRules(absent), 'failed NetworkSecurityGroupNotFound', []],
    ['a group that may not be read', withRules(unknown(forbidden)), 'failed AuthorizationFailed', []],
    ['a group that was not read for now', withRules(unknown(throttled)), 'unread Throttled', []],
    [
      'a name that is taken',
      withRules(there([mine(azure), mine(entra, { description: '', destinations: ['Storage'] })])),
      'failed RuleNameTaken',
      [],
    ],
    [
      'another cluster’s rule',
      withRules(
        there([mine(azure), mine(entra, { description: markFor('x/y/z'), destinations: ['Storage'] })]),
      ),
      'failed ManagementConflict',
      [],
    ],
    [
      'a priority that is taken',
      withRules(
        there([mine(azure), ruleSeen(nsg, 'x', { priority: 150, access: 'Deny', destinations: ['Sql'] })]),
      ),
      'failed PriorityConflict',
      [],
    ],
    [
      'a denial before them',
      withRules(there([ruleSeen(nsg, 'x', { priority: 120, access: 'Deny', destinations: ['*'] })])),
      'failed ShadowedByDenyRule',
      [],
    ],
    [
      'a scope of somebody else',
      withRules(there([]), { ...settled(), scope: unknown(forbidden) }),
      'working Provisioning',
      [],
    ],
    [
      'a scope that is to be made',
      withRules(there([]), { ...settled(), scope: absent }),
      'working Provisioning',
      [`PUT ${entra} after scope net`, `PUT ${azure} after scope net`],
    ],
    [
      'a call that is refused',
      refusing(withRules(there([mine(entra)])), forbidden),
      'failed AuthorizationFailed',
      [`PUT ${azure}`],
    ],
    [
      'a change that a policy undoes',
      refusing(withRules(there([mine(entra, { priority: 160 }), mine(azure)])), overridden),
      'ready OverriddenByPolicy',
      [`PUT ${entra}`],
    ],
    [
      'a new rule that does not last',
      refusing(withRules(there([mine(entra)])), overridden),
      'failed OverriddenByPolicy',
      [`PUT ${azure}`],
    ],
  ])('with %s', (_, seen, verdict, planned) => {
    expect(decided(networkRules, seen)).toEqual({ verdict, planned });
  });

  it('lets one group’s trouble hold up no other', () => {
    const far = `${nsg}-far`;
    const seen = settled({ networkSecurityGroups: [{ id: nsg }, { id: far }] });
    const securityGroups = new Map([
      [idKey(nsg), { id: nsg, rules: absent }],
      [idKey(far), { id: far, rules: there<SecurityRule[]>([]) }],
    ]);
    expect(decided(networkRules, { ...seen, securityGroups })).toEqual({
      verdict: 'failed NetworkSecurityGroupNotFound',
      planned: [`PUT ${entra}`, `PUT ${azure}`],
    });
  });
});

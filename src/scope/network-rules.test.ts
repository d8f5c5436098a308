import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compare, sorted } from '../../test/world/planned.ts';
import {
  denial,
  entraRule,
  nsg,
  resourceManagerRule,
  rule,
  ruleId,
  RulesLab,
} from '../../test/world/rules-lab.ts';
import { key } from '../../test/world/scope-lab.ts';
import { scopes } from '../api/resources.ts';
import { markFor } from './rules/marks.ts';

const hour = 60 * 60_000;
const condition = 'NetworkRulesReady';

let lab: RulesLab;
beforeEach(async () => {
  lab = await RulesLab.open();
});
afterEach(() => lab.stop());

describe('the rules of a network security group', () => {
  it('are the two of the article, each written by itself, and the group never', async () => {
    lab.plant('theirs', rule(200, { destinationAddressPrefix: 'Storage' }));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(lab.ruleOf(entraRule)).toMatchObject(rule(150));
    expect(lab.ruleOf(resourceManagerRule)).toMatchObject(
      rule(151, { destinationAddressPrefix: 'AzureResourceManager' }),
    );
    expect(lab.ruleChanges()).toEqual([`PUT ${entraRule}`, `PUT ${resourceManagerRule}`]);
    expect(await lab.state(condition)).toBe('True Ready');
    expect(await lab.rules()).toEqual([
      `${entraRule} 150 Present Created`,
      `${resourceManagerRule} 151 Present Created`,
    ]);
    await lab.clock.advance(hour);
    expect((await lab.callsWithin(3 * hour)).writes).toBe(0);
  });

  it('also let servers reach further service tags, by names that are made of them or given', async () => {
    await lab.ask({
      additionalServiceTags: [
        { tag: 'AzureFrontDoor.Frontend', priority: 152 },
        { tag: 'AzureArcInfrastructure', priority: 153, ruleName: 'arc' },
      ],
    });
    await lab.becomes('True Ready');
    expect(lab.ruleOf('AllowAzureFrontDoorFrontendOutboundAccess')).toMatchObject(
      rule(152, { destinationAddressPrefix: 'AzureFrontDoor.Frontend' }),
    );
    expect(lab.ruleOf('arc')).toMatchObject(
      rule(153, { destinationAddressPrefix: 'AzureArcInfrastructure' }),
    );
  });

  it('say in their descriptions whose they are, in at most 140 characters', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    const description = String(lab.ruleOf(entraRule)?.['description']);
    expect(description).toMatch(/^arc-private-link-operator [0-9a-f]{32}$/);
    expect(description.length).toBeLessThanOrEqual(140);
  });

  it('are put right when somebody changes them, with what the operator does not know sent back', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    lab.portal.set(ruleId(entraRule), {
      access: 'Deny',
      destinationPortRange: '',
      destinationPortRanges: ['80', '443'],
      ofTomorrow: 'kept',
    });
    await lab.until(() => lab.ruleOf(entraRule)?.['access'] === 'Allow');
    expect(lab.ruleOf(entraRule)).toMatchObject({
      ...rule(150),
      destinationPortRanges: [],
      ofTomorrow: 'kept',
    });
    lab.portal.delete(ruleId(entraRule));
    await lab.until(() => lab.ruleOf(entraRule) !== undefined);
    await lab.clock.advance(60_000);
    expect(await lab.state()).toBe('True Ready');
  });

  it('are repeated when Azure made them and failed', async () => {
    lab.world.operations.failNext({
      type: 'Microsoft.Network/networkSecurityGroups/securityRules',
      code: 'InternalServerError',
      message: 'The service had a fault.',
    });
    await lab.ask();
    await lab.becomes('True Ready');
    expect(lab.ruleOf(entraRule)?.['provisioningState']).toBe('Succeeded');
    lab.portal.set(ruleId(entraRule), { provisioningState: 'Failed' });
    await lab.until(() => lab.ruleOf(entraRule)?.['provisioningState'] === 'Succeeded');
  });

  it('go one by one when the field goes, and nothing else does', async () => {
    lab.plant('theirs', rule(200, { destinationAddressPrefix: 'Storage' }));
    await lab.ask();
    await lab.becomes('True Ready');
    await lab.spec({ networkSecurityGroups: [] });
    await lab.until(
      () => lab.ruleOf(entraRule) === undefined && lab.ruleOf(resourceManagerRule) === undefined,
    );
    await lab.clock.advance(60_000);
    expect(lab.ruleOf('theirs')).toBeDefined();
    expect(lab.portal.get(nsg)).toBeDefined();
    expect(await lab.state()).toBe('True Ready');
    expect(await lab.state(condition)).toBe('');
    const { inventory, networkSecurityGroups } = await lab.status();
    expect(inventory?.map(({ id }) => id).filter((id) => id.includes('securityRules'))).toEqual([]);
    expect(networkSecurityGroups).toBeUndefined();
  });

  it('go with the object', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    await lab.remove();
    expect([lab.ruleOf(entraRule), lab.ruleOf(resourceManagerRule)]).toEqual([undefined, undefined]);
    expect(lab.portal.get(nsg)).toBeDefined();
  });

  it('are planned by Observe as Manage then makes them', async () => {
    lab.plant('mine', rule(300));
    await lab.write({ additionalServiceTags: [{ tag: 'Storage', priority: 152 }] });
    const compared = await compare(lab);
    expect(sorted(compared).made).toEqual(sorted(compared).planned);
    expect(compared.planned.filter((call) => call.includes('securityrules'))).toHaveLength(2);
    expect(compared.tooEarly).toEqual([]);
  });
});

describe('a rule of somebody else', () => {
  it('that allows the same counts as it is, is not doubled, and stays', async () => {
    lab.plant('entra', rule(700, { description: 'by the network team' }));
    lab.plant(resourceManagerRule, rule(701, { destinationAddressPrefix: 'azureresourcemanager' }));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(await lab.rules()).toEqual([
      'entra 700 Present Found',
      `${resourceManagerRule} 701 Present Found`,
    ]);
    expect(lab.ruleChanges()).toEqual([]);
    await lab.remove();
    expect([lab.ruleOf('entra'), lab.ruleOf(resourceManagerRule)].map((one) => one?.['priority'])).toEqual([
      700, 701,
    ]);
  });

  it('is followed when it goes: then ours is made', async () => {
    lab.plant('entra', rule(700));
    await lab.ask();
    await lab.becomes('True Ready');
    lab.portal.delete(ruleId('entra'));
    await lab.until(() => lab.ruleOf(entraRule) !== undefined);
    expect(lab.ruleOf(entraRule)).toMatchObject(rule(150));
  });

  it('at the priority is named before anything is written there, with a command that mends it', async () => {
    lab.plant('theirs', rule(150, { destinationAddressPrefix: 'Storage' }));
    await lab.ask();
    await lab.becomes('False PriorityConflict');
    expect(await lab.rules()).toContain(`${entraRule} 150 PriorityConflict theirs`);
    expect(lab.world.writes().filter(({ status }) => status >= 400)).toEqual([]);
    await lab.until(() => lab.ruleOf(resourceManagerRule) !== undefined);
    const message = await lab.message(condition);
    expect(message).toContain('theirs');
    const [, patch = ''] = /--type=json -p '(.*)'$/.exec(message) ?? [];
    const [{ path, value }] = JSON.parse(patch) as [{ path: string; value: number }];
    expect(path).toBe('/spec/networkSecurityGroups/0/entraPriority');
    await lab.spec({
      networkSecurityGroups: [
        { id: nsg, entraPriority: value, resourceManagerPriority: 151, additionalServiceTags: [] },
      ],
    });
    await lab.becomes('True Ready');
    expect(lab.ruleOf('theirs')?.['priority']).toBe(150);
    expect(lab.ruleOf(entraRule)?.['priority']).toBe(value);
  });

  it('at the priority of the other direction is in nobody’s way', async () => {
    lab.plant('inbound', rule(150, { direction: 'Inbound' }));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(lab.ruleOf(entraRule)?.['priority']).toBe(150);
  });

  it.each<[string, Parameters<typeof denial>[1]]>([
    ['all of the Internet', {}],
    ['everything', { destinationAddressPrefix: '*' }],
    ['every address', { destinationAddressPrefix: '0.0.0.0/0' }],
    [
      'both halves of the addresses',
      { destinationAddressPrefix: '', destinationAddressPrefixes: ['0.0.0.0/1', '128.0.0.0/1'] },
    ],
    [
      'the service tag, and port 443 in a range of a list',
      {
        destinationAddressPrefix: 'AzureActiveDirectory',
        destinationPortRange: '',
        destinationPortRanges: ['80', '400-500'],
      },
    ],
    ['TCP from any source', { protocol: 'tcp', sourceAddressPrefix: '*', destinationPortRange: '443' }],
    [
      'all private sources',
      { sourceAddressPrefix: '', sourceAddressPrefixes: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
    ],
  ])('that denies %s with a lower number is named, and nothing is written', async (_, more) => {
    lab.plant('deny-all', denial(120, more));
    await lab.ask();
    await lab.becomes('False ShadowedByDenyRule');
    expect(lab.ruleOf(entraRule)).toBeUndefined();
    expect(await lab.rules()).toContain(`${entraRule} 150 Shadowed deny-all`);
    const message = await lab.message(condition);
    expect(message).toContain('deny-all (priority 120)');
    expect(message).toMatch(/"value":119}\]'$/);
  });

  it.each<[string, Parameters<typeof denial>[1]]>([
    ['other ports', { destinationPortRange: '80' }],
    ['UDP', { protocol: 'Udp' }],
    ['other services', { destinationAddressPrefix: 'Storage' }],
    ['private networks', { destinationAddressPrefix: '10.0.0.0/8' }],
    ['what comes in', { direction: 'Inbound' }],
    ['traffic with a higher number', { priority: 4000 }],
    ['a single server', { sourceAddressPrefix: '10.0.0.9' }],
    ['a part of the region', { destinationAddressPrefix: 'AzureActiveDirectory.WestEurope' }],
  ])('that denies %s holds nothing up', async (_, more) => {
    lab.plant('deny-some', denial(120, more));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(lab.ruleOf(entraRule)).toBeDefined();
  });

  it('that denies a part is told, for it may well be meant', async () => {
    lab.plant('quarantine', denial(120, { sourceAddressPrefix: '10.0.0.9' }));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(await lab.message(condition)).toContain('may deny some of it: quarantine (NSG nsg-hub)');
  });

  it('that denies all after one that allows it shadows nothing', async () => {
    lab.plant('allow-web', denial(110, { access: 'Allow', destinationPortRange: '443' }));
    lab.plant('deny-all', denial(120));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(await lab.rules()).toContain(`${entraRule} 150 Present Created`);
  });

  it('that comes later with a lower number is told; ours stays, and all is well when it has gone', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    lab.plant('deny-all', denial(120));
    await lab.becomes('False ShadowedByDenyRule', 'Ready', hour);
    expect(lab.ruleOf(entraRule)).toBeDefined();
    expect(await lab.state('Stalled')).toBe('True ShadowedByDenyRule');
    lab.portal.delete(ruleId('deny-all'));
    await lab.becomes('True Ready', 'Ready', hour);
  });

  it('of our name for something else is refused and stays as it is, also at deletion', async () => {
    const theirs = rule(150, { destinationAddressPrefix: 'Storage', description: 'by hand' });
    lab.plant(entraRule, theirs);
    await lab.ask();
    await lab.becomes('False RuleNameTaken');
    await lab.clock.advance(2 * hour);
    expect(lab.ruleOf(entraRule)).toMatchObject(theirs);
    await lab.remove();
    expect(lab.ruleOf(entraRule)).toMatchObject(theirs);
  });
});

describe('rules that change places', () => {
  it('do so by way of a free priority', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    await lab.spec({
      networkSecurityGroups: [
        { id: nsg, entraPriority: 151, resourceManagerPriority: 150, additionalServiceTags: [] },
      ],
    });
    await lab.until(
      () =>
        lab.ruleOf(entraRule)?.['priority'] === 151 && lab.ruleOf(resourceManagerRule)?.['priority'] === 150,
    );
    await lab.clock.advance(60_000);
    expect(await lab.state()).toBe('True Ready');
    expect(lab.world.writes().filter(({ status }) => status >= 400)).toEqual([]);
  });

  it('follow one another, and take new names', async () => {
    const tags = (priority: number, ruleName: string) => [{ tag: 'Storage', priority, ruleName }];
    await lab.ask({ additionalServiceTags: tags(152, 'storage') });
    await lab.becomes('True Ready');
    await lab.spec({
      networkSecurityGroups: [
        {
          id: nsg,
          entraPriority: 149,
          resourceManagerPriority: 150,
          additionalServiceTags: tags(152, 'files'),
        },
      ],
    });
    await lab.until(
      () => lab.ruleOf('files') !== undefined && lab.ruleOf(resourceManagerRule)?.['priority'] === 150,
    );
    await lab.clock.advance(60_000);
    expect(lab.ruleOf('storage')).toBeUndefined();
    expect(await lab.state()).toBe('True Ready');
    expect(lab.world.writes().filter(({ status }) => status >= 400)).toEqual([]);
  });
});

describe('a group that cannot be had', () => {
  const far = nsg.replace('nsg-hub', 'nsg-far');
  const both = { networkSecurityGroups: [{ id: nsg }, { id: far }] };

  it('because it does not exist is named and waited for, and the rest goes on', async () => {
    await lab.ask({}, both);
    await lab.becomes('False NetworkSecurityGroupNotFound');
    expect(await lab.state('Reconciling')).toBe('True NetworkSecurityGroupNotFound');
    await lab.until(() => lab.ruleOf(entraRule) !== undefined);
    lab.world.resources.put({ ...lab.portal.need(nsg), id: far, name: 'nsg-far' });
    await lab.becomes('True Ready');
    expect(lab.ruleOf(entraRule, far)).toBeDefined();
  });

  it('because the identity may not read it is named, and the rest goes on; so does it when it is granted', async () => {
    lab.world.rules.forbid('Microsoft.Network/networkSecurityGroups/read', far);
    await lab.ask({}, both);
    await lab.until(() => lab.ruleOf(resourceManagerRule) !== undefined);
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.message(condition)).toContain('nsg-far');
    lab.world.resources.put({ ...lab.portal.need(nsg), id: far, name: 'nsg-far' });
    lab.world.rules.permit('Microsoft.Network/networkSecurityGroups/read');
    await lab.becomes('True Ready');
  });

  it('because the identity may not write rules says so', async () => {
    lab.world.rules.forbid('Microsoft.Network/networkSecurityGroups/securityRules/write');
    await lab.ask();
    await lab.becomes('False AuthorizationFailed');
    expect(await lab.state(condition)).toBe('False AuthorizationFailed');
    lab.world.rules.permit('Microsoft.Network/networkSecurityGroups/securityRules/write');
    await lab.becomes('True Ready');
  });

  it('in a subscription that is not allowed is no call of Azure', async () => {
    const elsewhere = nsg.replace(
      /subscriptions\/[^/]+/,
      'subscriptions/00000000-0000-0000-0000-00000000000b',
    );
    await lab.write({}, { networkSecurityGroups: [{ id: elsewhere }] });
    lab.start(undefined, ['--allowed-subscriptions=00000000-0000-0000-0000-00000000000a']);
    await lab.becomes('False SubscriptionNotAllowed');
    expect(lab.world.exchanges).toEqual([]);
  });
});

describe('two scopes with one group', () => {
  const isReady = (name: string, own?: string) => async () =>
    (await lab.condition(lab.other(name, own))) === 'True Ready';

  it('share its rules: they stay while either asks for them, and go with the last', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    await lab.beside('second');
    await lab.until(isReady('second'));
    expect(lab.ruleChanges()).toHaveLength(2);
    await lab.remove();
    expect([lab.ruleOf(entraRule)?.['priority'], lab.ruleOf(resourceManagerRule)?.['priority']]).toEqual([
      150, 151,
    ]);
    await lab.clock.advance(hour);
    const left = await lab.other('second');
    expect(left?.status?.networkSecurityGroups?.[0]?.rules[0]?.origin).toBe('Created');
    await lab.kubernetes.delete(scopes, { ...key, name: 'second' });
    await lab.until(async () => (await lab.other('second')) === undefined);
    expect(lab.ruleOf(entraRule)).toBeUndefined();
  });

  it('leave nothing when they are deleted together', async () => {
    await lab.ask();
    await lab.beside('second');
    await lab.becomes('True Ready');
    await lab.until(isReady('second'));
    await lab.kubernetes.delete(scopes, key);
    await lab.kubernetes.delete(scopes, { ...key, name: 'second' });
    await lab.until(
      async () => (await lab.object()) === undefined && (await lab.other('second')) === undefined,
    );
    expect([lab.ruleOf(entraRule), lab.ruleOf(resourceManagerRule)]).toEqual([undefined, undefined]);
  });

  it('of two namespaces share them as well, and neither takes from the other', async () => {
    await lab.ask();
    await lab.becomes('True Ready');
    await lab.beside('second', {}, 'elsewhere');
    await lab.until(isReady('second', 'elsewhere'));
    await lab.kubernetes.delete(scopes, { namespace: 'elsewhere', name: 'second' });
    await lab.until(async () => (await lab.other('second', 'elsewhere')) === undefined);
    expect(lab.ruleOf(entraRule)).toBeDefined();
    expect(lab.ruleChanges()).toHaveLength(2);
  });
});

describe('a rule of another cluster', () => {
  // As the operator of that cluster would have written it.
  const mark = markFor('old-cluster/lab/net');

  it('that allows the same is shared', async () => {
    lab.plant(entraRule, rule(150, { description: mark }));
    await lab.ask();
    await lab.becomes('True Ready');
    expect(lab.ruleChanges()).toEqual([`PUT ${resourceManagerRule}`]);
    await lab.remove();
    expect(lab.ruleOf(entraRule)).toBeDefined();
  });

  it('that allows something else is a conflict, until the annotation says to take it over', async () => {
    lab.plant(entraRule, rule(150, { destinationAddressPrefix: 'Storage', description: mark }));
    await lab.ask();
    await lab.becomes('False ManagementConflict');
    expect(await lab.message(condition)).toMatch(/arcprivatelink.io\/take-over-from=OWNER$/);
    const annotations = { 'arcprivatelink.io/take-over-from': 'old-cluster/lab/net' };
    await lab.kubernetes.patch(scopes, key, { metadata: { annotations } });
    await lab.becomes('True Ready', 'Ready', hour);
    expect(lab.ruleOf(entraRule)).toMatchObject(rule(150));
    await lab.remove();
    expect(lab.ruleOf(entraRule)).toBeUndefined();
  });
});

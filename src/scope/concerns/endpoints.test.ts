import { describe, expect, it } from '@jest/globals';
import {
  absent,
  decided,
  endpointValue,
  forbidden,
  nothingSeen,
  overridden,
  refusing,
  networkValue,
  settledSeen,
  there,
  throttled,
  unknown,
  withEndpoint,
  withEndpointValue,
} from '../../../test/world/scope-seen.ts';
import { endpointId, hub, otherScopeId, scopeId, spoke } from '../../../test/world/small-seed.ts';
import { idKey } from '../../azure/ids.ts';
import type { PrivateEndpoint } from '../../azure/types.ts';
import { valueOf } from '../../engine/picture.ts';
import type { Seen } from '../seen.ts';
import { approvals } from './approvals.ts';
import { driftOfEndpoints } from './drift.ts';
import { endpointsConcern } from './endpoints.ts';
import { preflight } from './preflight.ts';

type Spec = Record<string, unknown>;
const endpoint = (more: Spec = {}): Spec => ({
  name: 'hub',
  subnetId: `${hub}/subnets/pe`,
  dns: { resourceGroup: 'rg-dns' },
  ...more,
});
const one = (more: Spec = {}): Spec => ({ privateEndpoints: [endpoint(more)] });
const withScope = (seen: Seen): Seen => ({ ...seen, scope: settledSeen().scope });
const seenEndpoint = (change: Partial<PrivateEndpoint>, spec: Spec = one()): Seen =>
  withEndpointValue(settledSeen(spec), change);
const connected = (status: string, more: object = {}, spec: Spec = one()): Seen => {
  const [known] = settledSeen(spec).endpoints.values();
  const connections = (valueOf(known?.known)?.connections ?? []).map((connection) => ({
    ...connection,
    status,
    ...more,
  }));
  return seenEndpoint({ connections, dnsConfigs: [] }, spec);
};
const adopted = (change: (seen: Seen) => Seen): Seen => change(settledSeen(one(), true));
const inVNet = (seen: Seen, scope: string): Seen => {
  const neighbours = new Map([[idKey(hub), [{ id: '/theirs', scopeIds: [scope] }]]]);
  return { ...seen, preflight: { ...seen.preflight, neighbours } };
};

describe('private endpoints', () => {
  it.each<[string, Seen, string, string[]]>([
    ['are none', settledSeen({ privateEndpoints: [] }), 'ready NotRequired', []],
    ['are as they shall be', settledSeen(one()), 'ready', []],
    [
      'are made when the scope is there',
      withScope(nothingSeen(one())),
      'working Provisioning',
      ['PUT net-hub'],
    ],
    ['wait for the scope', nothingSeen(one()), 'working Provisioning', ['PUT net-hub after scope net']],
    [
      'are not made for a scope that is not ours',
      { ...nothingSeen(one()), scope: foreignScope() },
      'working Provisioning',
      [],
    ],
    [
      'are not made while their subnet is missing',
      withoutSubnet(withScope(nothingSeen(one()))),
      'working Provisioning',
      [],
    ],
    [
      'are not made in a VNet that reaches another scope',
      inVNet(withScope(nothingSeen(one())), otherScopeId),
      'working Provisioning',
      [],
    ],
    [
      'are being made by us',
      withEndpoint(withScope(nothingSeen(one())), { known: { ...absent, busy: true } as never }),
      'working Provisioning',
      [],
    ],
    [
      'are made, after a restart',
      seenEndpoint({ provisioningState: 'Updating' }),
      'working Provisioning',
      [],
    ],
    [
      'are on their way out and made anew then',
      seenEndpoint({ provisioningState: 'Deleting' }),
      'working Provisioning',
      ['PUT net-hub after the deletion of the old one'],
    ],
    [
      'failed and are repeated',
      seenEndpoint({ provisioningState: 'Failed' }),
      'working Provisioning',
      ['PUT net-hub'],
    ],
    [
      'lost their connection and are replaced',
      connected('Disconnected'),
      'working Provisioning',
      ['DELETE net-hub', 'PUT net-hub after the deletion of the old one'],
    ],
    [
      'lost their connection, but were adopted and are never deleted',
      adopted((seen) =>
        withEndpointValue(seen, { connections: [{ ...connectionOf(seen), status: 'Disconnected' }] }),
      ),
      'failed EndpointDisconnected',
      [],
    ],
    [
      'are in another subnet',
      seenEndpoint({ subnetId: `${hub}/subnets/tiny` }),
      'failed EndpointMismatch',
      [],
    ],
    [
      'lead to another scope',
      connected('Approved', { scopeId: otherScopeId }),
      'failed EndpointMismatch',
      [],
    ],
    ["are nobody's", seenEndpoint({ tags: {} }), 'failed AlreadyExists', []],
    [
      "are nobody's, lead to our scope, and are adopted when that is meant",
      seenEndpoint({ tags: {} }, { ...one(), adoptionPolicy: 'IfUnowned' }),
      'working Provisioning',
      ['PATCH net-hub tags'],
    ],
    [
      "are nobody's and of another subnet, which adopting cannot change",
      seenEndpoint({ tags: {}, subnetId: `${spoke}/subnets/pe` }, { ...one(), adoptionPolicy: 'IfUnowned' }),
      'failed EndpointMismatch',
      [],
    ],
    [
      'may not be read',
      withEndpoint(settledSeen(one()), { known: unknown(forbidden) }),
      'failed AuthorizationFailed',
      [],
    ],
    [
      'could not be read for now',
      withEndpoint(settledSeen(one()), { known: unknown(throttled) }),
      'unread Throttled',
      [],
    ],
    [
      'have no addresses yet, where zones are made elsewhere',
      seenEndpoint({ dnsConfigs: [] }, one({ dns: { mode: 'None' } })),
      'working Provisioning',
      [],
    ],
    [
      'have addresses, where zones are made elsewhere',
      seenEndpoint(
        { dnsConfigs: [{ fqdn: 'gbl.his.arc.azure.com', addresses: ['10.0.0.4'] }] },
        one({ dns: { mode: 'None' } }),
      ),
      'ready',
      [],
    ],
    ['wait for an approval, which is told beside', connected('Pending', { manual: true }), 'ready', []],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(endpointsConcern, seen)).toEqual({ verdict, planned });
  });

  it('one of which is in trouble do not keep the other from being made', () => {
    const spec = {
      privateEndpoints: [
        endpoint(),
        endpoint({ name: 'spoke', subnetId: `${spoke}/subnets/pe`, dns: { mode: 'None' } }),
      ],
    };
    const seen = withEndpoint(withScope(nothingSeen(spec)), {
      known: there(endpointValue(nothingSeen(spec).desired, endpointId, `${hub}/subnets/pe`, {})),
    });
    expect(decided(endpointsConcern, seen)).toEqual({
      verdict: 'failed AlreadyExists',
      planned: ['PUT net-spoke'],
    });
  });
});

describe('approvals', () => {
  it.each<[string, Seen, string]>([
    ['are all there', settledSeen(one()), 'ready'],
    ['are waited for', connected('Pending'), 'working AwaitingApproval'],
    ['were refused', connected('Rejected'), 'failed ConnectionRejected'],
    ['do not matter at what is not ours', withEndpointValue(connected('Pending'), { tags: {} }), 'ready'],
  ])('%s', (_, seen, verdict) => {
    expect(decided(approvals, seen)).toEqual({ verdict, planned: [] });
  });

  it('take one look a minute, and the command is that of the very connection', () => {
    const connection = {
      id: `${scopeId}/privateEndpointConnections/x`,
      name: 'x',
      privateEndpointId: endpointId.toUpperCase(),
      status: 'Pending',
      description: '',
    };
    const { verdict } = approvals.decide({ ...connected('Pending'), connections: there([connection]) });
    expect(verdict).toMatchObject({ lookAgainMs: 60_000, watch: [endpointId] });
    expect(verdict).toMatchObject({
      message: `Private endpoint hub waits for its approval: az network private-endpoint-connection approve --id ${connection.id}`,
    });
  });
});

describe('drift of an endpoint', () => {
  const manual = { approval: 'Manual', requestMessage: 'for plant 7' };
  const pending = (message: string): Seen =>
    connected('Pending', { manual: true, requestMessage: message }, one(manual));
  it.each<[string, Seen, string, string[]]>([
    ['is none when all is there', settledSeen({ ...one(), tags: { team: 'a' } }), 'ready', []],
    [
      'is a tag of the spec that is missing',
      seenEndpoint(
        { tags: { 'arc-private-link-operator': 'cluster/lab/net' } },
        { ...one(), tags: { team: 'a' } },
      ),
      'working Provisioning',
      ['PATCH net-hub tags'],
    ],
    [
      'is none when others add tags',
      seenEndpoint({ tags: { theirs: 'x', 'Arc-Private-Link-Operator': 'cluster/lab/net' } }),
      'ready',
      [],
    ],
    [
      'is another request message, while the connection is pending',
      pending('old'),
      'working Provisioning',
      ['PUT net-hub'],
    ],
    ['is none when the message is the same', pending('for plant 7'), 'ready', []],
    [
      'is no request message once somebody has decided',
      connected('Approved', { manual: true, requestMessage: 'old' }, one(manual)),
      'ready',
      [],
    ],
    [
      'that a policy brings back is told, and turns nothing red',
      refusing(
        seenEndpoint(
          { tags: { 'arc-private-link-operator': 'cluster/lab/net' } },
          { ...one(), tags: { team: 'a' } },
        ),
        overridden,
      ),
      'ready OverriddenByPolicy',
      ['PATCH net-hub tags'],
    ],
    [
      'waits until Azure is done with the endpoint',
      seenEndpoint(
        { provisioningState: 'Updating', tags: { 'arc-private-link-operator': 'cluster/lab/net' } },
        { ...one(), tags: { team: 'a' } },
      ),
      'ready',
      [],
    ],
    [
      "is nothing on what is somebody else's",
      seenEndpoint({ tags: {} }, { ...one(), tags: { team: 'a' } }),
      'ready',
      [],
    ],
    [
      'is the mark of an adopted one that was taken off',
      withMarkInInventory(seenEndpoint({ tags: { 'arc-private-link-operator': 'cluster/lab/net' } })),
      'working Provisioning',
      ['PATCH net-hub tags'],
    ],
  ])('%s', (_, seen, verdict, planned) => {
    expect(decided(driftOfEndpoints, seen)).toEqual({ verdict, planned });
  });
});

describe('the preflight', () => {
  const full = (seen: Seen): Seen => {
    const subnet = {
      id: `${hub}/subnets/pe`,
      addressPrefixes: ['10.0.0.0/28'],
      usedAddresses: 5,
      privateEndpointIds: [],
      endpointPolicies: 'Disabled',
    };
    return {
      ...seen,
      networks: new Map([[idKey(hub), there(networkValue(hub, [subnet]))]]),
    };
  };
  const linked = (seen: Seen): Seen => ({
    ...seen,
    preflight: {
      ...seen.preflight,
      foreignLinks: [{ networkId: hub, zoneId: '/zone', linkId: '/zone/link' }],
    },
  });
  it.each<[string, Seen, string]>([
    ['finds nothing', nothingSeen(one()), 'ready'],
    ['finds a VNet that is missing', withoutSubnet(nothingSeen(one())), 'failed SubnetNotFound'],
    ['finds a subnet without room', full(nothingSeen(one())), 'failed SubnetFull'],
    ['finds room in dual-stack prefixes by their IPv4 part alone', roomy(nothingSeen(one())), 'ready'],
    [
      'finds another scope in the VNet',
      inVNet(nothingSeen(one()), otherScopeId),
      'failed VirtualNetworkInUse',
    ],
    ['finds our own scope in the VNet, which is fine', inVNet(nothingSeen(one()), scopeId), 'ready'],
    ['finds a link to other zones', linked(nothingSeen(one())), 'failed VirtualNetworkLinked'],
    ['finds nothing wrong with what exists already', full(inVNet(settledSeen(one()), otherScopeId)), 'ready'],
    [
      'could not look',
      { ...nothingSeen(one()), networks: new Map([[idKey(hub), unknown(throttled)]]) },
      'unread Throttled',
    ],
    [
      'may not look',
      { ...nothingSeen(one()), networks: new Map([[idKey(hub), unknown(forbidden)]]) },
      'failed AuthorizationFailed',
    ],
  ])('%s', (_, seen, verdict) => {
    expect(decided(preflight, seen)).toEqual({ verdict, planned: [] });
  });
});

function connectionOf(seen: Seen): PrivateEndpoint['connections'][number] {
  const [known] = seen.endpoints.values();
  const [connection] = valueOf(known?.known)?.connections ?? [];
  if (connection === undefined) throw new Error('there is no connection');
  return connection;
}

function foreignScope(): Seen['scope'] {
  const { scope } = settledSeen();
  return scope.is === 'there' ? there({ ...scope.value, tags: {} }) : scope;
}

function withoutSubnet(seen: Seen): Seen {
  return { ...seen, networks: new Map([[idKey(hub), absent]]) };
}

function roomy(seen: Seen): Seen {
  const subnet = {
    id: `${hub}/subnets/pe`,
    addressPrefixes: ['fd00::/64', '10.0.0.0/28'],
    usedAddresses: 4,
    privateEndpointIds: [],
    endpointPolicies: 'Disabled',
  };
  return {
    ...seen,
    networks: new Map([[idKey(hub), there(networkValue(hub, [subnet]))]]),
  };
}

function withMarkInInventory(seen: Seen): Seen {
  return { ...seen, inventory: new Map([[idKey(endpointId), { id: endpointId, origin: 'Adopted' }]]) };
}

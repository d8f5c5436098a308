import { scopeObject } from './objects.ts';
import { zoneNames } from './scope-lab.ts';
import { withDefaults } from './kubernetes/defaults.ts';
import { scopes } from '../../src/api/resources.ts';
import type { ArcPrivateLinkScope } from '../../src/api/types.ts';
import { idKey } from '../../src/azure/ids.ts';
import type {
  PrivateEndpoint,
  PrivateZone,
  Scope,
  Subnet,
  Tags,
  VirtualNetwork,
  ZoneGroup,
  ZoneLink,
} from '../../src/azure/types.ts';
import { OperatorError, type Fault } from '../../src/base/errors.ts';
import { ownTags } from '../../src/domain/ownership.ts';
import type { Refusal } from '../../src/engine/attempts.ts';
import type { Concern } from '../../src/engine/concern.ts';
import type { Known } from '../../src/engine/picture.ts';
import type { ScopeAction } from '../../src/scope/actions.ts';
import { desiredOf, linkId, type Desired } from '../../src/scope/desired.ts';
import { inventoryOf } from '../../src/scope/inventory.ts';
import { zoneGroupId, zoneId } from '../../src/scope/keys.ts';
import {
  nothingVerified,
  emptyList,
  noExports,
  notAsked,
  type Seen,
  type SeenEndpoint,
  type SeenZone,
} from '../../src/scope/seen.ts';

/** Pictures of a scope for tables of decisions: built whole, then changed where a row says so. */

export const there = <T>(value: T, more: { busy?: boolean; trouble?: Fault } = {}): Known<T> => ({
  is: 'there',
  value,
  ageMs: 0,
  busy: false,
  ...more,
});
export const absent: Known<never> = { is: 'absent', ageMs: 0, busy: false };
export const unknown = (fault: Fault): Known<never> => ({ is: 'unknown', fault });

export const forbidden = new OperatorError('waiting', 'AuthorizationFailed', 'may not', { stalls: true });
export const throttled = new OperatorError('waiting', 'Throttled', 'slow down', { retryAfterMs: 17_000 });
export const overridden = new OperatorError('stalled', 'OverriddenByPolicy', 'a policy does that');

const raw = {};

/** Nothing exists yet, and nothing stands in the way. */
export function nothingSeen(
  spec: Record<string, unknown> = {},
  status: ArcPrivateLinkScope['status'] = {},
): Seen {
  const object = { ...(withDefaults(scopes, scopeObject(spec)) as ArcPrivateLinkScope), status };
  const desired = desiredOf(object, 'cluster');
  const networks = desired.endpoints.map(({ networkId, subnetId }) => {
    const subnet = {
      id: subnetId,
      addressPrefixes: ['10.0.0.0/27'],
      usedAddresses: 0,
      privateEndpointIds: [],
      endpointPolicies: 'Disabled',
    };
    return [idKey(networkId), there(networkValue(networkId, [subnet]))] as const;
  });
  const endpoints = desired.endpoints.map(({ id }): SeenEndpoint => ({
    id,
    known: absent,
    groups: emptyList(),
  }));
  const zones = zoneIdsOf(desired).map((id): SeenZone => ({
    id,
    known: absent,
    links: emptyList(),
    records: notAsked,
  }));
  return {
    object,
    desired,
    deleting: false,
    observing: false,
    inventory: inventoryOf(status?.inventory),
    scope: absent,
    zoneNames: { names: zoneNames },
    endpoints: byId(endpoints),
    zones: byId(zones),
    networks: new Map(networks),
    verification: nothingVerified,
    networkFacts: new Map(),
    securityGroups: new Map(desired.securityGroups.map(({ id }) => [idKey(id), { id, rules: there([]) }])),
    preflight: { others: [], neighbours: new Map(), foreignLinks: [], notes: [], failed: new Map() },
    connections: undefined,
    servers: { staying: [], leaving: [], unread: [], keys: [] },
    associations: { live: [], terminating: [], propagating: 0 },
    exports: noExports,
    refusal: () => undefined,
    told: [],
    sent: false,
  };
}

/** Everything is as the spec says. */
export function settledSeen(spec: Record<string, unknown> = {}, adopted = false): Seen {
  const seen = nothingSeen(spec);
  const { desired } = seen;
  const tags = { ...desired.tags, ...ownTags(desired.owner, adopted) };
  return {
    ...seen,
    scope: there(scopeValue(desired, tags, seen.object.spec.publicNetworkAccess)),
    endpoints: byId(
      desired.endpoints.map(({ id, subnetId, dns, manual }): SeenEndpoint => {
        const value = endpointValue(desired, id, subnetId, tags, manual);
        const groups =
          dns === undefined
            ? []
            : [
                groupValue(
                  zoneGroupId(id),
                  zoneNames.map((name) => zoneId(dns.groupId, name)),
                ),
              ];
        return { id, known: there(value), groups: there(groups) };
      }),
    ),
    zones: byId(
      desired.endpoints.flatMap(({ dns }) =>
        zoneNames.map((name): SeenZone => {
          const id = zoneId(dns?.groupId ?? '', name);
          const links = (dns?.networkIds ?? []).map((networkId) => linkValue(id, networkId, tags));
          return { id, known: there(zoneValue(id, tags)), links: there(links), records: there([record(id)]) };
        }),
      ),
    ),
  };
}

export function scopeValue({ scopeId }: Desired, tags: Tags, publicNetworkAccess = 'Disabled'): Scope {
  const state = { provisioningState: 'Succeeded', privateLinkScopeId: 'guid' };
  return { id: scopeId, name: 'net', location: 'westeurope', tags, publicNetworkAccess, ...state, raw };
}

export function endpointValue(
  { scopeId }: Desired,
  id: string,
  subnetId: string,
  tags: Tags,
  manual = false,
): PrivateEndpoint {
  const connection = {
    scopeId,
    groupIds: [],
    manual,
    requestMessage: '',
    status: 'Approved',
    description: '',
  };
  return {
    id,
    name: id.split('/').pop() ?? '',
    location: 'westeurope',
    tags,
    provisioningState: 'Succeeded',
    subnetId,
    connections: [connection],
    networkInterfaceIds: [],
    dnsConfigs: [],
    raw,
  };
}

export function networkValue(id: string, subnets: Subnet[]): VirtualNetwork {
  return { id, location: 'westeurope', subnets, dnsServers: [], peers: [], gatewayIds: [] };
}

export function zoneValue(id: string, tags: Tags): PrivateZone {
  return { id, name: id.split('/').pop() ?? '', tags, provisioningState: 'Succeeded' };
}

export function linkValue(zone: string, virtualNetworkId: string, tags: Tags): ZoneLink {
  const id = linkId(zone, virtualNetworkId);
  const state = { provisioningState: 'Succeeded', linkState: 'Completed' };
  return { id, name: id.split('/').pop() ?? '', tags, ...state, virtualNetworkId, raw };
}

export function groupValue(id: string, zoneIds: readonly string[]): ZoneGroup {
  const zones = zoneIds.map((zone) => ({ zoneId: zone, records: [record(zone)] }));
  return { id, name: id.split('/').pop() ?? '', provisioningState: 'Succeeded', zones, raw };
}

function record(zone: string): { name: string; fqdn: string; addresses: string[] } {
  return { name: 'gbl', fqdn: `gbl.${zone.split('/').pop()}`, addresses: ['10.0.0.4'] };
}

function byId<T extends { id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [idKey(one.id), one]));
}

function zoneIdsOf({ endpoints }: Desired): string[] {
  return endpoints.flatMap(({ dns }) =>
    dns === undefined ? [] : zoneNames.map((name) => zoneId(dns.groupId, name)),
  );
}

/** The picture with one endpoint (the first) or zone (by its id) changed. */
export function withEndpoint(seen: Seen, change: Partial<SeenEndpoint>): Seen {
  const [[key, one] = []] = seen.endpoints;
  if (key === undefined || one === undefined) return seen;
  return { ...seen, endpoints: new Map(seen.endpoints).set(key, { ...one, ...change }) };
}

export function withEndpointValue(seen: Seen, change: Partial<PrivateEndpoint>): Seen {
  const [one] = seen.endpoints.values();
  if (one?.known.is !== 'there') return seen;
  return withEndpoint(seen, { known: { ...one.known, value: { ...one.known.value, ...change } } });
}

export function withZone(seen: Seen, id: string, change: Partial<SeenZone>): Seen {
  const fresh: SeenZone = { id, known: absent, links: emptyList(), records: notAsked };
  return {
    ...seen,
    zones: new Map(seen.zones).set(idKey(id), { ...(seen.zones.get(idKey(id)) ?? fresh), ...change }),
  };
}

/** Azure refused these calls, all for the same reason. */
export function refusing(seen: Seen, fault: Fault): Seen {
  const refusal: Refusal = { fault, times: 1, notBeforeMs: 0 };
  return { ...seen, refusal: () => refusal };
}

/** A decision as a row of a table has it: `working Provisioning`, and `PUT net-hub after scope net`. */
export function decided(
  concern: Concern<Seen, ScopeAction>,
  seen: Seen,
): { verdict: string; planned: string[] } {
  const { verdict, planned } = concern.decide(seen);
  const reason =
    verdict.is === 'failed' || verdict.is === 'unread' ? verdict.fault.reason : (verdict.reason ?? '');
  return {
    verdict: `${verdict.is} ${reason}`.trim(),
    planned: planned.map(({ action: { verb, id }, waitsFor }) => {
      const name = id
        .replace(/\/providers\/Microsoft\.Resources\/tags\/default$/, ' tags')
        .split('/')
        .pop();
      return `${verb} ${name}${waitsFor === undefined ? '' : ` after ${waitsFor}`}`;
    }),
  };
}

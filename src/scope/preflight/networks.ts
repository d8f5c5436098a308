import { fault } from '../../api/reasons.ts';
import { idKey, nameOf, sameId } from '../../azure/ids.ts';
import type { Subnet, VirtualNetwork } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { valueOf } from '../../engine/picture.ts';
import type { DesiredEndpoint } from '../desired.ts';
import type { Seen } from '../seen.ts';

/** Whether a subnet can take an endpoint that is to be made. Pure. */

/** Recorded: an endpoint of a scope takes seven addresses. */
const addressesOfEndpoint = 7;
/** Learn, "Virtual network FAQ": Azure keeps five of every subnet. */
const reservedAddresses = 5;

export function networkObstacle(seen: Seen, endpoint: DesiredEndpoint): Fault | undefined {
  const known = seen.networks.get(idKey(endpoint.networkId));
  const network = valueOf(known);
  if (known?.is === 'absent') {
    const what = `The VNet ${nameOf(endpoint.networkId)} of private endpoint ${endpoint.name} does not exist (${endpoint.networkId}).`;
    return fault('SubnetNotFound', `${what} ${createIt}`);
  }
  if (network === undefined) return undefined;
  const subnet = network.subnets.find(({ id }) => sameId(id, endpoint.subnetId));
  if (subnet === undefined) {
    const what = `The VNet ${nameOf(network.id)} has no subnet ${nameOf(endpoint.subnetId)} for private endpoint ${endpoint.name}.`;
    return fault('SubnetNotFound', `${what} ${createIt}`);
  }
  return withoutRoom(endpoint, subnet) ?? otherScope(seen, endpoint, network);
}

const createIt =
  'Create it; it is waited for. For another subnet, remove this endpoint and add one with another name.';

function withoutRoom(endpoint: DesiredEndpoint, subnet: Subnet): Fault | undefined {
  const free = capacity(subnet.addressPrefixes) - subnet.usedAddresses;
  if (free >= addressesOfEndpoint) return undefined;
  const message = `Subnet ${nameOf(endpoint.subnetId)} has ${Math.max(0, free)} free addresses; private endpoint ${endpoint.name} needs ${addressesOfEndpoint}. Free some, or remove this endpoint and add one of another name in a larger subnet.`;
  return fault('SubnetFull', message);
}

/** Usable IPv4 addresses of the prefixes together; only IPv4 counts, endpoints take no other. */
export function capacity(prefixes: readonly string[]): number {
  const sizes = prefixes
    .filter((prefix) => !prefix.includes(':'))
    .map((prefix) => 2 ** (32 - Number(prefix.split('/')[1] ?? 32)));
  return sizes.reduce((sum, size) => sum + Math.max(0, size - reservedAddresses), 0);
}

/** A VNet reaches one scope at most: no other endpoint of the service may be in it. */
function otherScope(seen: Seen, endpoint: DesiredEndpoint, network: VirtualNetwork): Fault | undefined {
  for (const { id, scopeIds } of seen.preflight.neighbours.get(idKey(endpoint.networkId)) ?? []) {
    const scope = scopeIds.find((one) => /\/Microsoft\.HybridCompute\/privateLinkScopes\//i.test(one));
    if (scope === undefined || sameId(scope, seen.desired.scopeId)) continue;
    const message = `The VNet ${nameOf(network.id)} of private endpoint ${endpoint.name} already reaches another scope (${scope}) through ${nameOf(id)}. A VNet can reach one only: remove that endpoint, or this one and add another in another VNet.`;
    return fault('VirtualNetworkInUse', message);
  }
  return undefined;
}

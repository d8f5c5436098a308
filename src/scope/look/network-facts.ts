import { idKey, uniqueIds } from '../../azure/ids.ts';
import type { VirtualNetwork } from '../../azure/types.ts';
import { each } from '../../base/each.ts';
import { valueOf, type Known } from '../../engine/picture.ts';
import type { ScopeLooking } from '../deps.ts';
import type { Desired } from '../desired.ts';
import type { NetworkFacts } from '../seen.ts';
import { optional, type Optional } from './optional.ts';
import { readsAtOnce } from './reads.ts';

/**
 * What a person should know of the endpoints' VNets: their DNS servers, and whether on-premises networks are connected.
 * Information alone: read when everything is looked at, once an hour at most; what the identity may not see is Unknown.
 */

const hourMs = 3_600_000;
/** Information alone: what another object looked at a moment ago does as well. */
const minuteMs = 60_000;
/** Peers whose gateways are looked for; a hub may have hundreds. */
const mostPeers = 10;

export async function lookAtNetworkFacts(
  looking: ScopeLooking,
  { endpoints }: Desired,
  networks: ReadonlyMap<string, Known<VirtualNetwork>>,
): Promise<Map<string, NetworkFacts>> {
  const ids = uniqueIds(endpoints.map(({ networkId }) => networkId));
  const keys = new Set(ids.map(idKey));
  for (const key of looking.memory.networks.keys()) if (!keys.has(key)) looking.memory.networks.delete(key);
  const facts = await each(ids, readsAtOnce, async (id) => await remembered(looking, id, networks));
  return new Map(facts.map((one) => [idKey(one.id), one]));
}

async function remembered(
  looking: ScopeLooking,
  id: string,
  networks: ReadonlyMap<string, Known<VirtualNetwork>>,
): Promise<NetworkFacts> {
  const { memory, clock, full, signal } = looking;
  const known = memory.networks.get(idKey(id));
  const isOld = known === undefined || clock.monotonic() - known.atMs >= hourMs;
  if (!full || !isOld || signal.aborted) return known?.facts ?? { id, hybridConnection: 'Unknown' };
  try {
    const facts = await read(looking, id, valueOf(networks.get(idKey(id))));
    memory.networks.set(idKey(id), { facts, atMs: clock.monotonic() });
    return facts;
  } catch (error) {
    // Throttled or broken on the way: nothing waits for it, and the next whole look asks again.
    looking.log.debug({ network: id, error: String(error) }, 'a VNet could not be looked at');
    return known?.facts ?? { id, hybridConnection: 'Unknown' };
  }
}

async function read(
  looking: ScopeLooking,
  id: string,
  before: VirtualNetwork | undefined,
): Promise<NetworkFacts> {
  const network = before ?? found(await optional(() => networkOf(looking, id)));
  if (network === undefined) return { id, hybridConnection: 'Unknown' };
  const { dnsServers, subnets } = network;
  return { id, hybridConnection: await hybridConnection(looking, network), network: { dnsServers, subnets } };
}

async function networkOf({ azure }: ScopeLooking, id: string): Promise<VirtualNetwork | undefined> {
  return (await azure.shared.network(id, minuteMs)).value;
}

/** On the VNet, or on one that it is peered with; the one whose gateway it uses first. */
async function hybridConnection(
  looking: ScopeLooking,
  network: VirtualNetwork,
): Promise<NetworkFacts['hybridConnection']> {
  const own = await connected(looking, network.gatewayIds);
  if (own === 'Found') return own;
  const peers = [...network.peers].sort(
    (one, other) => Number(other.givesGateway) - Number(one.givesGateway),
  );
  let worst = peers.length > mostPeers ? 'Unknown' : own;
  for (const { id } of peers.slice(0, mostPeers)) {
    const peer = await optional(() => networkOf(looking, id));
    const state = peer.is === 'denied' ? 'Unknown' : await connected(looking, peer.value?.gatewayIds ?? []);
    if (state === 'Found') return state;
    if (state === 'Unknown') worst = state;
  }
  return worst;
}

async function connected(
  { azure }: ScopeLooking,
  gatewayIds: readonly string[],
): Promise<NetworkFacts['hybridConnection']> {
  let result: NetworkFacts['hybridConnection'] = 'NotFound';
  for (const id of gatewayIds) {
    const listed = await optional(() => azure.listGatewayConnections(id));
    if (listed.is === 'denied') result = 'Unknown';
    else if (listed.value.some(({ type }) => leadsOut.has(type.toLowerCase()))) return 'Found';
  }
  return result;
}

/** Connections to networks outside of Azure; the others lead to VNets or single machines. */
const leadsOut: ReadonlySet<string> = new Set(['ipsec', 'expressroute']);

function found<T>(read: Optional<T | undefined>): T | undefined {
  return read.is === 'read' ? read.value : undefined;
}

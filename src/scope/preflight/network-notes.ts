import { idKey, nameOf, sameId } from '../../azure/ids.ts';
import type { DesiredEndpoint } from '../desired.ts';
import type { NetworkFacts, Seen } from '../seen.ts';
import { listed } from '../verdicts.ts';

/** What a person should know of the endpoints' VNets, as sentences; none of it stands in the way. Pure. */
export function networkNotes(seen: Seen): string[] {
  const all = seen.desired.endpoints.flatMap((endpoint) => {
    const facts = seen.networkFacts.get(idKey(endpoint.networkId));
    return facts === undefined ? [] : [{ endpoint, facts }];
  });
  return [...hybridNotes(all.map(({ facts }) => facts)), ...dnsNotes(all), ...policyNotes(all)];
}

interface Told {
  endpoint: DesiredEndpoint;
  facts: NetworkFacts;
}

function hybridNotes(all: readonly NetworkFacts[]): string[] {
  const named = (state: NetworkFacts['hybridConnection']): string[] =>
    all.filter(({ hybridConnection }) => hybridConnection === state).map(({ id }) => nameOf(id));
  const [found, missing, unknown] = [named('Found'), named('NotFound'), named('Unknown')];
  return [
    ...(found.length === 0 ? [] : [`A VPN or ExpressRoute connection leads to VNet ${listed(found)}.`]),
    ...(missing.length === 0
      ? []
      : [`No VPN or ExpressRoute connection was found for VNet ${listed(missing)}.`]),
    ...(unknown.length === 0
      ? []
      : [`Whether a VPN or ExpressRoute connection leads to VNet ${listed(unknown)} cannot be seen.`]),
  ];
}

/** Linked zones are asked by Azure's own DNS alone (learn: "Name resolution for resources in Azure virtual networks"). */
function dnsNotes(all: readonly Told[]): string[] {
  const own = all
    .filter(
      ({ endpoint, facts }) => endpoint.dns !== undefined && (facts.network?.dnsServers ?? []).length > 0,
    )
    .map(({ facts }) => `${nameOf(facts.id)} (${listed(facts.network?.dnsServers ?? [])})`);
  if (own.length === 0) return [];
  return [
    `DNS servers are set on VNet ${listed(own)}: links alone do not resolve there, those servers have to forward to 168.63.129.16.`,
  ];
}

function policyNotes(all: readonly Told[]): string[] {
  const applied = all.flatMap(({ endpoint, facts }) => {
    const subnet = facts.network?.subnets.find(({ id }) => sameId(id, endpoint.subnetId));
    const policies = subnet?.endpointPolicies ?? 'Disabled';
    return policies === 'Disabled' ? [] : [`${endpoint.name} (${policies})`];
  });
  if (applied.length === 0) return [];
  return [`Network policies of the subnet apply to private endpoint ${listed(applied)}.`];
}

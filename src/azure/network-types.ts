import type { RawBody } from './types.ts';

/** VNets and network security groups as the reconcilers see them; see types.ts. */

export interface Subnet {
  id: string;
  addressPrefixes: string[];
  /** IP configurations in use, Azure's five reserved addresses not counted. */
  usedAddresses: number;
  privateEndpointIds: string[];
  /** `privateEndpointNetworkPolicies`: Disabled, Enabled, NetworkSecurityGroupEnabled or RouteTableEnabled. */
  endpointPolicies: string;
}

export interface VirtualNetwork {
  id: string;
  location: string;
  subnets: Subnet[];
  /** Servers that are set on it; none stands for Azure's own. */
  dnsServers: string[];
  /** VNets that it is peered with; `givesGateway`: it uses that one's gateway. */
  peers: { id: string; givesGateway: boolean }[];
  /** VPN and ExpressRoute gateways in it. */
  gatewayIds: string[];
}

/** What a gateway is connected with: `IPsec`, `ExpressRoute`, `Vnet2Vnet` or `VPNClient`. */
export interface GatewayConnection {
  id: string;
  type: string;
}

/** A rule of a network security group, its default rules included. */
export interface SecurityRule {
  id: string;
  name: string;
  provisioningState: string;
  description: string;
  priority: number;
  direction: string;
  access: string;
  protocol: string;
  /** Prefixes, service tags or `*`; Azure's single value and its list together. */
  sources: string[];
  sourcePorts: string[];
  destinations: string[];
  /** `443`, `400-500` or `*`. */
  destinationPorts: string[];
  /** Whether application security groups stand in the place of addresses. */
  ofGroups: { sources: boolean; destinations: boolean };
  /** Only of rules that may be changed: others are never sent back. */
  raw?: RawBody;
}

/** A rule that allows TCP from VirtualNetwork to port 443 of a service tag. */
export interface RuleSpec {
  description: string;
  priority: number;
  serviceTag: string;
}

/** A part of `Azure`. */
export interface NetworkCalls {
  getVirtualNetwork(id: string): Promise<VirtualNetwork | undefined>;
  /** What a VPN or ExpressRoute gateway is connected with. */
  listGatewayConnections(gatewayId: string): Promise<GatewayConnection[]>;

  /** All rules of the group, its default rules too; `mayChange` says of which the whole answer is kept. */
  listSecurityRules(
    groupId: string,
    mayChange: (rule: SecurityRule) => boolean,
  ): Promise<SecurityRule[] | undefined>;
  /** Creates a single rule; the group is not written. */
  putSecurityRule(id: string, spec: RuleSpec): Promise<void>;
  /** PUTs back what was seen with this in it. */
  updateSecurityRule(seen: SecurityRule, spec: RuleSpec): Promise<void>;
  deleteSecurityRule(id: string): Promise<void>;
}

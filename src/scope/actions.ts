import type {
  EndpointSpec,
  PrivateEndpoint,
  RuleSpec,
  Scope,
  SecurityRule,
  Tags,
  ZoneGroup,
  ZoneLink,
} from '../azure/types.ts';
import type { Decision, Planned } from '../engine/concern.ts';
import type { OwnerReference } from '../runtime/object.ts';
import type { SeenMap, WantedMap } from './exporting/config-map.ts';

/** How a resource became this object's; see src/domain/ownership.ts. */
export type Origin = 'Created' | 'Adopted';

/**
 * Every call of Azure, and every write of exports, that a scope can need, each with all that making it takes; perform.ts
 * makes them. `id` is the path that the request is sent to. What is made, or made ours, names its `origin` for the inventory.
 */
export type ScopeAction =
  | CreateScope
  | {
      call: 'updateScope';
      verb: 'PUT';
      id: string;
      seen: Scope;
      publicNetworkAccess: string;
    }
  | { call: 'setTags'; verb: 'PATCH'; id: string; of: string; tags: Tags; origin?: Origin; what: string }
  | { call: 'removeTags'; verb: 'PATCH'; id: string; of: string; tags: Tags }
  | { call: 'createEndpoint'; verb: 'PUT'; id: string; spec: EndpointSpec }
  | {
      call: 'updateEndpoint';
      verb: 'PUT';
      id: string;
      seen: PrivateEndpoint;
      change: { requestMessage?: string };
    }
  | { call: 'createZone'; verb: 'PUT'; id: string; tags: Tags }
  | { call: 'createLink'; verb: 'PUT'; id: string; spec: LinkSpec }
  | { call: 'updateLink'; verb: 'PUT'; id: string; seen: ZoneLink; change: { resolutionPolicy?: string } }
  | {
      call: 'putZoneGroup';
      verb: 'PUT';
      id: string;
      zoneIds: readonly string[];
      seen?: ZoneGroup;
      origin: Origin;
    }
  | WriteConfigMap
  | DeleteConfigMap
  | { call: 'createRule'; verb: 'PUT'; id: string; spec: RuleSpec }
  | { call: 'updateRule'; verb: 'PUT'; id: string; seen: SecurityRule; spec: RuleSpec; origin?: Origin }
  | Deletion;

/** A write of Kubernetes; `id` is the object's path there. It is made where nobody's is, or put right where ours is. */
export interface WriteConfigMap {
  call: 'writeConfigMap';
  verb: 'PUT';
  id: string;
  namespace: string;
  name: string;
  owner: OwnerReference;
  digest: string;
  /** Not data but where to get it: actions are compared as text, and this may have a megabyte. */
  wanted: () => WantedMap;
  /** As it will be known once it is written. */
  becomes: SeenMap;
}

export interface DeleteConfigMap {
  call: 'deleteConfigMap';
  verb: 'DELETE';
  id: string;
  namespace: string;
  name: string;
  owner: OwnerReference;
}

export interface CreateScope {
  call: 'createScope';
  verb: 'PUT';
  id: string;
  spec: { location: string; tags: Tags; publicNetworkAccess: string };
  /** The spec names public access: Azure's answer is compared with it. */
  namesAccess: boolean;
}

export interface Deletion {
  call:
    | 'deleteScope'
    | 'deleteConnection'
    | 'deleteEndpoint'
    | 'deleteZoneGroup'
    | 'deleteZone'
    | 'deleteLink'
    | 'deleteRule';
  verb: 'DELETE';
  id: string;
}

export interface LinkSpec {
  virtualNetworkId: string;
  tags: Tags;
  resolutionPolicy?: string;
}

export type PlannedCall = Planned<ScopeAction>;
export type ScopeDecision = Decision<ScopeAction>;

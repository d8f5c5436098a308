import type { NetworkCalls, VirtualNetwork } from './network-types.ts';
import type { ServiceTags } from './service-tags.ts';
import type { CloudName } from '../base/cloud-name.ts';

/**
 * What the reconcilers see of Azure: plain data and one interface of typed calls, free of any SDK type.
 * Ids are ARM ids in the case Azure answered; compare them with `sameId` (ids.ts).
 */

export type * from './network-types.ts';

export type Tags = Record<string, string>;

/**
 * A resource exactly as Azure answered it, unknown fields included: what a change sends back with its difference in
 * it, so that nobody's settings are lost. Opaque to everybody but the calls that send it.
 */
export type RawBody = Readonly<Record<string, unknown>>;

/** microsoft.hybridcompute/privateLinkScopes. */
export interface Scope {
  id: string;
  name: string;
  location: string;
  tags: Tags;
  /** As observed; a value this operator does not know (`SecuredByPerimeter`) is passed through. */
  publicNetworkAccess: string;
  provisioningState: string;
  /** The scope's own GUID. */
  privateLinkScopeId: string;
  raw: RawBody;
}

/** A private endpoint connection as the scope sees it. */
export interface Connection {
  id: string;
  name: string;
  privateEndpointId: string;
  /** Pending, Approved, Rejected, Disconnected; only this counts, descriptions vary. */
  status: string;
  description: string;
}

/** An Arc-enabled server. */
export interface Machine {
  id: string;
  name: string;
  subscriptionId: string;
  resourceGroup: string;
  location: string;
  tags: Tags;
  vmId: string;
  /** Connected, Disconnected, Error, Expired. */
  status: string;
  provisioningState: string;
  /** Absent when the server belongs to no scope; Azure's `""` and null are absent here. */
  scopeId?: string;
}

export interface EndpointConnection {
  scopeId: string;
  groupIds: string[];
  manual: boolean;
  requestMessage: string;
  status: string;
  description: string;
}

export interface PrivateEndpoint {
  id: string;
  name: string;
  location: string;
  tags: Tags;
  provisioningState: string;
  subnetId: string;
  connections: EndpointConnection[];
  networkInterfaceIds: string[];
  /** DNS names without `privatelink`, as Azure gives them; empty until the endpoint is approved and ready. */
  dnsConfigs: { fqdn: string; addresses: string[] }[];
  raw: RawBody;
}

export interface EndpointSpec {
  location: string;
  tags: Tags;
  subnetId: string;
  scopeId: string;
  manual: boolean;
  requestMessage?: string;
  customNetworkInterfaceName?: string;
}

export interface RecordSet {
  name: string;
  fqdn: string;
  addresses: string[];
}

export interface ZoneGroup {
  id: string;
  name: string;
  provisioningState: string;
  zones: { zoneId: string; records: RecordSet[] }[];
  raw: RawBody;
}

export interface PrivateZone {
  id: string;
  name: string;
  tags: Tags;
  provisioningState: string;
  /** How many VNets are linked to it; undefined where Azure does not say. */
  linkCount?: number;
}

export interface ZoneLink {
  id: string;
  name: string;
  tags: Tags;
  provisioningState: string;
  /** InProgress or Completed. */
  linkState: string;
  virtualNetworkId: string;
  /** Default or NxDomainRedirect; absent in older answers. */
  resolutionPolicy?: string;
  raw: RawBody;
}

/** Where a long-running operation stands. Nobody waits for it: come back after `retryAfterMs`. */
export type Progress =
  /** `asked`: Azure has just said so; else it asked for patience, and nothing was asked. */
  | { state: 'running'; retryAfterMs: number; asked?: true }
  | { state: 'succeeded' }
  | { state: 'failed'; code: string; message: string };

/** How many writes a subscription's throttle lets through now, and when more come. */
export interface WriteBudget {
  available: number;
  /** Milliseconds until at least one more is available; 0 when `available` > 0. */
  nextInMs: number;
}

/** A complete listing of the servers of one subscription. */
export interface MachineSnapshot {
  subscriptionId: string;
  /** When the listing began, by `Clock.monotonic`: what it shows is at least that old. */
  begunMs: number;
  /** By lower-case id. Changes that this process made since are already in it. */
  machines: ReadonlyMap<string, Machine>;
}

/** What was read once for all objects of an identity. */
export interface Shared<T> {
  value: T;
  /** When the look began, by `Clock.monotonic`: what it shows is at least that old. */
  begunMs: number;
}

/**
 * Looks at what many objects have in common, no older than `maxAgeMs`; always new ones when that is 0. None is older than
 * a change that this process made of what it shows.
 */
export interface SharedLooks {
  /** Zones of the subscription, all resource groups. */
  zones(subscriptionId: string, maxAgeMs: number): Promise<Shared<PrivateZone[]>>;
  zoneLinks(zoneId: string, maxAgeMs: number): Promise<Shared<ZoneLink[]>>;
  network(id: string, maxAgeMs: number): Promise<Shared<VirtualNetwork | undefined>>;
  endpoint(id: string, maxAgeMs: number): Promise<Shared<PrivateEndpoint | undefined>>;
}

/**
 * Azure as one identity sees it. Every call is a single request (a listing follows its pages); none retries or waits
 * for an operation. Reads give undefined only for a real absence (`ResourceNotFound` and the like in an ARM error
 * body); any other 404 throws. A refusal throws an `AzureError` (errors.ts), whose kind is already chosen. A write that
 * Azure goes on with in the background is remembered: ask `progress(id)`.
 */
export interface Azure extends NetworkCalls {
  /** Stable, printable and free of secrets: tells two identities apart. */
  readonly identity: string;

  /**
   * Azure's own time in milliseconds since 1970: this machine's until an answer came, then the `Date` of the newest
   * answer carried on by the monotonic clock. What must outlive the process is written down by it.
   */
  now(): number;

  /** Looks that many objects share. */
  readonly shared: SharedLooks;

  readonly cloud: CloudName;

  /** Ids of the subscriptions that this identity can see, in lower case. */
  listSubscriptions(): Promise<string[]>;

  getScope(id: string): Promise<Scope | undefined>;
  /** Creates it. An existing one is changed with `updateScope`. */
  putScope(id: string, spec: { location: string; tags: Tags; publicNetworkAccess: string }): Promise<Scope>;
  /** PUTs back what was seen with this difference; gives Azure's answer. */
  updateScope(seen: Scope, change: { publicNetworkAccess: string }): Promise<Scope>;
  deleteScope(id: string): Promise<void>;
  listConnections(scopeId: string): Promise<Connection[]>;
  deleteConnection(id: string): Promise<void>;
  /** The private DNS zone names the scope's service needs, in lower case (`privateLinkResources`). */
  requiredZoneNames(scopeId: string): Promise<string[]>;
  /** The same as far as it is known without a scope (article and policies; for US Government assumed). */
  usualZoneNames(): readonly string[];

  /**
   * Changes tags alone, by the tags API (`PATCH {id}/providers/Microsoft.Resources/tags/default`, operation Merge or
   * Delete); gives all tags that the resource has afterwards.
   */
  mergeTags(id: string, tags: Tags): Promise<Tags>;
  removeTags(id: string, tags: Tags): Promise<Tags>;

  /**
   * The newest complete listing that began no longer than `maxAgeMs` ago; a new one is taken when there is none (always
   * when `maxAgeMs` is 0). Callers that ask at the same time share one listing.
   */
  machines(subscriptionId: string, maxAgeMs: number): Promise<MachineSnapshot>;
  getMachine(id: string): Promise<Machine | undefined>;
  /** PATCHes that one property and nothing else; null takes the server out of its scope. */
  setMachineScope(id: string, scopeId: string | null): Promise<Machine>;
  /** Ask before a batch of `setMachineScope`; never send more than `available`. */
  writeBudget(subscriptionId: string): WriteBudget;

  /**
   * Address ranges of these service tags, in any case. The answer has megabytes and is the same for all of a cloud: it is
   * asked for when the last one is older than `maxAgeMs` or lacks a tag that is asked for now, and shared by all callers.
   */
  serviceTags(
    subscriptionId: string,
    location: string,
    names: readonly string[],
    maxAgeMs: number,
  ): Promise<ServiceTags>;

  getEndpoint(id: string): Promise<PrivateEndpoint | undefined>;
  /** Creates it. */
  putEndpoint(id: string, spec: EndpointSpec): Promise<void>;
  /** PUTs back what was seen with this difference; with none it repeats an endpoint that failed. */
  updateEndpoint(seen: PrivateEndpoint, change: { requestMessage?: string }): Promise<void>;
  deleteEndpoint(id: string): Promise<void>;

  listZoneGroups(endpointId: string): Promise<ZoneGroup[]>;
  /** Creates it, or writes it again: with `seen`, what Azure has with these zones in it. */
  putZoneGroup(id: string, zoneIds: readonly string[], seen?: ZoneGroup): Promise<void>;
  deleteZoneGroup(id: string): Promise<void>;

  getZone(id: string): Promise<PrivateZone | undefined>;
  /** Creates it with `If-None-Match: *`: the operation fails with PreconditionFailed when someone was first. */
  putZone(id: string, tags: Tags): Promise<void>;
  deleteZone(id: string): Promise<void>;
  /** Zones of the subscription, all resource groups. */
  listZones(subscriptionId: string): Promise<PrivateZone[]>;
  listZoneLinks(zoneId: string): Promise<ZoneLink[]>;
  /** Creates it with `If-None-Match: *`. */
  putZoneLink(
    id: string,
    spec: { virtualNetworkId: string; tags: Tags; resolutionPolicy?: string },
  ): Promise<void>;
  /** PUTs back what was seen with this difference, with `If-Match` where its etag is known. */
  updateZoneLink(seen: ZoneLink, change: { resolutionPolicy?: string }): Promise<void>;
  deleteZoneLink(id: string): Promise<void>;
  /** The zone's A record sets. */
  listRecords(zoneId: string): Promise<RecordSet[]>;

  /**
   * The operation that this process began last on the resource: one poll, none while Retry-After has not passed.
   * Undefined when there is none known (none begun, finished and told, or begun before a restart): the resource's own
   * `provisioningState` tells then. With `of`, an operation of another method counts as none.
   */
  progress(resourceId: string, of?: 'PUT' | 'DELETE'): Promise<Progress | undefined>;
  /** The resource itself has shown the end of its operation: nobody needs to ask after that any more. */
  settled(resourceId: string): void;
}

/** The id that a change of a resource's tags alone is sent to (learn: "Tags - Update At Scope"). */
export function tagsId(id: string): string {
  return `${id}/providers/Microsoft.Resources/tags/default`;
}

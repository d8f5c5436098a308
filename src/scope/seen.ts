import type { ArcPrivateLinkScope } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import type {
  Connection,
  PrivateEndpoint,
  PrivateZone,
  RecordSet,
  Scope,
  SecurityRule,
  VirtualNetwork,
  ZoneGroup,
  ZoneLink,
} from '../azure/types.ts';
import type { ServiceTags } from '../azure/service-tags.ts';
import type { CloudName } from '../base/cloud-name.ts';
import type { Fault } from '../base/errors.ts';
import type { Refusal } from '../engine/attempts.ts';
import { longestAgeMs, type Action } from '../engine/concern.ts';
import type { Told } from '../engine/kind.ts';
import type { Known } from '../engine/picture.ts';
import type { Desired } from './desired.ts';
import type { SeenMap } from './exporting/config-map.ts';
import type { Inventory } from './inventory.ts';
import type { Checks, Verified } from './verification/checks.ts';

/** The picture of a scope that every decision rests on. Made by observe.ts, changed by learn.ts, and by nothing else. */
export interface Seen {
  readonly object: ArcPrivateLinkScope;
  readonly desired: Desired;
  /** The object is being deleted: nothing of it is wanted any more. */
  readonly deleting: boolean;
  /** Nothing is written, to Azure or to the inventory. */
  readonly observing: boolean;
  readonly inventory: Inventory;
  readonly scope: Known<Scope>;
  readonly zoneNames: ZoneNames;
  /** Those that are wanted, that are in the inventory, and others that carry our tag. By `idKey`. */
  readonly endpoints: ReadonlyMap<string, SeenEndpoint>;
  readonly zones: ReadonlyMap<string, SeenZone>;
  /** VNets of endpoints that are still to be made. By `idKey`. */
  readonly networks: ReadonlyMap<string, Known<VirtualNetwork>>;
  /** What is told of the VNets of all endpoints; by `idKey`. */
  readonly networkFacts: ReadonlyMap<string, NetworkFacts>;
  /** Those that the spec names, and those with rules in the inventory. By `idKey`. */
  readonly securityGroups: ReadonlyMap<string, SeenSecurityGroup>;
  readonly preflight: PreflightSeen;
  /** The scope's connections; looked at only where one has to be approved, or at deletion. */
  readonly connections: Known<Connection[]> | undefined;
  readonly servers: ServersSeen;
  readonly associations: AssociationsSeen;
  readonly exports: ExportsSeen;
  readonly verification: VerificationSeen;
  /** What was tried in vain. */
  refusal(action: Pick<Action, 'verb' | 'id'>): Refusal | undefined;
  /** What the last calls did that a person should hear of. */
  readonly told: readonly Told[];
  /** Calls were just made: it is worth looking again soon. */
  readonly sent: boolean;
}

/** What resolvers answer, and whom nobody asks; see verification/. */
export interface VerificationSeen extends Pick<Checks, 'notAllowed' | 'waiting'> {
  /** In the order of the spec; from the status where nothing was asked yet since the process began. */
  found: readonly Verified[];
  /** Something was never asked. */
  pending: boolean;
}

export const nothingVerified: VerificationSeen = { notAllowed: [], waiting: [], found: [], pending: false };

export interface ZoneNames {
  /** Zones that the service needs; before the scope exists, those it is known to need. In lower case. */
  names: readonly string[];
  /** They could not be read and were never known. */
  unknown?: Fault;
  /** They were known before and could not be read anew. */
  trouble?: Fault;
}

export interface SeenEndpoint {
  id: string;
  known: Known<PrivateEndpoint>;
  groups: Known<ZoneGroup[]>;
}

export interface SeenZone {
  id: string;
  known: Known<PrivateZone>;
  links: Known<ZoneLink[]>;
  /** The A records; not looked at where no zone group is in place. */
  records: Known<RecordSet[]>;
}

/** Absent where there is no such group. */
export interface SeenSecurityGroup {
  id: string;
  rules: Known<SecurityRule[]>;
}

/** A VNet, as far as a person should know of it; `network` is absent where it could not be read. */
export interface NetworkFacts {
  id: string;
  hybridConnection: 'Found' | 'NotFound' | 'Unknown';
  network?: Pick<VirtualNetwork, 'dnsServers' | 'subnets'>;
}

/** What Azure and other objects already have, as far as something is still to be made. */
export interface PreflightSeen {
  /** Other objects of this cluster. */
  others: readonly ArcPrivateLinkScope[];
  /** Endpoints of others in a VNet, with the scopes they lead to. By the VNet's `idKey`. */
  neighbours: ReadonlyMap<string, readonly Neighbour[]>;
  /** Links of wanted VNets to zones of the service outside our sets. */
  foreignLinks: readonly ForeignLink[];
  /** Look-ups that the identity may not make, as sentences. */
  notes: readonly string[];
  /** Look-ups that failed otherwise, by the `idKey` of the VNet that they are about. */
  failed: ReadonlyMap<string, Fault>;
}

export interface Neighbour {
  id: string;
  scopeIds: readonly string[];
}

export interface ForeignLink {
  networkId: string;
  zoneId: string;
  linkId: string;
}

/** Servers that point to the scope. */
export interface ServersSeen {
  /** How many, or undefined where they could not be listed. */
  count?: number;
  /** At deletion: those that no association being deleted will release, by name. */
  staying: readonly string[];
  /** At deletion: those that one will. */
  leaving: readonly string[];
  /** Subscriptions that could not be looked at, with why; `matters` where servers of the scope are to be expected. */
  unread: readonly { subscriptionId: string | undefined; fault: Fault; matters: boolean }[];
  /** Keys of the picture that this rests on. */
  keys: readonly string[];
}

export interface AssociationsSeen {
  /** Names of those that refer to the scope and stay. */
  live: readonly string[];
  /** Names of those that refer to it and are being deleted. */
  terminating: readonly string[];
  /** Servers that wait for the scope to accept them. */
  propagating: number;
  /** Milliseconds until that number may have changed. */
  propagatedInMs?: number;
}

/** What exports rest on; nothing of it is looked at where the spec has none and none were written. */
export interface ExportsSeen {
  cloud: CloudName;
  /** By their path in Kubernetes (`configMapId`). */
  maps: ReadonlyMap<string, Known<SeenMap>>;
  serviceTags: Known<ServiceTags> | undefined;
  /** VNets in which forwarders are looked for, by `idKey`. */
  networks: ReadonlyMap<string, Known<VirtualNetwork>>;
}

export const noExports: ExportsSeen = {
  cloud: 'AzurePublic',
  maps: new Map(),
  serviceTags: undefined,
  networks: new Map(),
};

export function endpointSeen({ endpoints }: Pick<Seen, 'endpoints'>, id: string): SeenEndpoint | undefined {
  return endpoints.get(idKey(id));
}

export function zoneSeen({ zones }: Pick<Seen, 'zones'>, id: string): SeenZone | undefined {
  return zones.get(idKey(id));
}

/** A list that was not looked at because what it belongs to is not there. */
export function emptyList<T>(): Known<T[]> {
  return { is: 'there', value: [], ageMs: 0, busy: false };
}

/** Nothing was read: there was no need. */
export const notAsked: Known<never> = { is: 'absent', ageMs: 0, busy: false };

export function troubleOf(known: Known<unknown>): Fault | undefined {
  return known.is === 'unknown' ? known.fault : known.trouble;
}

/**
 * The same, once it is worth telling. A read whose turn comes within a minute passes: where hundreds of looks share
 * Azure's limit, each waits for a moment at every resync, and a status that says so would be written anew each time.
 */
export function lastingTroubleOf(known: Known<unknown>): Fault | undefined {
  const trouble = troubleOf(known);
  if (known.is === 'unknown' || trouble?.reason !== 'Throttled') return trouble;
  const { retryAfterMs = Number.POSITIVE_INFINITY } = trouble;
  return retryAfterMs < passesWithinMs && (known.troubledMs ?? 0) < passesWithinMs ? undefined : trouble;
}

const passesWithinMs = 60_000;

/**
 * Why nothing can be done about it: it was never read, or could not be read anew for too long, which is as good as
 * unknown since no call may rest on it.
 */
export function blindness(known: Known<unknown>): Fault | undefined {
  if (known.is === 'unknown') return known.fault;
  return known.ageMs > longestAgeMs ? known.trouble : undefined;
}

export function isBusy(known: Known<unknown>): boolean {
  return known.is !== 'unknown' && known.busy;
}

export function isLeaving({ provisioningState }: { provisioningState: string }): boolean {
  return provisioningState === 'Deleting';
}

export function hasFailed({ provisioningState }: { provisioningState: string }): boolean {
  return provisioningState === 'Failed' || provisioningState === 'Canceled';
}

/** Azure says that it is not there, and nobody is making it. */
export function isGone(known: Known<unknown>): boolean {
  return known.is === 'absent' && !known.busy && known.trouble === undefined;
}

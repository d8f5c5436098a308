import type {
  BlockedRelease,
  ArcPrivateLinkScope,
  ArcServerAssociation,
  ArcServerAssociationSlice,
  ServerEntry,
} from '../api/types.ts';
import type { Machine } from '../azure/types.ts';
import type { Fault } from '../base/errors.ts';
import type { Rival } from '../domain/rivals.ts';

/** The picture that a pass decides from. Immutable; every read of it is in observe.ts and the folder look. */
export interface Seen {
  readonly object: ArcServerAssociation;
  readonly observing: boolean;
  readonly deleting: boolean;
  /** Azure's time when it was looked at, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly windowMs: number;
  readonly target: Target;
  /** Keys of the scopes that this association's servers were taken into before (rule 17). */
  readonly before: ReadonlySet<string>;
  readonly listings: readonly Listing[];
  /** Subscriptions of which no listing is known, and why. */
  readonly unlisted: readonly Unlisted[];
  /** Sorted by id: all that are selected or have an entry. */
  readonly servers: readonly Server[];
  /** Names of the spec that Azure does not have. */
  readonly missingNames: readonly string[];
  /** Held servers of listings that lack too many to be believed. */
  readonly incomplete: Incomplete | undefined;
  /** Keys of held servers that two listings, begun after the selection last changed, showed outside of it. */
  readonly outside: ReadonlySet<string>;
  /** Keys of servers whose release the status counts already, though it has not begun. */
  readonly counted: ReadonlySet<string>;
  readonly others: Others;
  /** How often each server was taken back within the last hour, by key. */
  readonly takenBack: ReadonlyMap<string, number>;
  /** The scope is being deleted as well, and its names still lead to it: no server leaves it before. */
  readonly namesResolve: boolean;
  /** Deletion has waited long enough for others to take servers over. */
  readonly handOverIsOver: boolean;
  /** For how long servers have been waiting for others to take them over. */
  readonly handingOverMs: number;
  /** Trouble that all calls share (throttling, credentials), while it holds calls up. */
  readonly trouble: Fault | undefined;
  /** Servers that Azure refused before. */
  readonly retries: {
    /** One of them was accepted lately: others may be as well. */
    acceptedAgain: boolean;
    /** Milliseconds until some of them may be tried again; 0 when they may be now. */
    inMs: number;
  };
  /** Come back after so many milliseconds for what could not be read in this pass. */
  readonly lookAgainMs: number | undefined;
  /** What the answers of this pass told. */
  readonly done: Done;
}

/** The scope that the servers belong to. */
export interface Target {
  /** Its object's name or its ARM id, for people. */
  shown: string;
  /** ARM id; undefined while none was ever known. */
  scopeId: string | undefined;
  /** Undefined while the scope itself is not known. */
  location: string | undefined;
  /** Where servers are looked for when the spec names no subscription. */
  subscriptionId: string | undefined;
  /** Read anew; undefined with `scopeResourceId`, or when it does not exist. */
  object: ArcPrivateLinkScope | undefined;
  /** Why no server may be taken now; absent when the scope can serve them. */
  closed?: Closed;
}

export interface Closed {
  fault: Fault;
  /** The scope is wrong or missing, whether or not servers wait; else it only cannot serve yet. */
  unusable: boolean;
  /** It could not be read, which says nothing about it. */
  unread?: true;
}

/** A complete listing of the servers of one subscription. */
export interface Listing {
  /** In lower case. */
  subscriptionId: string;
  /** Its key in the engine's picture. */
  key: string;
  /** By the monotonic clock. */
  begunMs: number;
  /** How old it was when the picture was made. */
  ageMs: number;
  machines: ReadonlyMap<string, Machine>;
  /** Why there is no newer one. */
  trouble: Fault | undefined;
}

export interface Unlisted {
  /** In lower case. */
  subscriptionId: string;
  fault: Fault;
}

/** A server that is or was of this association, with all that is known of it. */
export interface Server {
  id: string;
  /** The id in lower case. */
  key: string;
  sight: Sight;
  selected: boolean;
  /** As it is stored. */
  entry: Entry | undefined;
}

export type Sight =
  | { is: 'there'; machine: Machine; evidence: Evidence }
  /** Azure said of this one that it does not exist. */
  | { is: 'gone' }
  /** Azure said of this one that the identity may not read it. */
  | { is: 'hidden'; fault: Fault }
  /** Not known: its subscription could not be listed, or a listing lacks it and nothing proves that it is gone. */
  | { is: 'unread' };

/** What a call on a server would rest on. */
export interface Evidence {
  /** When the look at it began, by the monotonic clock. */
  begunMs: number;
  /** The listing's key; absent when the server was asked for by itself. */
  key?: string;
  /** What has to be looked at anew first, and cannot be now. */
  waitsFor?: string;
}

export interface Incomplete {
  subscriptionIds: readonly string[];
  /** Keys of the held servers that are missing. */
  missing: readonly string[];
  /** What a person confirms it with. */
  token: string;
}

/** The other associations of the cluster, as far as they matter to servers of ours. */
export interface Others {
  /** Whose the server is instead of ours. */
  claimOn(machine: Machine): Claim | undefined;
  /** Who keeps it in our scope when we let it go. */
  heirOf(machine: Machine): Claim | undefined;
  /** Whether somebody who could has not looked yet, so that nobody knows who keeps it. */
  mayHaveHeir(machine: Machine): boolean;
  /** Whether its slices hold the server already. */
  holds(uid: string, key: string): boolean;
  /** Entries of servers new to us that another association of our scope held, by key: origin and wait are handed on. */
  inherited: ReadonlyMap<string, Entry>;
}

export type Claim = Pick<Rival, 'uid' | 'name' | 'scopeId' | 'acts'>;

export interface Done {
  /** Keys of servers whose release was begun in this pass, and is not counted yet. */
  releasing: readonly string[];
  /** Answers to our own calls, by key: newer than any listing that began before them. */
  answers: ReadonlyMap<string, { machine: Machine; atMs: number }>;
  /** Keys of servers that a call did not find: their listing is out of date. */
  notThere: readonly string[];
  /** The release that was held back before servers were taken in this pass. */
  blocked?: BlockedRelease | undefined;
}

export type Entry = ServerEntry;
export type Slice = ArcServerAssociationSlice;

export function machineOf({ sight }: Server): Machine | undefined {
  return sight.is === 'there' ? sight.machine : undefined;
}

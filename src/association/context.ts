import type {
  ArcPrivateLinkScope,
  ArcServerAssociation,
  ArcServerAssociationSlice,
  ServerEntry,
} from '../api/types.ts';
import type { Azure, Machine } from '../azure/types.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { AzureFor } from '../identity/resolver.ts';
import type { Client } from '../runtime/client.ts';
import type { Recorder } from '../runtime/events.ts';
import type { Lister } from '../runtime/reconciler.ts';
import type { Memory } from './memory.ts';

/** What the controller of associations is made of. */
export interface AssociationDeps {
  client: Client;
  scopes: Lister<ArcPrivateLinkScope>;
  associations: Lister<ArcServerAssociation>;
  azureFor: AzureFor;
  events: Recorder;
  clock: Clock;
  random: Random;
  settings: AssociationSettings;
}

export interface AssociationSettings {
  machinePollIntervalMs: number;
  /** How long a scope may take to accept a new server. */
  propagationWindowMs: number;
  stallAfterMs: number;
}

/** One pass of the reconcile. */
export interface Pass {
  readonly deps: AssociationDeps;
  readonly azure: Azure;
  readonly log: Logger;
  readonly object: ArcServerAssociation;
  readonly memory: Memory;
}

/** The scope servers are taken into. */
export interface Target {
  scopeId: string;
  location: string;
  subscriptionId: string;
  /** Why no server may be taken now; absent when the scope can serve them. */
  closed?: { reason: string; message: string };
}

export type Entry = ServerEntry;

/** A server that is or was of this association, with all that is known of it. */
export interface Server {
  id: string;
  /** Absent when Azure's complete listing lacks it. */
  machine: Machine | undefined;
  selected: boolean;
  entry: Entry | undefined;
}

export type Slice = ArcServerAssociationSlice;

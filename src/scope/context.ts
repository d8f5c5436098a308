import type { ArcPrivateLinkScope, ArcPrivateLinkScopeStatus, ArcServerAssociation } from '../api/types.ts';
import type { Azure, PrivateEndpoint, Scope, VirtualNetwork, ZoneGroup } from '../azure/types.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { AzureFor } from '../identity/resolver.ts';
import type { Client } from '../runtime/client.ts';
import type { Recorder } from '../runtime/events.ts';
import type { Lister } from '../runtime/reconciler.ts';
import type { Desired } from './desired.ts';

/** What the controller of scopes is made of. */
export interface ScopeDeps {
  client: Client;
  scopes: Lister<ArcPrivateLinkScope>;
  associations: Lister<ArcServerAssociation>;
  azureFor: AzureFor;
  events: Recorder;
  clock: Clock;
  random: Random;
  settings: ScopeSettings;
}

export interface ScopeSettings {
  /** This cluster in ownership tags. */
  ownerId: string;
  machinePollIntervalMs: number;
  stallAfterMs: number;
}

/** One pass of the reconcile: what is wanted, and what was seen on the way. */
export interface Pass {
  readonly deps: ScopeDeps;
  readonly azure: Azure;
  readonly log: Logger;
  readonly object: ArcPrivateLinkScope;
  readonly desired: Desired;
  /** What will be written at the end; steps add what they saw. */
  readonly status: ArcPrivateLinkScopeStatus;
  scope: Scope | undefined;
  /** Zone names that the scope's service needs, in lower case; known once the scope exists. */
  zoneNames: readonly string[];
  /** By the id of the VNet in lower case. */
  readonly networks: Map<string, VirtualNetwork>;
  /** By the endpoint's name in the object. */
  readonly endpoints: Map<string, PrivateEndpoint>;
  /** Finished zone groups, by the endpoint's name. */
  readonly groups: Map<string, ZoneGroup>;
  /** Nothing that the spec no longer asks for is left in Azure. */
  leftoversGone: boolean;
  /** While deleting: names no longer resolve to the endpoints. */
  namesRemoved: boolean;
  /** While deleting: what has to go first. */
  blocked: { reason: string; message: string } | undefined;
}

/** How a step ended: its concern is as it shall be, or is on its way there. Anything else it throws. */
export type StepResult =
  | { state: 'ready'; reason?: string; message: string }
  | { state: 'working'; reason: string; message: string; requeueAfterMs: number };

/** Azure's work is looked at this often; Retry-After is a wish, and the resource itself tells. */
export const pollMs = 2_000;

export function working(message: string, reason = 'Provisioning', requeueAfterMs = pollMs): StepResult {
  return { state: 'working', reason, message, requeueAfterMs };
}

export function ready(message: string, reason?: string): StepResult {
  return reason === undefined ? { state: 'ready', message } : { state: 'ready', reason, message };
}

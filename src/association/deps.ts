import type { ArcPrivateLinkScope, ArcServerAssociation } from '../api/types.ts';
import type { Clock } from '../base/clock.ts';
import type { Client } from '../runtime/client.ts';
import type { Lister } from '../runtime/reconciler.ts';

/** What the kind is made of, beside the engine. */
export interface AssociationDeps {
  client: Client;
  /** Caches: good enough to tell who else there is, never for the scope or the slices of the object itself. */
  scopes: Lister<ArcPrivateLinkScope>;
  associations: Lister<ArcServerAssociation>;
  /** Whether this process works on the object; another operator does on the others. */
  worksOn(object: ArcServerAssociation): boolean;
  clock: Pick<Clock, 'monotonic' | 'turn'>;
  settings: AssociationSettings;
}

export interface AssociationSettings {
  machinePollIntervalMs: number;
  /** How long a scope may take to accept a new server. */
  propagationWindowMs: number;
  /** First part of the ownership tag of all that this operator makes. */
  ownerId: string;
  managementPolicy: 'Manage' | 'Observe';
}

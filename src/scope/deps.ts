import type { ArcPrivateLinkScope, ArcServerAssociation } from '../api/types.ts';
import type { Looking } from '../engine/kind.ts';
import type { Client } from '../runtime/client.ts';
import type { Lister } from '../runtime/reconciler.ts';
import type { NetworkFacts } from './seen.ts';
import type { Verifier } from './verification/verifier.ts';

/** What the scope's kind is made of, beside what the engine has. */
export interface ScopeDeps {
  client: Client;
  scopes: Lister<ArcPrivateLinkScope>;
  associations: Lister<ArcServerAssociation>;
  /** Asks resolvers beside the workers. */
  verifier: Pick<Verifier, 'found' | 'resolving'>;
  settings: {
    /** This cluster in ownership tags. */
    ownerId: string;
    machinePollIntervalMs: number;
    managementPolicy: 'Manage' | 'Observe';
    /** In lower case; empty allows all. */
    allowedSubscriptions: readonly string[];
  };
}

/** What a process remembers of one scope. */
export interface ScopeMemory {
  /**
   * Whether everything that may carry our tag has been looked for. It is where the inventory was found empty: the
   * status was lost, or nothing was ever made.
   */
  search: 'needed' | 'done' | undefined;
  /** Connections of the scope as they were listed last. */
  connectionIds: readonly string[];
  /** What was found of VNets, by `idKey`, and when by the monotonic clock. */
  networks: Map<string, { facts: NetworkFacts; atMs: number }>;
}

export type ScopeLooking = Looking<ArcPrivateLinkScope, ScopeMemory>;

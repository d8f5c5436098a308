import { idKey, sameId, sameLocation } from '../azure/ids.ts';
import type { Machine } from '../azure/types.ts';
import type { ArcServerAssociation } from '../api/types.ts';
import type { Selection } from './selection.ts';

/** Which of several associations of this cluster a server belongs to (rule 1). Pure. */

/** Another association, as far as a server of ours may be its as well. */
export interface Rival {
  uid: string;
  /** `namespace/name`, for messages. */
  name: string;
  /** Compares as the older one first. */
  rank: string;
  /** It is not being deleted. */
  live: boolean;
  /** It may act: live, neither suspended nor observing, and its scope is there and may be referred to. */
  acts: boolean;
  /** Its scope is not being deleted, so that it may take servers into it. */
  takes: boolean;
  /** `conflictPolicy: Move`. */
  moves: boolean;
  /** The scope that it takes servers into; undefined while none is known. */
  scopeId: string | undefined;
  /** The scope that its servers were taken into, whatever has become of that scope's object. */
  heldIn: string | undefined;
  /** Region of its scope; undefined where it is not known. */
  location: string | undefined;
  /** Where its servers are looked for, in lower case. */
  subscriptions: ReadonlySet<string>;
  selects: Selection;
  /** Whether its own identity has listed the server, or its slices hold it: without, it is no rival. */
  sees: (id: string) => boolean;
  /** It has not looked yet since it was made or changed: what it sees is still to be found out. */
  isNew: boolean;
  /** Whether nobody knows yet if its identity sees the server: it has not listed that subscription since it was begun. */
  mayYetSee: (id: string) => boolean;
}

/** Older first, then by name. */
export function rankOf({ metadata }: Pick<ArcServerAssociation, 'metadata'>): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The association that the server belongs to instead of us, when there is one. */
export function claimOn(
  machine: Machine,
  own: { scopeId: string | undefined; rank: string },
  rivals: readonly Rival[],
): Rival | undefined {
  return holderOf(machine, own, rivals) ?? winnerOver(machine, own, rivals);
}

/**
 * A live association whose server it is, in the scope that it is in now. Nothing is taken from it, whatever has become
 * of its scope object, and whether or not it may act at the moment.
 */
function holderOf(
  machine: Machine,
  own: { scopeId: string | undefined },
  rivals: readonly Rival[],
): Rival | undefined {
  if (machine.scopeId === undefined || sameId(machine.scopeId, own.scopeId)) return undefined;
  return first(
    rivals.filter(
      ({ live, heldIn, selects, sees }) =>
        live && sameId(heldIn, machine.scopeId) && selects(machine) && sees(idKey(machine.id)),
    ),
  );
}

/** Among those that could take it: the association of the scope that it is in now, else the older one. */
function winnerOver(
  machine: Machine,
  own: { scopeId: string | undefined; rank: string },
  rivals: readonly Rival[],
): Rival | undefined {
  const order = (claim: { scopeId: string | undefined; rank: string }): string =>
    `${sameId(claim.scopeId, machine.scopeId) ? 0 : 1} ${claim.rank}`;
  return rivals
    .filter((rival) => order(rival) < order(own) && couldTake(rival, machine))
    .sort((one, other) => (order(one) < order(other) ? -1 : 1))[0];
}

/** Whether the rival has the server, or would have it if we were not there. */
function couldTake(rival: Rival, machine: Machine): boolean {
  if (!rival.acts || rival.scopeId === undefined) return false;
  if (!rival.selects(machine) || !rival.sees(idKey(machine.id))) return false;
  if (sameId(rival.scopeId, machine.scopeId)) return true;
  if (!rival.takes || (machine.scopeId !== undefined && !rival.moves)) return false;
  return rival.location === undefined || sameLocation(rival.location, machine.location);
}

/**
 * The association that keeps the server in this scope when we let it go. A new one is waited for until it has looked:
 * else whoever replaces one association by another would cut the servers off in between.
 */
export function heirOf(machine: Machine, scopeId: string, rivals: readonly Rival[]): Rival | undefined {
  const here = rivals
    .filter((rival) => sameId(rival.scopeId, scopeId))
    .map((rival) => (rival.isNew ? { ...rival, sees: () => true } : rival));
  // One that may not act now keeps what it holds all the same.
  const idle = here.filter(
    ({ live, acts, selects, sees }) => live && !acts && selects(machine) && sees(idKey(machine.id)),
  );
  return first(here.filter((rival) => couldTake(rival, machine))) ?? first(idle);
}

/** Whether an association may turn out to be the heir as soon as it has looked: its first listing is still to come. */
export function mayHaveHeir(machine: Machine, scopeId: string, rivals: readonly Rival[]): boolean {
  return rivals.some(
    (rival) =>
      sameId(rival.scopeId, scopeId) &&
      rival.mayYetSee(idKey(machine.id)) &&
      couldTake({ ...rival, sees: () => true }, machine),
  );
}

function first(rivals: readonly Rival[]): Rival | undefined {
  return [...rivals].sort((one, other) => (one.rank < other.rank ? -1 : 1))[0];
}

import type { Concern, Decision } from '../../engine/concern.ts';
import type { MachineAction } from '../actions.ts';
import type { Seen } from '../seen.ts';

/** What an association's concerns are, one a file and one condition each. */
export type AssociationConcern = Concern<Seen, MachineAction>;
export type AssociationDecision = Decision<MachineAction>;

/** `1 server`, `2 servers`. */
export function servers(count: number): string {
  return `${count} ${count === 1 ? 'server' : 'servers'}`;
}

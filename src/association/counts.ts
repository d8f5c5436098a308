import type { ArcServerAssociationStatus, ServerException } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import type { Entry, Server } from './context.ts';

/** The numbers and the list of servers that need a person. Pure. */
export interface Counts {
  selected: number;
  pending: number;
  associated: number;
  propagating: number;
  propagated: number;
  refused: number;
  failed: number;
  disconnected: number;
  /** Milliseconds since 1970 when the last wait ends. */
  propagatedByMs: number | undefined;
}

const isIn = new Set<Entry['phase']>(['Propagating', 'Propagated']);

export function count(
  servers: readonly Server[],
  entries: ReadonlyMap<string, Entry>,
  windowMs: number,
): Counts {
  const phases = new Map<Entry['phase'], number>();
  let propagatedByMs: number | undefined;
  for (const { phase, since } of entries.values()) {
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
    if (phase === 'Propagating') propagatedByMs = Math.max(propagatedByMs ?? 0, Date.parse(since) + windowMs);
  }
  const of = (phase: Entry['phase']): number => phases.get(phase) ?? 0;
  const disconnected = servers.filter(({ id, machine }) => {
    const phase = entries.get(idKey(id))?.phase;
    return machine?.status === 'Disconnected' && phase !== undefined && isIn.has(phase);
  });
  return {
    selected: servers.filter(({ selected }) => selected).length,
    pending: of('Pending') + of('Associating'),
    associated: of('Propagating') + of('Propagated'),
    propagating: of('Propagating'),
    propagated: of('Propagated'),
    refused: of('Refused'),
    failed: of('Failed'),
    disconnected: disconnected.length,
    propagatedByMs,
  };
}

const mostExceptions = 50;

export function exceptions(
  entries: ReadonlyMap<string, Entry>,
  missing: readonly string[],
): ServerException[] {
  const refused = [...entries.values()]
    .filter(({ phase }) => phase === 'Refused' || phase === 'Failed')
    .map(({ id, phase, reason = phase, message = '' }) => ({ id, reason, message }));
  const absent = missing.map((name) => ({
    id: name,
    reason: 'ServerNotFound',
    message: `No server ${name} exists in the subscriptions. Onboard it, or take its name out of the selection.`,
  }));
  return [...refused, ...absent]
    .sort((one, other) => (idKey(one.id) < idKey(other.id) ? -1 : 1))
    .slice(0, mostExceptions);
}

/** The status fields that are numbers. */
export function countFields(counts: Counts): Partial<ArcServerAssociationStatus> {
  const { selected, associated, propagating, propagated, refused, failed, disconnected } = counts;
  return { selected, associated, propagating, propagated, refused, failed, disconnected };
}

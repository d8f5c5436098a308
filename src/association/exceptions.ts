import type { ServerException } from '../api/types.ts';
import { nameOf } from '../azure/ids.ts';
import { planOf } from './plan.ts';
import type { Entry, Seen } from './seen.ts';

/** The servers that need a person, for `status.exceptions`. Pure. */
export const mostExceptions = 50;

/** All of them, sorted by id. */
export function exceptionsOf(seen: Seen): ServerException[] {
  const { entries } = planOf(seen);
  const told: ServerException[] = [];
  for (const entry of entries.values()) if (needsPerson(entry)) told.push(ofEntry(entry));
  for (const { id, sight } of seen.servers) if (sight.is === 'hidden') told.push(notVisible(id, sight.fault));
  for (const name of seen.missingNames) told.push(notFound(name));
  return told.sort((one, other) => (one.id.toLowerCase() < other.id.toLowerCase() ? -1 : 1));
}

function needsPerson({ phase, reason }: Entry): boolean {
  return phase === 'Refused' || phase === 'Failed' || (phase === 'Releasing' && reason !== undefined);
}

function ofEntry({ id, phase, reason = phase, message = '' }: Entry): ServerException {
  return phase === 'Releasing'
    ? { id, reason, message: `The server cannot leave the scope. ${message}`.slice(0, longestMessage) }
    : { id, reason, message };
}

const longestMessage = 1024;

function notVisible(id: string, { reason, message }: { reason: string; message: string }): ServerException {
  const text = `Server ${nameOf(id)} is held, but no longer listed, and Azure does not say that it is gone (${reason}). It stays as it is; grant the identity the right to read it. ${message}`;
  return { id, reason: 'NotVisible', message: text.slice(0, longestMessage) };
}

function notFound(name: string): ServerException {
  const message = `No server ${name} exists in the subscriptions. Onboard it, or take its name out of the selection.`;
  return { id: name, reason: 'ServerNotFound', message };
}

import { nameOf } from '../azure/ids.ts';
import type { Why } from './entries.ts';

/** Why a selected server is not taken: every such reason, and what a person can do about it. */

export function heldByAssociation(name: string): Why {
  const message = `Association ${name} holds this server or comes first. Narrow one of the two selections.`;
  return { reason: 'HeldByAssociation', message };
}

export function regionMismatch(serverLocation: string, scopeLocation: string): Why {
  const message = `The server is in ${serverLocation}, the scope in ${scopeLocation}; they must share a region. Take it out of the selection, or use a scope of its region.`;
  return { reason: 'RegionMismatch', message };
}

export function inOtherScope(scopeId: string): Why {
  const message = `The server belongs to scope ${nameOf(scopeId)} (${scopeId}) and is not touched. Take it out there, or set conflictPolicy: Move.`;
  return { reason: 'InOtherScope', message };
}

export function movedAway(scopeId: string): Why {
  const message = `Someone moved the server to scope ${scopeId}. Move it back, or take it out of the selection.`;
  return { reason: 'MovedAway', message };
}

export function contested(scopeId: string): Why {
  const message = `The server was moved to scope ${scopeId} again after it had been taken back twice within an hour. Find who does that; it is tried again later.`;
  return { reason: 'Contested', message };
}

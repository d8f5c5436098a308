import type { Reason } from './conditions.ts';
import { credentials } from './runbook/credentials.ts';
import type { RunbookEntry } from './runbook/entry.ts';
import { progress } from './runbook/progress.ts';
import { scopes } from './runbook/scopes.ts';
import { servers } from './runbook/servers.ts';

/** What to do about every reason of src/api/conditions.ts: the source of docs/runbook.md. */
export const runbook: Readonly<Record<Reason, RunbookEntry>> = {
  ...progress,
  ...credentials,
  ...scopes,
  ...servers,
};

/** Reasons of events alone; an event may also carry the reason of a condition. */
export const eventReasons = {
  ScopeCreated: 'The scope was created in Azure.',
  ScopeUpdated: 'Tags or public access of the scope were put right or changed.',
  EndpointCreated: 'A private endpoint was created.',
  DriftCorrected: 'Something that was changed behind the operator was put right; the note says what.',
  Retained: 'The object was deleted with `deletionPolicy: Retain` or suspended: Azure stays as it is.',
  Deleted: 'The object was deleted, and everything that it made in Azure is gone.',
  DeletionBlocked:
    'The deletion waits for associations, servers or endpoints of others; the note names them.',
  PutBack:
    'Someone had taken servers out of every scope; they are put back. Narrow the selection if that was meant.',
  TakenBack:
    'Someone had moved servers to another scope; `conflictPolicy: Move` takes them back, at most twice an hour.',
  Releasing: 'Servers are no longer selected and leave the scope.',
} as const satisfies Record<string, string>;

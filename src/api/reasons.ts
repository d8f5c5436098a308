import { OperatorError, type OperatorErrorOptions } from '../base/errors.ts';
import { credentials } from './reasons/credentials.ts';
import { exports } from './reasons/exports.ts';
import { network } from './reasons/network.ts';
import { progress } from './reasons/progress.ts';
import type { ReasonRow } from './reasons/row.ts';
import { scopes } from './reasons/scopes.ts';
import { servers } from './reasons/servers.ts';
import { verification } from './reasons/verification.ts';

/**
 * Every reason of a condition or of a single server: the one table from which faults take their kind, and docs/runbook.md
 * and docs/reference.md what they say. Codes of Azure's own are reasons as well; their table is src/azure/errors.ts.
 */
const table = {
  ...progress,
  ...credentials,
  ...scopes,
  ...network,
  ...exports,
  ...verification,
  ...servers,
} as const;

export type Reason = keyof typeof table;

export const reasons: Readonly<Record<Reason, ReasonRow>> = table;

/** A fault of this reason; its kind is the row's. The message says what a person can do, a command last. */
export function fault(
  reason: Reason,
  message: string,
  options: Omit<OperatorErrorOptions, 'stalls'> = {},
): OperatorError {
  const { kind } = reasons[reason];
  if (kind === 'stalled' || kind === 'transient') return new OperatorError(kind, reason, message, options);
  return new OperatorError('waiting', reason, message, { ...options, stalls: kind === 'overdue' });
}

/** Reasons of events alone; an event may also carry the reason of a condition. */
export const eventReasons = {
  ScopeCreated: 'The scope was created in Azure.',
  ScopeUpdated: 'Tags or public access of the scope were put right or changed.',
  EndpointCreated: 'A private endpoint was created.',
  RuleCreated: 'A rule of a network security group was created.',
  HandedOver:
    'A rule that this object no longer needs is left to another object of this cluster that asks for it.',
  DriftCorrected: 'Something that was changed behind the operator was put right; the note says what.',
  Adopted: 'A resource that existed already is managed from now on (`adoptionPolicy: IfUnowned`).',
  TakenOver:
    'A resource of another owner is managed from now on (annotation `arcprivatelink.io/take-over-from`).',
  ExportWritten: 'A ConfigMap of `spec.exports` was written, or removed with the field.',
  Removing:
    'Something that the spec no longer asks for, or that a deleted object had made, is deleted in Azure.',
  Disowned: 'An adopted resource is left as it is; only the ownership tag was taken off.',
  Retained:
    'The object was deleted with `deletionPolicy: Retain`, suspended or observed: Azure stays as it is.',
  Deleted:
    'The object was deleted; the note says whether everything that it made in Azure is gone, and what is left.',
  DeletionBlocked:
    'The deletion waits for associations, servers or endpoints of others; the note names them.',
  PutBack:
    'Someone had taken servers out of every scope; they are put back. Narrow the selection if that was meant.',
  TakenBack:
    'Someone had moved servers to another scope; `conflictPolicy: Move` takes them back, at most twice an hour.',
  MovedOn:
    'The scope was replaced (another `azureName`); servers that were taken into the one before are moved on.',
  LeftInScope:
    'Servers are no longer selected and stay in the scope, because they were in it before; `adoptionPolicy: IfUnowned` would have released them.',
  Releasing: 'Servers are no longer selected, or their association is deleted: they leave the scope.',
} as const satisfies Record<string, string>;

export type EventReason = keyof typeof eventReasons;

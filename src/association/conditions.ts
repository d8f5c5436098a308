import { confirmRelease } from '../api/resources.ts';
import { timestamp } from '../base/clock.ts';
import { setCondition, type Condition } from '../runtime/conditions.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { Counts } from './counts.ts';
import type { Plan } from './plan.ts';

/** What an association's conditions say. Pure. */

export interface Findings {
  counts: Counts;
  missing: readonly string[];
  massRelease: Plan['massRelease'];
  /** For commands in messages: `asa/plant-servers -n plant`. */
  address: string;
  generation: number;
  nowMs: number;
}

export function concernConditions(before: readonly Condition[], findings: Findings): Condition[] {
  return [selected, associated, propagated, complete].reduce<Condition[]>(
    (conditions, judge) => {
      const { type, status, reason, message } = judge(findings);
      const condition = { type, status, reason, message, observedGeneration: findings.generation };
      return setCondition(conditions, condition, findings.nowMs);
    },
    [...before],
  );
}

type Judgement = { type: string; status: 'True' | 'False'; reason: string; message: string };

function selected({ counts }: Findings): Judgement {
  const type = 'MachinesSelected';
  if (counts.selected > 0)
    return {
      type,
      status: 'True',
      reason: 'Matched',
      message: `${counts.selected} servers match the selection.`,
    };
  return {
    type,
    status: 'False',
    reason: 'NoneMatched',
    message: 'No server matches the selection. Check names, resource groups and tags.',
  };
}

function associated({ counts }: Findings): Judgement {
  const type = 'Associated';
  const wanted = counts.associated + counts.pending;
  const message = `${counts.associated} of ${wanted} servers are in the scope.`;
  return counts.pending > 0
    ? { type, status: 'False', reason: 'Associating', message }
    : { type, status: 'True', reason: 'Associated', message };
}

function propagated({ counts }: Findings): Judgement {
  const type = 'Propagated';
  if (counts.propagating + counts.pending === 0) {
    return {
      type,
      status: 'True',
      reason: 'Propagated',
      message: `The scope accepts all ${counts.propagated} servers.`,
    };
  }
  return { type, status: 'False', reason: 'Propagating', message: waitText(counts) };
}

function waitText({ propagating, pending, propagatedByMs }: Counts): string {
  if (propagatedByMs === undefined) return `${pending} servers are still to be associated.`;
  const rest = pending > 0 ? ` ${pending} more are still to be associated.` : '';
  return `${propagating} servers wait until the scope accepts them, the last until ${timestamp(propagatedByMs)}.${rest}`;
}

function complete({ counts, missing, massRelease, address }: Findings): Judgement {
  const type = 'Complete';
  if (massRelease !== undefined) {
    const message = `${massRelease.count} of ${massRelease.held} servers would be released, which is more than usual, so none is. If that is meant: kubectl annotate ${address} --overwrite ${confirmRelease}=${massRelease.count}`;
    return { type, status: 'False', reason: 'MassReleaseBlocked', message };
  }
  const parts = [
    ...(counts.refused > 0 ? [`${counts.refused} refused`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(missing.length > 0 ? [`${missing.length} not found`] : []),
  ];
  if (parts.length === 0)
    return { type, status: 'True', reason: 'Complete', message: 'No server needs a person.' };
  const message = `Servers that need a person: ${parts.join(', ')}; see status.exceptions.`;
  return { type, status: 'False', reason: 'ServersNeedAttention', message };
}

/** Ready once the generation has been rolled out; servers that join later do not take that back. */
export function outcomeOf(counts: Counts, rolledOut: boolean): Outcome {
  if (rolledOut) return { kind: 'ready', message: readyText(counts) };
  if (counts.pending > 0) {
    const message = `${counts.associated} of ${counts.associated + counts.pending} servers are in the scope.`;
    return { kind: 'reconciling', reason: 'Associating', message };
  }
  return { kind: 'reconciling', reason: 'WaitingForPropagation', message: waitText(counts) };
}

function readyText({ selected: all, propagated: done, refused, failed }: Counts): string {
  if (all === 0) return 'No server matches the selection; servers that come to match are taken up.';
  const others = refused + failed;
  const rest = others > 0 ? `; ${others} need${others === 1 ? 's' : ''} a person, see status.exceptions` : '';
  return `The scope accepts ${done} of ${all} selected servers${rest}.`;
}

/** All that can be taken has been, and every wait is over. */
export function isRolledOut(counts: Counts): boolean {
  return counts.pending === 0 && counts.propagating === 0;
}

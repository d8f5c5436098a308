import { fault } from '../../api/reasons.ts';
import { nameOf } from '../../azure/ids.ts';
import type { SecurityRule } from '../../azure/types.ts';
import type { Fault } from '../../base/errors.ts';
import { takeOverFrom } from '../../api/resources.ts';
import { calledIn } from '../../domain/references.ts';
import type { Seen } from '../seen.ts';
import type { DesiredGroup, DesiredRule } from './desired-rules.ts';
import { freePriority } from './free-priority.ts';
import { ownersByTag } from './heirs.ts';
import { isMarked, isMarkedFor } from './marks.ts';

/** What a person reads when a rule cannot be made, the command last. Pure. */

type Rules = readonly SecurityRule[];

export function groupNotFound({ id }: { id: string }): Fault {
  const message = `Network security group ${nameOf(id)} does not exist (${id}). Create it, it is waited for; or remove it from the spec.`;
  return fault('NetworkSecurityGroupNotFound', message);
}

export function priorityConflict(
  seen: Seen,
  group: DesiredGroup,
  wanted: DesiredRule,
  all: { rules: Rules; other: SecurityRule },
): Fault {
  const { name, priority } = wanted;
  const what = `Rule ${all.other.name} of NSG ${nameOf(group.id)} has priority ${priority}, which ${name} is to have.`;
  return fault('PriorityConflict', `${what} ${another(seen, group, wanted, all.rules, 'Move it')}`);
}

export function shadowed(
  seen: Seen,
  group: DesiredGroup,
  wanted: DesiredRule,
  all: { rules: Rules; by: SecurityRule; rule?: SecurityRule; theirs?: true },
): Fault {
  const { by, rule, theirs } = all;
  if (theirs && rule !== undefined) {
    const message = `Rule ${by.name} (priority ${by.priority}) of NSG ${nameOf(group.id)} denies what ${rule.name} (${rule.priority}) allows, which is not ours to change. Have one of the two changed, or delete it to have ours made: az network nsg rule delete --ids ${rule.id}`;
    return fault('ShadowedByDenyRule', message);
  }
  const what = `Rule ${by.name} (priority ${by.priority}) of NSG ${nameOf(group.id)} denies what ${wanted.name} (${wanted.priority}) is to allow.`;
  return fault('ShadowedByDenyRule', `${what} ${another(seen, group, wanted, all.rules, 'Change it')}`);
}

/** The command that gives the rule another priority, where one is free. */
function another(
  { object: { metadata } }: Seen,
  group: DesiredGroup,
  wanted: DesiredRule,
  rules: Rules,
  first: string,
): string {
  const value = freePriority(group, wanted, rules);
  if (value === undefined) return `${first}; no priority is free where nothing denies it.`;
  const patch = JSON.stringify([{ op: 'replace', path: wanted.field, value }]);
  return `${first}, or take a free one: kubectl -n ${metadata.namespace ?? ''} patch apls/${metadata.name} --type=json -p '${patch}'`;
}

/** A rule of that name that allows something else: an owner's of another object or cluster, or nobody's. */
export function foreignRule(seen: Seen, group: DesiredGroup, wanted: DesiredRule, rule: SecurityRule): Fault {
  const what = `Rule ${rule.name} of NSG ${nameOf(group.id)}`;
  if (!isMarked(rule)) {
    const rename = wanted.field.includes('additionalServiceTags') ? ', or give ours another ruleName' : '';
    const message = `${what} exists, allows something else than ${wanted.serviceTag}:443, and is not ours. Have it deleted or renamed${rename}: az network nsg rule delete --ids ${rule.id}`;
    return fault('RuleNameTaken', message);
  }
  const { owner } = seen.desired;
  const holder = ownersByTag(seen).find((one) => isMarkedFor(rule, one.owner.tag))?.owner;
  if (holder !== undefined) {
    const message = `${what} belongs to ${calledIn(owner.namespace, holder)} and allows something else than ${wanted.serviceTag}:443. Ask for the same in both, or give one another ruleName.`;
    return fault('ManagementConflict', message);
  }
  const message = `${what} belongs to another cluster's operator or to an object that is gone, as its description says. Delete it there, or take it over, OWNER being its <owner id>/<namespace>/<name>: kubectl -n ${owner.namespace} annotate apls/${owner.name} --overwrite ${takeOverFrom}=OWNER`;
  return fault('ManagementConflict', message);
}

import { tagsId, type PrivateEndpoint, type PrivateZone, type Scope, type ZoneLink } from '../azure/types.ts';
import type { EventReason } from '../api/reasons.ts';
import { missingTags } from '../domain/tags.ts';
import type { PlannedCall, ScopeAction } from './actions.ts';
import type { DesiredDns, DesiredEndpoint } from './desired.ts';
import { groupsKey, linksKey, parentOf } from './keys.ts';
import type { Seen } from './seen.ts';
import { standing, wantedTags, type Described, type Tagged } from './standing.ts';

/**
 * What counts as drift of what is ours, and how it is put right: a change that sends back what Azure has with our
 * difference in it, tags alone. Pure.
 *
 * - A scope: a missing or changed tag of the spec's or the owner's. Public access: concerns/public-access.ts.
 * - An endpoint: tags; the request message, as long as its connection is pending. Another subnet or scope cannot be
 *   changed (concerns/endpoints.ts says so); one that failed or lost its connection is repeated or replaced there.
 * - A zone: tags. A link: tags, and the resolution policy where the spec names one.
 * - A zone group: zones that are missing (concerns/records.ts).
 *
 * Deliberately no drift: further tags, application security groups, static addresses and the name of the network
 * interface of an endpoint, descriptions of connections, registration and a resolution policy that the spec does not
 * name, further zones in a zone group, further links and records in a zone.
 */

export function scopeDrift(seen: Seen, scope: Scope): PlannedCall[] {
  return tagDrift(seen, scope, { what: `scope ${scope.name}`, rules: 'any' }, 'ScopeUpdated');
}

export function endpointDrift(
  seen: Seen,
  endpoint: DesiredEndpoint,
  observed: PrivateEndpoint,
): PlannedCall[] {
  const what = `private endpoint ${endpoint.name}`;
  const tags = tagDrift(seen, observed, { what, rules: 'any' });
  const pending = observed.connections.find(({ manual, status }) => manual && status === 'Pending');
  const { requestMessage } = endpoint;
  if (pending === undefined || requestMessage === undefined || pending.requestMessage === requestMessage)
    return tags;
  const action: ScopeAction = {
    call: 'updateEndpoint',
    verb: 'PUT',
    id: observed.id,
    seen: observed,
    change: { requestMessage },
  };
  const message: PlannedCall = {
    action,
    because: `changing the request message of ${what}`,
    event: 'DriftCorrected',
    changes: [observed.id, groupsKey(observed.id)],
  };
  return [...tags, afterTags(seen, message, tags)];
}

export function zoneDrift(seen: Seen, zone: PrivateZone): PlannedCall[] {
  return tagDrift(seen, zone, { what: `DNS zone ${zone.name}`, rules: 'privateDns' });
}

export function linkDrift(seen: Seen, dns: DesiredDns, link: ZoneLink, what: string): PlannedCall[] {
  const key = linksKey(parentOf(link.id));
  const tags = tagDrift(seen, link, { what, rules: 'privateDns', key });
  const { resolutionPolicy } = dns;
  if (resolutionPolicy === undefined || (link.resolutionPolicy ?? 'Default') === resolutionPolicy)
    return tags;
  const policy: PlannedCall = {
    action: { call: 'updateLink', verb: 'PUT', id: link.id, seen: link, change: { resolutionPolicy } },
    because: `setting the resolution policy of ${what}`,
    event: 'DriftCorrected',
    restsOn: [key],
    changes: [key],
  };
  return [...tags, afterTags(seen, policy, tags)];
}

/** A PUT sends back the tags that were read: one that follows a change of them waits until they have been read anew. */
export function afterTags(seen: Seen, call: PlannedCall, tags: readonly PlannedCall[]): PlannedCall {
  const fresh = tags.every(({ action }) => seen.refusal(action) !== undefined);
  return fresh ? call : { ...call, waitsFor: 'its tags' };
}

function tagDrift(
  seen: Seen,
  resource: Tagged,
  described: Described,
  event: EventReason = 'DriftCorrected',
): PlannedCall[] {
  const mine = standing(seen, resource, described);
  if (mine.is !== 'ours') return [];
  const { what, rules, key = resource.id } = described;
  const tags = missingTags(resource.tags, wantedTags(seen, mine.adopted, rules), rules);
  if (tags === undefined) return [];
  const action: ScopeAction = {
    call: 'setTags',
    verb: 'PATCH',
    id: tagsId(resource.id),
    of: resource.id,
    tags,
    what,
  };
  return [{ action, because: `putting the tags of ${what} right`, event, restsOn: [key], changes: [key] }];
}

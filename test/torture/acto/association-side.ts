import { associations, confirmRelease, scopes } from '../../../src/api/resources.ts';
import { namespace, type Laboratory } from '../../world/laboratory.ts';
import { scopeObject } from '../../world/objects.ts';
import { otherScopeId, scopeId, serverId, subscription } from '../../world/small-seed.ts';
import { associationSubject, type Spec } from './admission.ts';
import type { Difference } from './differ.ts';
import { elsewhere } from './estate.ts';
import type { Model, Picture } from './life.ts';
import { isFree, isIn, isOfRegion, selected, serversOf, type Selector } from './server-model.ts';

/** ArcServerAssociations on the estate. */

interface Association {
  scopeRef?: { name: string };
  scopeResourceId?: string;
  machines: Selector;
  conflictPolicy: string;
  credentialsSecretRef?: { name: string };
}

const { name } = associationSubject;
const minuteMs = 60_000;

export const associationModel: Model = {
  subject: associationSubject,
  // Releases of an hour count together, and a server waits fifteen minutes.
  leastMs: 65 * minuteMs,
  async prepare(lab) {
    const scope = scopeObject({ publicNetworkAccess: 'Enabled', privateEndpoints: [] });
    await lab.kubernetes.create(scopes, scope);
  },
  differences: (lab, stored) => differences(lab, stored as unknown as Association),
  obstacles: (lab, stored, before) => obstacles(lab, stored as unknown as Association, before),
  lasting,
  between,
};

const targetOf = ({ scopeRef, scopeResourceId = '' }: Association): string =>
  scopeRef === undefined ? scopeResourceId : scopeRef.name === 'net' ? scopeId : '';

function takeable(lab: Laboratory, spec: Association) {
  const target = lab.portal.get(targetOf(spec));
  return selected(lab.world, spec.machines, ownSubscription(spec)).filter((server) =>
    isOfRegion(server, target),
  );
}

function ownSubscription({ scopeResourceId }: Association): string {
  return scopeResourceId?.split('/')[2] ?? subscription;
}

function differences(lab: Laboratory, spec: Association): string[] {
  const target = targetOf(spec);
  const mine = new Set(takeable(lab, spec).map(({ id }) => id));
  return serversOf(lab.world).flatMap((server) => {
    const shown = String(server.properties['privateLinkScopeResourceId'] ?? '');
    const isTaken = server.name === 'taken' && target !== otherScopeId;
    const may = mine.has(server.id) && (spec.conflictPolicy === 'Move' || !isTaken);
    // What Move took stays ours under Refuse.
    if (isIn(server, target) && mine.has(server.id)) return [];
    if (may) return [`${server.name} is not in the scope but in '${shown}'`];
    const rest = server.name === 'taken' ? isIn(server, otherScopeId) || isFree(server) : isFree(server);
    return rest ? [] : [`${server.name} is in '${shown}'`];
  });
}

const secretNames = ['arc-private-link-credentials', 'another'];
const known = [subscription, elsewhere];

function obstacles(lab: Laboratory, spec: Association, before: Picture): string[] {
  const secret = spec.credentialsSecretRef?.name;
  if (secret !== undefined && !secretNames.includes(secret)) return ['SecretNotFound'];
  if (spec.scopeRef !== undefined && spec.scopeRef.name !== 'net')
    return ['ScopeNotFound', 'WaitingForScope'];
  const target = targetOf(spec);
  if (spec.scopeRef === undefined && target.toLowerCase() === scopeId.toLowerCase()) return ['UseScopeRef'];
  if (lab.portal.get(target) === undefined)
    return ['ScopeNotFound', 'SubscriptionNotFound', 'ResourceGroupNotFound'];
  const ids = spec.machines.subscriptionIds ?? [];
  const strange = ids.filter((id) => !known.includes(id.toLowerCase()));
  // One subscription of several that cannot be listed is named, and the rest goes on.
  const unlisted =
    strange.length === 0
      ? []
      : [strange.length < ids.length ? '?SubscriptionNotFound' : 'SubscriptionNotFound'];
  return [...unlisted, ...massRelease(lab, spec, before)];
}

/**
 * More than half of what is held, if that is more than two; or all, where nothing is selected any more. Where a release
 * was held back before, what was held then counts, which the picture does not tell: servers that came since are fewer.
 */
function massRelease(lab: Laboratory, spec: Association, before: Picture): string[] {
  const target = targetOf(spec).toLowerCase();
  const held = Object.entries(before)
    .filter(
      ([id, one]) =>
        !(target === otherScopeId.toLowerCase() && id.endsWith('/taken')) && scopeOf(one) === target,
    )
    .map(([id]) => id);
  const all = selected(lab.world, spec.machines, ownSubscription(spec)).map(({ id }) => id.toLowerCase());
  const leaving = held.filter((id) => !all.includes(id)).length;
  if (leaving > 2 && leaving > held.length / 2) return ['MassReleaseBlocked'];
  if (leaving > 10 || (held.length > 0 && all.length === 0)) return ['MassReleaseBlocked'];
  return leaving > 2 ? ['?MassReleaseBlocked'] : [];
}

function scopeOf(one: unknown): string {
  const { properties } = one as { properties: Record<string, unknown> };
  return String(properties['privateLinkScopeResourceId'] ?? '').toLowerCase();
}

/** A server that was moved from another scope is let go by it for good; what was released within the hour is told. */
function lasting({ path }: Difference, tried: readonly Spec[]): boolean {
  if (/status\|(recentReleases|propagatedBy|rolledOutGeneration)/.test(path)) return true;
  // What was found and adopted is let go by a narrower selection, and taken anew when it is selected again.
  if (
    /status\|(found|conditions)/.test(path) &&
    tried.some(({ adoptionPolicy }) => adoptionPolicy === 'IfUnowned')
  )
    return true;
  return (
    /\/machines\/taken\||status\|exceptions/.test(path) &&
    tried.some(({ conflictPolicy }) => conflictPolicy === 'Move')
  );
}

/** The moved server is put where it was, and a mass release that is meant is confirmed as the message says. */
async function between(lab: Laboratory): Promise<void> {
  lab.portal.moveServer(serverId('taken'), otherScopeId);
  // That changes who would leave, and with it what there is to confirm.
  while (await confirmed(lab)) await lab.clock.advance(11 * minuteMs);
}

async function confirmed(lab: Laboratory): Promise<boolean> {
  const { conditions = [] } = (await lab.association(name))?.status ?? {};
  const blocked = conditions.find(({ reason }) => reason === 'MassReleaseBlocked');
  if (blocked === undefined) return false;
  const token = new RegExp(`--overwrite ${confirmRelease}=(\\S+)$`).exec(blocked.message)?.[1];
  if (token === undefined) throw new Error(`no command in: ${blocked.message}`);
  const known = (await lab.association(name))?.metadata.annotations?.[confirmRelease];
  if (known === token) throw new Error(`confirmed in vain: ${blocked.message}`);
  const metadata = { annotations: { [confirmRelease]: token } };
  await lab.kubernetes.patch(associations, { namespace, name }, { metadata });
  return true;
}

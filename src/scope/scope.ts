import { findCondition } from '../runtime/conditions.ts';
import { idKey, sameLocation } from '../azure/ids.ts';
import type { Scope } from '../azure/types.ts';
import { stalled } from '../base/errors.ts';
import { ready, working, type Pass, type StepResult } from './context.ts';
import { mergedTags, requireOurs } from './ownership.ts';

/** The scope itself (condition ScopeReady). */
export async function ensureScope(pass: Pass): Promise<StepResult> {
  const { azure, desired, object, deps } = pass;
  const observed = await azure.getScope(desired.scopeId);
  const plan = planScope(pass, observed);
  if (plan.kind === 'wait') {
    see(pass, observed);
    return working(plan.message, 'WaitingForPropagation', 15_000);
  }
  if (plan.kind === 'write') {
    const { location, tags, publicNetworkAccess } = plan;
    if (observed === undefined)
      see(pass, await azure.putScope(desired.scopeId, { location, tags, publicNetworkAccess }));
    else {
      if (mergedTags(observed.tags, tags) !== undefined) await azure.mergeTags(desired.scopeId, tags);
      if (publicNetworkAccess !== observed.publicNetworkAccess)
        see(pass, await azure.updateScope(observed, { publicNetworkAccess }));
      else see(pass, observed);
    }
    const [reason, text] = observed === undefined ? ['ScopeCreated', 'Created'] : ['ScopeUpdated', 'Updated'];
    deps.events.event(object, 'Normal', reason, `${text} scope ${desired.scopeId}.`);
    pass.log.info({ scope: desired.scopeId, action: reason }, 'scope written');
  } else see(pass, observed);
  pass.zoneNames = await azure.requiredZoneNames(desired.scopeId);
  return verdict(pass);
}

type ScopePlan =
  | { kind: 'none' }
  | { kind: 'wait'; message: string }
  | { kind: 'write'; location: string; tags: Record<string, string>; publicNetworkAccess: string };

function planScope(pass: Pass, observed: Scope | undefined): ScopePlan {
  const { spec } = pass.object;
  if (observed === undefined) {
    const publicNetworkAccess = spec.publicNetworkAccess ?? 'Disabled';
    return { kind: 'write', location: spec.location, tags: pass.desired.tags, publicNetworkAccess };
  }
  requireOurs(observed, pass.desired.owner, `The scope ${observed.name}`);
  if (!sameLocation(observed.location, spec.location)) {
    const message = `The scope ${observed.name} exists in ${observed.location}, not in ${spec.location}. Choose another azureName, or correct location.`;
    throw stalled('RegionMismatch', message);
  }
  const tags = mergedTags(observed.tags, pass.desired.tags);
  const wanted = wantedAccess(pass, observed);
  if (tags === undefined && wanted === observed.publicNetworkAccess) return { kind: 'none' };
  const propagating =
    wanted === 'Disabled' && observed.publicNetworkAccess === 'Enabled' ? propagatingServers(pass) : 0;
  if (propagating > 0) {
    const message = `Public access is turned off when the ${propagating} servers that are still propagating can do without it.`;
    return { kind: 'wait', message };
  }
  return {
    kind: 'write',
    location: observed.location,
    tags: tags ?? observed.tags,
    publicNetworkAccess: wanted,
  };
}

/** What to write as public access: a policy that rewrote it for this very spec is not fought. */
function wantedAccess(pass: Pass, observed: Scope): string {
  const { spec } = pass.object;
  if (spec.publicNetworkAccess === undefined || overridden(pass)) return observed.publicNetworkAccess;
  return spec.publicNetworkAccess;
}

function overridden(pass: Pass): boolean {
  const last = findCondition(pass.object.status?.conditions, 'ScopeReady');
  return last?.reason === 'OverriddenByPolicy' && last.observedGeneration === pass.object.metadata.generation;
}

function propagatingServers(pass: Pass): number {
  return pass.deps.associations
    .list(pass.object.metadata.namespace)
    .filter(({ spec }) => spec.scopeRef?.name === pass.object.metadata.name)
    .reduce((sum, { status }) => sum + (status?.propagating ?? 0), 0);
}

function see(pass: Pass, scope: Scope | undefined): void {
  if (scope === undefined) return;
  pass.scope = scope;
  pass.status.resourceId = scope.id;
  pass.status.privateLinkScopeId = scope.privateLinkScopeId;
  pass.status.publicNetworkAccess = scope.publicNetworkAccess;
}

function verdict(pass: Pass): StepResult {
  const { scope, object } = pass;
  const wanted = object.spec.publicNetworkAccess;
  if (scope !== undefined && wanted !== undefined && wanted !== scope.publicNetworkAccess) {
    const message = `Azure keeps public access at ${scope.publicNetworkAccess} although the spec says ${wanted}; a policy does that. Change the policy or the spec.`;
    if (!overridden(pass)) pass.deps.events.event(object, 'Warning', 'OverriddenByPolicy', message);
    return ready(message, 'OverriddenByPolicy');
  }
  return ready(`The scope exists (${idKey(pass.desired.scopeId).split('/').pop()}).`);
}

import { finalizer, reconcileRequestedAt, scopes } from '../api/resources.ts';
import type { ArcPrivateLinkScope } from '../api/types.ts';
import type { Logger } from '../base/log.ts';
import type { Azure } from '../azure/types.ts';
import type { Reconcile, Result } from '../runtime/reconciler.ts';
import { addFinalizer } from '../runtime/status.ts';
import type { Pass, ScopeDeps } from './context.ts';
import { desiredOf } from './desired.ts';
import { ensureDns } from './dns.ts';
import { ensureEndpoints } from './endpoints.ts';
import { finishSuspended, recordIntent } from './finish.ts';
import { removeLeftovers } from './leftovers.ts';
import { preflight } from './preflight.ts';
import { release, remove } from './remove.ts';
import { runRemoval, runSteps, type Step } from './run.ts';
import { ensureScope } from './scope.ts';
import { initialStatus } from './status.ts';

/** What makes a scope ready, in this order; each step owns its condition. */
const steps: readonly Step[] = [
  { condition: 'PreflightPassed', run: preflight },
  { condition: 'ScopeReady', run: ensureScope },
  { condition: 'PrivateEndpointsReady', run: ensureEndpoints, goOn: true },
  { condition: 'DNSReady', run: ensureDns, goOn: true },
  { condition: 'DNSReady', run: removeLeftovers, silent: true },
];

/** Brings Azure to what an ArcPrivateLinkScope says. */
export function createScopeReconciler(deps: ScopeDeps): Reconcile {
  return async (key, { log }): Promise<Result> => {
    const object = await deps.client.get(scopes, key);
    if (object === undefined) return {};
    const deleting = object.metadata.deletionTimestamp !== undefined;
    if (deleting && !object.metadata.finalizers?.includes(finalizer)) return {};
    if (deleting && (object.spec.deletionPolicy === 'Retain' || object.spec.suspend))
      return await retain(deps, object, log);
    const azureFor = (): Promise<Azure> => deps.azureFor(object);
    if (deleting)
      return await runRemoval(deps, object, async () => passOf(deps, object, await azureFor(), log), remove);
    if (object.spec.suspend) return await finishSuspended(deps, object);
    const claimed = await addFinalizer(deps.client, scopes, object, finalizer);
    return await runSteps(deps, claimed, steps, async () => {
      // Without credentials nothing can have been made: an object that never had any is deleted without.
      const azure = await azureFor();
      return passOf(deps, await recordIntent(deps, claimed), azure, log);
    });
  };
}

/** Azure stays as it is, tags included: another object of the same name takes it up again. */
async function retain(deps: ScopeDeps, object: ArcPrivateLinkScope, log: Logger): Promise<Result> {
  deps.events.event(object, 'Normal', 'Retained', 'The object goes; everything in Azure stays as it is.');
  log.info('released, Azure is left as it is');
  await release({ deps, object });
  return {};
}

function passOf(deps: ScopeDeps, object: ArcPrivateLinkScope, azure: Azure, log: Logger): Pass {
  const status = initialStatus(object.status);
  const requested = object.metadata.annotations?.[reconcileRequestedAt];
  if (requested !== undefined) status.lastHandledReconcileAt = requested;
  return {
    deps,
    azure,
    log,
    object,
    desired: desiredOf(object, deps.settings.ownerId),
    status,
    scope: undefined,
    zoneNames: [],
    networks: new Map(),
    endpoints: new Map(),
    groups: new Map(),
    leftoversGone: false,
    namesRemoved: false,
    blocked: undefined,
  };
}

import { associations, finalizer } from '../api/resources.ts';
import { idKey, sameId } from '../azure/ids.ts';
import { findCondition, isTrue } from '../runtime/conditions.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { Result } from '../runtime/reconciler.ts';
import { removeFinalizer } from '../runtime/status.ts';
import { budgetFor, patchAll } from './batch.ts';
import type { Pass, Target } from './context.ts';
import { isHeld } from './decide.ts';
import { finish } from './finish.ts';
import { observe, type Observed } from './observe.ts';
import { rivalsOf } from './rivals.ts';
import { deleteSlices, entriesOf, readSlices, writeSlices } from './slices.ts';
import { scopeObject } from './target.ts';

/** Deletion: every server that this association holds leaves the scope, then the object goes. */
export async function removeAssociation(pass: Pass): Promise<Result> {
  const { deps, object, memory } = pass;
  const slices = await readSlices(deps.client, object);
  const entries = entriesOf(slices);
  const scopeId = object.status?.scopeId;
  if (scopeId === undefined) return await letGo(pass);
  if (namesStillResolve(pass)) {
    const message = 'The scope is being deleted as well: its DNS goes first, then the servers leave it.';
    return await wait(pass, {
      kind: 'reconciling',
      reason: 'WaitingForNameResolution',
      message,
      requeueAfterMs: 2_000,
    });
  }
  const target: Target = { scopeId, location: '', subscriptionId: subscriptionOf(scopeId) };
  const observed = await observe(pass, target, entries, 0);
  const leaving = toRelease(pass, observed, target, entries.size === 0);
  const { take, nextInMs } = budgetFor(pass, leaving);
  const result = await patchAll(pass, take, null);
  const gone = new Set([...result.entries].filter(([, entry]) => entry === null).map(([id]) => id));
  const left = leaving.filter(({ id }) => !gone.has(idKey(id)));
  const staying = new Set(left.map(({ id }) => idKey(id)));
  await writeSlices(deps.client, object, slices, new Map([...entries].filter(([id]) => staying.has(id))));
  pass.log.info({ released: gone.size, left: left.length }, 'releasing servers');
  if (result.failure !== undefined) return await wait(pass, { kind: 'failed', error: result.failure });
  const stuck = [...result.entries.values()].find((entry) => entry !== null);
  if (left.length === 0) return await letGo(pass);
  memory.statusWrittenMs = Math.min(memory.statusWrittenMs, deps.clock.now());
  const message = stuck?.message ?? `Releasing servers, ${left.length} are left.`;
  return await wait(pass, {
    kind: 'reconciling',
    reason: stuck?.reason ?? 'Deleting',
    message,
    requeueAfterMs: Math.max(nextInMs, stuck === undefined ? 0 : 15_000),
  });
}

/** Servers of ours that are still in the scope and that no other live association wants there. */
function toRelease(pass: Pass, { servers }: Observed, target: Target, slicesLost: boolean) {
  const heirs = rivalsOf(pass).filter((rival) => sameId(rival.scopeId, target.scopeId));
  return servers.flatMap(({ machine, entry, selected }) => {
    if (machine === undefined || !sameId(machine.scopeId, target.scopeId)) return [];
    // Without slices (a backup that drops them) the selection is all that tells which servers are ours.
    const ours = isHeld(entry) || (slicesLost && selected && (pass.object.status?.associated ?? 0) > 0);
    return ours && !heirs.some((heir) => heir.selects(machine)) ? [machine] : [];
  });
}

/** While names resolve to the endpoints, a server outside the scope would be refused there: DNS goes first. */
function namesStillResolve(pass: Pass): boolean {
  const scope = scopeObject(pass);
  if (scope?.metadata.deletionTimestamp === undefined) return false;
  if (scope.spec.deletionPolicy === 'Retain' || scope.spec.suspend) return false;
  const conditions = scope.status?.conditions;
  if (isTrue(conditions, 'DeletionBlocked')) return false;
  return findCondition(conditions, 'DNSReady')?.reason !== 'Removed';
}

async function wait(pass: Pass, outcome: Outcome): Promise<Result> {
  const { deps, object, memory } = pass;
  const status = { ...object.status, observedGeneration: object.metadata.generation ?? 0 };
  const conditions = object.status?.conditions ?? [];
  return await finish(deps, object, memory, { status, conditions, outcome, requeueAfterMs: 60_000 });
}

/** The slices, then the finalizer: the object is gone. */
export async function letGo(pass: Pick<Pass, 'deps' | 'object'>): Promise<Result> {
  const { deps, object } = pass;
  await deleteSlices(deps.client, await readSlices(deps.client, object));
  await removeFinalizer(deps.client, associations, object, finalizer);
  return {};
}

function subscriptionOf(scopeId: string): string {
  return /^\/subscriptions\/([^/]+)/i.exec(scopeId)?.[1] ?? '';
}

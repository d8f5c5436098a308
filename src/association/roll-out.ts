import { confirmRelease, reconcileRequestedAt } from '../api/resources.ts';
import type { ArcServerAssociationStatus } from '../api/types.ts';
import { idKey } from '../azure/ids.ts';
import { timestamp } from '../base/clock.ts';
import { waiting, type OperatorError } from '../base/errors.ts';
import { jitter } from '../base/random.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { Result } from '../runtime/reconciler.ts';
import { budgetFor, patchAll, type BatchResult } from './batch.ts';
import { concernConditions, isRolledOut, outcomeOf } from './conditions.ts';
import type { Entry, Pass, Slice, Target } from './context.ts';
import { count, countFields, exceptions, type Counts } from './counts.ts';
import { entryOf, type Situation } from './decide.ts';
import { finish, recordTarget, tellOutcome } from './finish.ts';
import { confirmer, observe, type Observed } from './observe.ts';
import { planOf, type Plan } from './plan.ts';
import { rivalsOf } from './rivals.ts';
import { rankOf } from './select.ts';
import { entriesOf, readSlices, writeSlices } from './slices.ts';
import { scopeObject, targetOf } from './target.ts';
import { tellChanges } from './tell.ts';

/** One pass over the servers: observe, decide, store what is about to be done, do it, store what came of it. */
export async function rollOut(begun: Pass): Promise<Result> {
  const { deps } = begun;
  const target = await targetOf(begun);
  const object = await recordTarget(deps, begun.object, target.scopeId);
  const pass = { ...begun, object };
  let slices = await readSlices(deps.client, object);
  const before = entriesOf(slices);
  const observed = await observe(pass, target, before, snapshotAge(pass));
  const plan = planOf(observed.servers, {
    situation: situationOf(pass, target),
    confirmed: confirmer(pass, observed),
    confirmedCount: confirmedCount(pass),
  });

  const releasing = budgetFor(pass, plan.release);
  const associating = budgetFor(
    pass,
    target.closed === undefined ? plan.associate.map(({ machine }) => machine) : [],
  );
  const share = associating.take.slice(0, Math.max(0, associating.take.length - releasing.take.length));
  markAssociating(pass, plan, share);
  slices = await writeSlices(deps.client, object, slices, plan.entries);
  tellChanges(pass, before, plan);

  const released = await patchAll(pass, releasing.take, null);
  const taken =
    released.failure === undefined
      ? await patchAll(pass, share, target.scopeId)
      : { entries: new Map<string, Entry | null>(), failure: undefined };
  rememberTakenBack(pass, plan, taken);
  apply(plan.entries, released);
  apply(plan.entries, taken);
  slices = await writeSlices(deps.client, object, slices, plan.entries);

  // A closed scope is waited for, not asked again at once.
  const wanted = target.closed === undefined ? plan.associate.length : 0;
  const more = wanted > share.length || plan.release.length > releasing.take.length;
  const failure = released.failure ?? taken.failure;
  return await conclude(pass, {
    target,
    observed,
    plan,
    slices,
    failure,
    nextBatchMs: more ? Math.max(associating.nextInMs, releasing.nextInMs) : undefined,
  });
}

/** Fresh enough: a new spec or a release that awaits its second listing does not wait for the next poll. */
function snapshotAge({ deps, object, memory }: Pass): number {
  const usual = deps.settings.machinePollIntervalMs * 0.9;
  const fresh =
    memory.unselectedSince.size > 0 || object.status?.observedGeneration !== object.metadata.generation;
  const requested =
    object.metadata.annotations?.[reconcileRequestedAt] !== object.status?.lastHandledReconcileAt;
  return fresh || requested ? Math.min(usual, secondListingMs * 0.9) : usual;
}

const secondListingMs = 10_000;

function situationOf(pass: Pass, target: Target): Situation {
  const { deps, object, memory } = pass;
  const nowMs = deps.clock.now();
  return {
    target,
    conflictPolicy: object.spec.conflictPolicy,
    rank: rankOf(object),
    rivals: rivalsOf(pass),
    nowMs,
    windowMs: deps.settings.propagationWindowMs,
    mayTakeBack: (id) => takenBackLately(pass, id, nowMs).length < mostTakenBack,
    mayRetry: (id) => nowMs >= (memory.retryAtMs.get(idKey(id)) ?? 0),
  };
}

const mostTakenBack = 2;
const hourMs = 3_600_000;

function takenBackLately({ memory }: Pass, id: string, nowMs: number): number[] {
  return (memory.takenBack.get(idKey(id)) ?? []).filter((atMs) => nowMs - atMs < hourMs);
}

function rememberTakenBack(pass: Pass, plan: Plan, taken: BatchResult): void {
  const nowMs = pass.deps.clock.now();
  for (const { machine, because } of plan.associate) {
    const key = idKey(machine.id);
    if (because !== 'takenBack' || !taken.entries.has(key)) continue;
    pass.memory.takenBack.set(key, [...takenBackLately(pass, machine.id, nowMs), nowMs]);
  }
}

function confirmedCount({ object }: Pass): number | undefined {
  const text = object.metadata.annotations?.[confirmRelease];
  return text === undefined ? undefined : Number(text);
}

function markAssociating(pass: Pass, plan: Plan, machines: readonly { id: string; vmId: string }[]): void {
  for (const { id, vmId } of machines) {
    if (plan.entries.get(idKey(id))?.phase === 'Associating') continue;
    plan.entries.set(idKey(id), entryOf(id, vmId, 'Associating', pass.deps.clock.now()));
  }
}

function apply(entries: Map<string, Entry>, result: BatchResult): void {
  for (const [key, entry] of result.entries) {
    if (entry === null) entries.delete(key);
    else entries.set(key, entry);
  }
}

interface Conclusion {
  target: Target;
  observed: Observed;
  plan: Plan;
  slices: readonly Slice[];
  failure: OperatorError | undefined;
  nextBatchMs: number | undefined;
}

async function conclude(pass: Pass, conclusion: Conclusion): Promise<Result> {
  const { deps, object, memory } = pass;
  const { target, observed, plan } = conclusion;
  const generation = object.metadata.generation ?? 0;
  const nowMs = deps.clock.now();
  const counts = count(observed.servers, plan.entries, deps.settings.propagationWindowMs);
  const rolledOut = object.status?.rolledOutGeneration === generation || isRolledOut(counts);
  const address = `asa/${object.metadata.name} -n ${object.metadata.namespace}`;
  const findings = {
    address,
    counts,
    missing: observed.missing,
    massRelease: plan.massRelease,
    generation,
    nowMs,
  };
  const conditions = concernConditions(object.status?.conditions ?? [], findings);
  const outcome = conclusionOutcome(conclusion, counts, rolledOut);
  tellOutcome(deps, object, outcome);
  const status = statusOf(pass, target, counts, rolledOut);
  status.exceptions = exceptions(plan.entries, observed.missing);
  return await finish(deps, object, memory, {
    status,
    conditions,
    outcome,
    requeueAfterMs: comeBackMs(pass, conclusion, nowMs),
  });
}

function conclusionOutcome(
  { failure, target, plan }: Conclusion,
  counts: Counts,
  rolledOut: boolean,
): Outcome {
  if (failure !== undefined) return { kind: 'failed', error: failure };
  if (target.closed !== undefined && plan.associate.length > 0 && !rolledOut) {
    const { reason, message } = target.closed;
    return {
      kind: 'failed',
      error: waiting(reason, message, { retryAfterMs: 5_000, stalls: reason === 'ScopeCannotServe' }),
    };
  }
  return outcomeOf(counts, rolledOut);
}

function statusOf(
  pass: Pass,
  target: Target,
  counts: Counts,
  rolledOut: boolean,
): ArcServerAssociationStatus {
  const { object } = pass;
  const { propagatedBy: _before, ...kept } = object.status ?? { observedGeneration: -1 };
  const requested = object.metadata.annotations?.[reconcileRequestedAt];
  return {
    ...kept,
    ...countFields(counts),
    scope: scopeObject(pass)?.metadata.name ?? target.scopeId,
    scopeId: target.scopeId,
    ...(counts.propagatedByMs === undefined ? {} : { propagatedBy: timestamp(counts.propagatedByMs) }),
    ...(rolledOut ? { rolledOutGeneration: object.metadata.generation ?? 0 } : {}),
    ...(requested === undefined ? {} : { lastHandledReconcileAt: requested }),
  };
}

function comeBackMs(pass: Pass, { plan, nextBatchMs }: Conclusion, nowMs: number): number {
  const { settings, random } = pass.deps;
  const ends = [...plan.entries.values()]
    .filter(({ phase }) => phase === 'Propagating')
    .map(({ since }) => Date.parse(since) + settings.propagationWindowMs - nowMs);
  const times = [
    jitter(settings.machinePollIntervalMs, 0.05, random),
    ...(plan.unconfirmed > 0 ? [secondListingMs] : []),
    ...(nextBatchMs === undefined ? [] : [nextBatchMs]),
    // The earliest end, and a little later for those that end soon after: one write then covers them all.
    ...(ends.length > 0
      ? [Math.max(0, Math.min(...ends)) + Math.min(1_000, settings.propagationWindowMs / 20)]
      : []),
  ];
  return Math.min(...times);
}

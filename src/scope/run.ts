import type { ArcPrivateLinkScope } from '../api/types.ts';
import type { ConditionType } from '../api/conditions.ts';
import type { OperatorError } from '../base/errors.ts';
import { isTrue, removeCondition, setCondition, type Condition } from '../runtime/conditions.ts';
import { tellable } from '../runtime/forbidden.ts';
import type { Outcome } from '../runtime/outcome.ts';
import type { Result } from '../runtime/reconciler.ts';
import type { Pass, ScopeDeps, StepResult } from './context.ts';
import { finish } from './finish.ts';
import { release } from './remove.ts';
import { countServers } from './servers.ts';
import { endpointStatuses, initialStatus } from './status.ts';

/** Runs the steps of a pass and turns how they ended into conditions; steps never write status themselves. */
export interface Step {
  condition: ConditionType;
  run(pass: Pass): Promise<StepResult>;
  /** The next step is worth taking although this one is not ready: zones can be made while endpoints are. */
  goOn?: boolean;
  /** Its success is nothing to tell: the condition says what an earlier step said. */
  silent?: boolean;
}

type Attempt = StepResult | { state: 'failed'; error: OperatorError };

export async function runSteps(
  deps: ScopeDeps,
  object: ArcPrivateLinkScope,
  steps: readonly Step[],
  begin: () => Promise<Pass>,
): Promise<Result> {
  const [first] = steps;
  const begun = await attempt(begin);
  if (begun.failed !== undefined)
    return await finishUnbegun(deps, object, first?.condition ?? 'Ready', begun.failed);
  const pass = begun.value;
  const { conditions, unfinished } = await takeSteps(pass, steps);
  if (pass.scope !== undefined) await countServers(pass);
  const [concern, outcome] = summary(unfinished);
  tellReady(pass, outcome);
  const status = { ...pass.status, endpoints: endpointStatuses(pass) };
  return await finish(deps, pass.object, { status, conditions, outcome, concern });
}

/** One after the other, until one is not ready that the next ones need. */
async function takeSteps(
  pass: Pass,
  steps: readonly Step[],
): Promise<{ conditions: Condition[]; unfinished: Map<ConditionType, Attempt> }> {
  let conditions = removeCondition(pass.object.status?.conditions ?? [], 'DeletionBlocked');
  const unfinished = new Map<ConditionType, Attempt>();
  for (const step of steps) {
    const result = await stepped(pass, step);
    const isReady = result.state === 'ready';
    if (!isReady) unfinished.set(step.condition, worse(unfinished.get(step.condition), result));
    if (!isReady || !step.silent)
      conditions = told(pass, conditions, step.condition, unfinished.get(step.condition) ?? result);
    if (!isReady && !step.goOn) break;
  }
  return { conditions, unfinished };
}

/** Deletion: one step, and the end of the object when nothing is left. */
export async function runRemoval(
  deps: ScopeDeps,
  object: ArcPrivateLinkScope,
  begin: () => Promise<Pass>,
  remove: (pass: Pass) => Promise<StepResult | 'gone'>,
): Promise<Result> {
  if (object.status?.resourceId === undefined) {
    await release({ deps, object });
    return {};
  }
  const begun = await attempt(begin);
  if (begun.failed !== undefined) return await finishUnbegun(deps, object, 'Ready', begun.failed);
  const pass = begun.value;
  const removed = await attempt(() => remove(pass));
  if (removed.value === 'gone') {
    deps.events.event(object, 'Normal', 'Deleted', 'Everything that this object made in Azure is gone.');
    await release(pass);
    return {};
  }
  const conditions = deletionConditions(pass);
  const { value, failed } = removed;
  const outcome: Outcome = failed === undefined ? reconciling(value) : { kind: 'failed', error: failed };
  return await finish(deps, object, { status: pass.status, conditions, outcome, concern: 'Ready' });
}

function deletionConditions(pass: Pass): Condition[] {
  const observedGeneration = pass.object.metadata.generation ?? 0;
  const now = pass.deps.clock.now();
  let conditions = removeCondition(pass.object.status?.conditions ?? [], 'DeletionBlocked');
  if (pass.namesRemoved) {
    const message = 'Name resolution has been taken down, because the object is being deleted.';
    conditions = setCondition(
      conditions,
      { type: 'DNSReady', status: 'False', reason: 'Removed', message, observedGeneration },
      now,
    );
  }
  if (pass.blocked === undefined) return conditions;
  const before = pass.object.status?.conditions?.filter(({ type }) => type === 'DeletionBlocked') ?? [];
  return setCondition(
    [...conditions, ...before],
    { type: 'DeletionBlocked', status: 'True', ...pass.blocked, observedGeneration },
    now,
  );
}

/** The pass could not begin, as a rule for want of credentials. */
async function finishUnbegun(
  deps: ScopeDeps,
  object: ArcPrivateLinkScope,
  condition: ConditionType,
  error: OperatorError,
): Promise<Result> {
  const { reason, message } = error;
  const observedGeneration = object.metadata.generation ?? 0;
  const failing = { type: condition, status: 'False', reason, message, observedGeneration } as const;
  const conditions = setCondition(object.status?.conditions ?? [], failing, deps.clock.now());
  const status = initialStatus(object.status);
  return await finish(deps, object, {
    status,
    conditions,
    outcome: { kind: 'failed', error },
    concern: condition,
  });
}

async function stepped(pass: Pass, step: Step): Promise<Attempt> {
  const { value, failed } = await attempt(() => step.run(pass));
  return failed === undefined ? value : { state: 'failed', error: failed };
}

type Attempted<T> = { value: T; failed?: undefined } | { value?: undefined; failed: OperatorError };

async function attempt<T>(task: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    return { failed: tellable(error) };
  }
}

function told(pass: Pass, conditions: Condition[], type: ConditionType, result: Attempt): Condition[] {
  const observedGeneration = pass.object.metadata.generation ?? 0;
  const status = result.state === 'ready' ? 'True' : 'False';
  const { reason = 'Ready', message } = result.state === 'failed' ? result.error : result;
  return setCondition(
    conditions,
    { type, status, reason, message, observedGeneration },
    pass.deps.clock.now(),
  );
}

function worse(one: Attempt | undefined, other: Attempt): Attempt {
  return one === undefined || (one.state === 'working' && other.state === 'failed') ? other : one;
}

/** What a person has to mend comes first, then what failed otherwise, then what is on its way. */
function summary(unfinished: ReadonlyMap<ConditionType, Attempt>): [string, Outcome] {
  const all = [...unfinished];
  const rank = (result: Attempt): number =>
    result.state === 'failed' ? { stalled: 0, waiting: 1, transient: 2 }[result.error.kind] : 3;
  const [worst] = all.sort(([, one], [, other]) => rank(one) - rank(other));
  if (worst === undefined) return ['Ready', { kind: 'ready', message: 'Azure is as the spec says.' }];
  const [concern, result] = worst;
  if (result.state === 'failed') return [concern, { kind: 'failed', error: result.error }];
  return [concern, reconciling(result)];
}

function reconciling(result: StepResult): Outcome {
  const { message } = result;
  if (result.state === 'ready') return { kind: 'ready', message };
  return { kind: 'reconciling', reason: result.reason, message, requeueAfterMs: result.requeueAfterMs };
}

function tellReady(pass: Pass, outcome: Outcome): void {
  const before = isTrue(pass.object.status?.conditions, 'Ready');
  if (outcome.kind === 'ready' && !before)
    pass.deps.events.event(pass.object, 'Normal', 'Ready', outcome.message);
  if (outcome.kind !== 'failed' || outcome.error.kind === 'transient') return;
  const { reason, message } = outcome.error;
  const last = pass.object.status?.conditions?.find(({ type }) => type === 'Ready');
  if (last?.reason !== reason) pass.deps.events.event(pass.object, 'Warning', reason, message);
}

import { asOperatorError } from '../base/errors.ts';
import type { Result } from '../runtime/reconciler.ts';
import { longestAgeMs, type Action, type Concern, type Planned } from './concern.ts';
import { conclude, concludeFailed } from './conclude.ts';
import type { Kind, Looking, Managed } from './kind.ts';
import type { EngineDeps } from './lifecycle.ts';
import type { Memory } from './memory.ts';
import { performAll } from './perform.ts';
import { tellable } from './tellable.ts';
import { tellPerformed } from './tell.ts';
import { observed, withBlindness, withRefusals, type Said } from './verdicts.ts';

/** One pass: observe → decide → perform, then the same decision again on what the answers told. */

/** So often at most within one pass; what still rests on an old look waits for the next. */
const mostLooks = 3;
/**
 * For so many calls at once looks are renewed: where reads are limited, those of hundreds of calls would be old again
 * before the first of them is made.
 */
const mostRenewed = 10;
/** What is renewed because of its age: a look that another object took so lately lasts until the calls are made. */
const renewedAgeMs = 10_000;
/** A pass is never followed by another one at once, whatever asks for it. */
const shortestPauseMs = 100;
/** Looks that are due within a second of each other are made in one pass. */
const shortestLookPauseMs = 1_000;

/** Brings Azure to what the spec says, or under Observe says what would be done. */
export async function manage<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  looking: Looking<T, M>,
  memory: Memory<M>,
): Promise<Result> {
  return await guarded(deps, kind, looking, memory, async () => {
    const decide = (seen: Seen): Said<Seen, A>[] => decided(kind.concerns, seen);
    const passed = await act(deps, kind, looking, decide);
    return await finish(deps, kind, looking, memory, passed);
  });
}

/** Deletion, a stage after the other; the kind's last word when all of them are over. */
export async function remove<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  looking: Looking<T, M>,
  memory: Memory<M>,
): Promise<Result | string> {
  return await guarded(deps, kind, looking, memory, async () => {
    const passed = await act(deps, kind, looking, (seen) => stages(kind.removal, seen));
    const over =
      passed.said.length === kind.removal.length &&
      passed.said.every(({ decision }) => decision.verdict.is === 'ready');
    if (over) return kind.farewell(passed.seen);
    return await finish(deps, kind, looking, memory, passed);
  });
}

async function guarded<T extends Managed, Seen, A extends Action, M, R>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  looking: Looking<T, M>,
  memory: Memory<M>,
  task: () => Promise<R>,
): Promise<R | Result> {
  try {
    return await task();
  } catch (error) {
    return await concludeFailed(deps, kind, looking.object, memory, tellable(error));
  }
}

interface Passed<T, Seen, A extends Action> {
  object: T;
  seen: Seen;
  said: Said<Seen, A>[];
  againMs: number | undefined;
}

async function act<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  looking: Looking<T, M>,
  decide: (seen: Seen) => Said<Seen, A>[],
): Promise<Passed<T, Seen, A>> {
  const { picture, attempts, azure } = looking;
  const { seen, said } = await look(kind, looking, decide);
  const blindness = picture.blindness();
  if (blindness !== undefined) throw asOperatorError(blindness);
  const planned = said.flatMap(({ decision }) => decision.planned);
  attempts.keepOnly(
    planned.map(({ action }) => action),
    planned.filter((one) => keysOf(one).some((key) => picture.isOutdated(key))).map(({ action }) => action),
  );
  if (looking.observing || looking.signal.aborted)
    return { object: looking.object, seen, said, againMs: undefined };
  const due = planned.filter(
    (one) => one.waitsFor === undefined && !attempts.isHeld(one.action) && stale(looking, one).length === 0,
  );
  const { now, againMs } = kind.admit(seen, due, azure);
  const object = await kind.journal(looking, seen, now);
  const performed = await performAll(kind, now, {
    azure,
    attempts,
    picture,
    signal: looking.signal,
    tell: (one) => tellPerformed(deps, object, looking.log, one),
  });
  const after = kind.learn(seen, performed);
  await kind.record({ ...looking, object }, after);
  for (const { type, reason, message } of kind.tell(seen, after))
    deps.events.event(object, type, reason, message);
  return { object, seen: after, said: decide(after), againMs };
}

/** Looks until no decision rests on an old look: what a pass that waits did not read may have changed since. */
async function look<T extends Managed, Seen, A extends Action, M>(
  kind: Kind<T, Seen, A, M>,
  looking: Looking<T, M>,
  decide: (seen: Seen) => Said<Seen, A>[],
): Promise<{ seen: Seen; said: Said<Seen, A>[] }> {
  for (let times = 1; ; times += 1) {
    const seen = await kind.observe(looking);
    const said = decide(seen);
    const old = said
      .flatMap(({ decision }) => decision.planned)
      // What has just failed to be read keeps its pause.
      .map((one) => stale(looking, one).filter((key) => !looking.picture.isHindered(key)))
      .filter((keys) => keys.length > 0);
    if (old.length === 0 || looking.observing || times >= mostLooks) return { seen, said };
    for (const key of old.slice(0, mostRenewed).flat()) looking.picture.expire(key, renewedAgeMs);
  }
}

/** The keys that a call rests on and that were read too long ago, or not since they were changed. */
function stale<T extends Managed, M>(
  { picture, attempts }: Looking<T, M>,
  planned: Planned<Action>,
): string[] {
  if (planned.waitsFor !== undefined || attempts.isHeld(planned.action)) return [];
  return keysOf(planned).filter(
    (key) => picture.isOutdated(key) || (picture.isKnown(key) && picture.ageMs(key) > longestAgeMs),
  );
}

/** What a call rests on and what it changes. */
function keysOf({ action, restsOn = [], changes = [] }: Planned<Action>): string[] {
  return [action.id, ...restsOn, ...changes];
}

function decided<Seen, A extends Action>(concerns: readonly Concern<Seen, A>[], seen: Seen): Said<Seen, A>[] {
  return concerns.map((concern) => ({ concern, decision: concern.decide(seen) }));
}

/** Up to the first stage that is not over. */
function stages<Seen, A extends Action>(removal: readonly Concern<Seen, A>[], seen: Seen): Said<Seen, A>[] {
  const said: Said<Seen, A>[] = [];
  for (const concern of removal) {
    const decision = concern.decide(seen);
    said.push({ concern, decision });
    if (decision.verdict.is !== 'ready') break;
  }
  return said;
}

async function finish<T extends Managed, Seen, A extends Action, M>(
  deps: EngineDeps,
  kind: Kind<T, Seen, A, M>,
  { picture, attempts, observing }: Looking<T, M>,
  memory: Memory<M>,
  { object, seen, said, againMs }: Passed<T, Seen, A>,
): Promise<Result> {
  const told = said
    .map(withBlindness)
    .map((one) => (observing ? observed(one) : withRefusals(one, attempts)));
  for (const { decision } of told) watch(picture, decision.verdict);
  const held = said
    .flatMap(({ decision }) => decision.planned)
    .filter(({ action, waitsFor }) => waitsFor === undefined && attempts.isHeld(action))
    .map(({ action }) => attempts.waitMs(action));
  picture.end();
  const lookMs = picture.nextMs();
  const nextLookMs = lookMs === undefined ? undefined : Math.max(lookMs, shortestLookPauseMs);
  const ending = { seen, said: told, observing, againMs: [againMs, nextLookMs, least(held)] };
  const { requeueAfterMs, ...result } = await conclude(deps, kind, object, memory, ending);
  if (requeueAfterMs === undefined) return result;
  return { ...result, requeueAfterMs: Math.max(requeueAfterMs, shortestPauseMs) };
}

function watch(
  picture: Looking<Managed, unknown>['picture'],
  verdict: Said<unknown, Action>['decision']['verdict'],
): void {
  const afterMs = 'lookAgainMs' in verdict ? verdict.lookAgainMs : undefined;
  const usual = verdict.is === 'failed' ? hinderedWatchMs : usualWatchMs;
  for (const key of verdict.watch ?? []) picture.watch(key, afterMs ?? usual);
}

/** Azure's work is looked at this often where nothing else is said, and where something stands in its way. */
const usualWatchMs = 2_000;
const hinderedWatchMs = 10_000;

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

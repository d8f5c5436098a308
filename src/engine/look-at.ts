import { operationFailed } from '../azure/errors.ts';
import { nameOf, sameId } from '../azure/ids.ts';
import type { Azure, Progress } from '../azure/types.ts';
import type { Attempts } from './attempts.ts';
import type { Known, Picture, Running } from './picture.ts';
import { growingMs } from '../base/pauses.ts';

/**
 * What is known of a resource that this process may be changing. While its operation runs, nothing is decided about it.
 * One that failed is remembered as a refusal of the call that began it, with Azure's own code.
 *
 * Azure asks to be polled seldom (private DNS every 30 seconds, and is done in five): the resource itself is looked at
 * meanwhile, and ends the wait when it shows the end of what was begun.
 */
export async function lookAt<T extends Resource>(
  looking: Lookers,
  id: string,
  read: () => Promise<T | undefined>,
): Promise<Known<T>> {
  const readNow = onceALook(read);
  const running: Running<T> = async (before, times) => {
    const going = await goingOn(looking, id);
    if (going === undefined) return undefined;
    if (!isTold(going, times) && isOver(looking, going, before, await readNow())) return undefined;
    return Math.min(going.retryAfterMs, paceMs(times));
  };
  return await looking.picture.resource(id, readNow, running);
}

/**
 * The same for a list below a resource, under a key of its own: nothing is decided about it while an operation of this
 * process runs on one of `ids`, the members that are there or are to be.
 */
export async function lookAtList<T extends Resource & { id: string }>(
  looking: Lookers,
  key: string,
  ids: readonly string[],
  read: () => Promise<T[] | undefined>,
): Promise<Known<T[]>> {
  const readNow = onceALook(read);
  const running: Running<T[]> = async (before, times) => {
    const all: Going[] = [];
    for (const id of ids) {
      const going = await goingOn(looking, id);
      if (going !== undefined) all.push(going);
    }
    if (all.length === 0) return undefined;
    const pauseMs = Math.min(Math.max(...all.map(({ retryAfterMs }) => retryAfterMs)), paceMs(times));
    if (all.every((going) => isTold(going, times))) return pauseMs;
    const now = await readNow();
    const member = (list: T[] | undefined, id: string): T | undefined =>
      list?.find((one) => sameId(one.id, id));
    const left = all.filter(
      (going) => !isOver(looking, going, member(before, going.id), member(now, going.id)),
    );
    return left.length === 0 ? undefined : pauseMs;
  };
  return await looking.picture.resource(key, readNow, running);
}

/** What showed the end of an operation is what is known from then on: it is not read twice. */
function onceALook<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}

interface Resource {
  provisioningState?: string;
}

interface Lookers {
  azure: Pick<Azure, 'progress' | 'settled'>;
  picture: Picture;
  attempts: Attempts;
}

/** An operation of this process that runs. */
type Going = Extract<Progress, { state: 'running' }> & { id: string; verb: 'PUT' | 'DELETE' };

/** 6 and then every 10 seconds: zones and links take five to ten, endpoints thirty, and reads are limited. */
function paceMs(times: number): number {
  return growingMs(6_000, longestPaceMs, times + 1);
}

const longestPaceMs = 10_000;

/**
 * It has just begun, or Azure has just said that it is at it, or says so soon: the resource would tell no more. Every
 * third time it is looked at all the same, for records of operations are lost.
 */
function isTold({ asked, retryAfterMs }: Going, times: number): boolean {
  return times === 0 || ((asked === true || retryAfterMs <= longestPaceMs) && times % 3 !== 2);
}

async function goingOn({ azure, attempts }: Lookers, id: string): Promise<Going | undefined> {
  for (const verb of ['PUT', 'DELETE'] as const) {
    const progress = await azure.progress(id, verb);
    if (progress?.state === 'running') return { ...progress, id, verb };
    remember(attempts, verb, id, progress);
  }
  return undefined;
}

/**
 * Whether the resource shows the end of it: gone, or made where there was none. A change of what was there before is
 * not told by a look, and a failure is the operation's to explain: those are waited for.
 */
function isOver(
  { azure, attempts }: Lookers,
  { id, verb }: Going,
  before: Resource | undefined,
  now: Resource | undefined,
): boolean {
  const made =
    before === undefined && now !== undefined && (now.provisioningState ?? 'Succeeded') === 'Succeeded';
  if (verb === 'DELETE' ? now !== undefined : !made) return false;
  azure.settled(id);
  attempts.settled(verb, id);
  return true;
}

function remember(
  attempts: Attempts,
  verb: 'PUT' | 'DELETE',
  id: string,
  progress: Progress | undefined,
): void {
  if (progress?.state !== 'failed') {
    attempts.settled(verb, id);
    return;
  }
  // It lost a race to someone else's write: what is there now is looked at, and decided about, anew.
  if (progress.code === 'PreconditionFailed') attempts.forget(verb, id);
  else attempts.refused(verb, id, operationFailed(`${verb} ${nameOf(id)}`, progress.code, progress.message));
}

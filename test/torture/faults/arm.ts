import type { Attempt } from '../campaign.ts';
import { Watch } from '../acto/watch.ts';
import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import type { ScopeLab } from '../../world/scope-lab.ts';
import { faultOf, type Call, type Fault } from './faults.ts';
import { lifeOf, opened } from './lives.ts';
import { compared, finish, reference, standing } from './oracle.ts';
import { LifeRecord } from './record.ts';

/** One fault at one call of Azure: once, or for as long as the same is asked again within half an hour. */
export interface Strike {
  readonly at: number;
  readonly fault: string;
  readonly lasts: boolean;
}

const minuteMs = 60_000;
const lastsMs = 30 * minuteMs;
/** `--stall-after`, and a pause that has grown meanwhile. */
const toldAfterMs = 13 * minuteMs;

/** In a minute: 60 of one object that cannot go on, and there are two. */
const mostCalls = 120;

/** A strike under way. */
class Blow {
  readonly strike: Strike;
  readonly #fault: Fault;
  /** `GET /subscriptions/…` of the call that it met, and when it met it first. */
  #call: string | undefined;
  fromMs = Number.POSITIVE_INFINITY;
  lastMs = 0;
  hits = 0;

  constructor(strike: Strike) {
    this.strike = strike;
    this.#fault = faultOf(strike.fault);
  }

  meets(request: ArmRequest, number: number, nowMs: number): boolean {
    const call = `${request.method} ${request.url.pathname.toLowerCase()}`;
    if (this.#call === undefined) {
      if (number < this.strike.at || !this.#fault.meets(request)) return false;
      [this.#call, this.fromMs] = [call, nowMs];
    } else if (!this.strike.lasts || call !== this.#call || this.isOver(nowMs)) return false;
    this.hits += 1;
    this.lastMs = nowMs;
    return true;
  }

  isOver(nowMs: number): boolean {
    return nowMs - this.fromMs >= lastsMs;
  }

  /** What it was accepted for has to be made again. */
  get isUndone(): boolean {
    return this.#fault.undone === true;
  }

  answer(call: Call): ArmResponse | Promise<ArmResponse> {
    return this.#fault.answer(call);
  }

  /** Minutes with too many calls, from the fourth to the last in which it stood in the way. */
  storms({ world }: ScopeLab): string[] {
    const minutes = new Map<number, number>();
    for (const { atMs } of world.exchanges) {
      const minute = Math.floor((atMs - this.fromMs) / minuteMs);
      const isWithin = minute >= 3 && this.fromMs + (minute + 1) * minuteMs <= this.lastMs;
      if (isWithin) minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
    const most = [...minutes].sort(([, one], [, other]) => other - one)[0];
    if (most === undefined || most[1] <= mostCalls) return [];
    return [`${most[1]} calls in minute ${most[0]} of ${this.strike.fault} at ${this.#call}`];
  }

  /** What is wrong with what people read while it lasts, if it still stands in the way. */
  async untold(lab: ScopeLab, isDone: boolean): Promise<string[]> {
    // Looked at again since, and not yet out of the way.
    const lately = lab.clock.now() - this.lastMs < 11 * minuteMs;
    if (isDone || !lately || this.hits < 2) return [];
    const text = await standing(lab);
    return this.#fault.told.test(text) ? [] : [`${this.strike.fault} of ${this.#call} is not told:\n${text}`];
  }
}

/** `create/7.429-303.lasts+12.reset-after`. */
export function struck(name: string, strikes: readonly Strike[]): Attempt {
  return {
    id: `${name}/${strikes.map(({ at, fault, lasts }) => `${at}.${fault}${lasts ? '.lasts' : ''}`).join('+')}`,
    run: async () => await run(name, strikes),
    smaller: () =>
      strikes.length === 1
        ? []
        : strikes.map((one) =>
            struck(
              name,
              strikes.filter((other) => other !== one),
            ),
          ),
  };
}

export function struckBy(id: string): Attempt {
  const [name = '', rest = ''] = id.split('/');
  const strikes = rest.split('+').map((part) => {
    const [at = '', fault = '', lasts] = part.split('.');
    return { at: Number(at), fault, lasts: lasts !== undefined };
  });
  return struck(name, strikes);
}

async function run(name: string, strikes: readonly Strike[]): Promise<string[]> {
  const life = lifeOf(name);
  const wanted = await reference(life);
  const lab = await opened(life);
  const watch = new Watch(lab);
  const record = new LifeRecord(lab);
  const blows = strikes.map((strike) => new Blow(strike));
  let number = 0;
  lab.onAzure = (request, send) => {
    const now = number++;
    const blow = blows.find((one) => one.meets(request, now, lab.clock.now()));
    const through = (): ArmResponse => record.enter(request, send);
    return blow === undefined ? through() : blow.answer({ lab, record, request, send: through });
  };
  const fromMs = lab.clock.now();
  await life.act(lab);
  lab.start();
  const lines: string[] = [];
  await finishOr(lab, fromMs + toldAfterMs, async () => await life.done(lab));
  // Without the fault it would be done by now: something stands in the way.
  const isDone = wanted.lastedMs > toldAfterMs || (await life.done(lab));
  if (strikes.length === 1) for (const blow of blows) lines.push(...(await blow.untold(lab, isDone)));
  lines.push(...(await finish(lab, life)));
  for (const blow of blows) lines.push(...blow.storms(lab));
  // What lasts is over when the same is compared.
  await lab.clock.advance(Math.max(0, fromMs + 2 * lastsMs - lab.clock.now()));
  const surplus = blows.reduce((sum, { hits }) => sum + hits, 0);
  const again = blows.reduce((sum, { hits, isUndone }) => sum + (isUndone ? hits : 0), 0);
  lines.push(...(await compared(lab, record, wanted, { surplus, again })));
  await lab.stop();
  return [...lines, ...watch.end()];
}

async function finishOr(lab: ScopeLab, untilMs: number, done: () => Promise<boolean>): Promise<void> {
  while (lab.clock.now() < untilMs && !(await done())) await lab.clock.advance(10_000);
}

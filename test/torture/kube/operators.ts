import type { Clock } from '../../../src/base/clock.ts';
import type { ArmResponse } from '../../world/azure/http.ts';
import type { ServersLab } from '../../world/servers.ts';
import { Fate } from './fate.ts';
import { lastsMs, type EventKind, type KubeFault } from './faults.ts';
import { faultyClient } from './faulty-client.ts';

/** The operators of an attempt, one after another or two at once, and what happens to them. */

const minuteMs = 60_000;
/** Until a released Lease is taken by the next one, and more. */
const handoverMs = 5_000;

interface Running {
  kill: AbortController;
  terminate: AbortController;
  wall: { offsetMs: number };
}

export class Operators {
  readonly fate: Fate;
  readonly #lab: ServersLab;
  #running: Running[] = [];

  constructor(lab: ServersLab, faults: readonly KubeFault[]) {
    this.#lab = lab;
    this.fate = new Fate(lab.clock, faults, (kind) => this.#strike(kind));
    lab.onAzure = async (_, send) => await this.#azure(send);
  }

  start(offsetMs = 0): void {
    const one: Running = {
      kill: new AbortController(),
      terminate: new AbortController(),
      wall: { offsetMs },
    };
    this.#running.push(one);
    const { clock, kubernetes } = this.#lab;
    this.#lab.start(undefined, [], {
      client: (client) => faultyClient(client, kubernetes, this.fate, clock),
      clock: withWall(clock, one.wall),
      killed: one.kill.signal,
      terminated: one.terminate.signal,
    });
  }

  async #azure(send: () => ArmResponse): Promise<ArmResponse> {
    const { clock } = this.#lab;
    const { slowAzure } = this.fate;
    if (slowAzure === undefined || clock.now() >= slowAzure.untilMs) return send();
    if (slowAzure.how === 'dawdles') await clock.sleep(this.fate.delayMs());
    const answer = send();
    if (slowAzure.how === 'drags') await clock.sleep(this.fate.delayMs());
    return answer;
  }

  #strike(kind: EventKind): void {
    const { fate } = this;
    const { version } = this.#lab.kubernetes;
    const [name = '', amount = ''] = kind.split(/(?=[+-])|(?<=travel)/);
    const strikes: Record<string, () => void> = {
      away: () => fate.away(),
      drags: () => fate.drag('drags'),
      dawdles: () => fate.drag('dawdles'),
      freezes: () => fate.show(version, lastsMs),
      crash: () => this.#crash(),
      travel: () => {
        fate.show(Math.max(1, version - Number(amount)), minuteMs);
        this.#crash();
      },
      twins: () => this.#twins(),
      term: () => this.#terminate(),
      clock: () => {
        for (const { wall } of this.#running) wall.offsetMs += Number(amount) * minuteMs;
      },
      skew: () => this.#crash(Number(amount) * minuteMs),
    };
    strikes[name]?.();
  }

  #crash(offsetMs = 0): void {
    for (const { kill } of this.#running.splice(0)) kill.abort();
    this.#lab.clock.after(handoverMs, () => this.start(offsetMs));
  }

  /** As when a leader does not notice for ten minutes that it is none any more. */
  #twins(): void {
    const [old] = this.#running;
    this.#lab.clock.after(0, () => this.start());
    this.#lab.clock.after(lastsMs, () => {
      this.#running = this.#running.filter((one) => one !== old);
      old?.kill.abort();
      // It may have been another fault that ended the younger one.
      if (this.#running.length === 0) this.start();
    });
    this.fate.lastMs = Math.max(this.fate.lastMs, this.#lab.clock.now() + lastsMs);
  }

  #terminate(): void {
    const ending = this.#running.splice(0);
    for (const { terminate } of ending) terminate.abort();
    this.#lab.clock.after(handoverMs, () => this.start());
    // What has not ended within the grace period is ended.
    this.#lab.clock.after(minuteMs, () => {
      for (const { kill } of ending) kill.abort();
    });
  }
}

/** A clock whose wall time can be put wrong; what it measures stays right. */
function withWall(clock: Clock, wall: { offsetMs: number }): Clock {
  return {
    now: () => clock.now() + wall.offsetMs,
    monotonic: () => clock.monotonic(),
    after: (delayMs, task) => clock.after(delayMs, task),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    turn: () => clock.turn(),
  };
}

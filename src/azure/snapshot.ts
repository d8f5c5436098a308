import { idKey } from './ids.ts';
import type { Machine, MachineSnapshot } from './types.ts';
import type { Clock } from '../base/clock.ts';

/**
 * Complete listings of servers, shared by everything that one identity reconciles: thousands of servers are read page
 * by page every few minutes and never one by one.
 */
export class MachineSnapshots {
  readonly #list: (subscriptionId: string) => Promise<Machine[]>;
  readonly #clock: Clock;
  readonly #known = new Map<string, MachineSnapshot>();
  readonly #underWay = new Map<string, Promise<MachineSnapshot>>();
  /** What this process changed, by id: a listing that began before shows the state before. */
  readonly #changes = new Map<string, { machine: Machine; atMs: number }>();

  constructor(list: (subscriptionId: string) => Promise<Machine[]>, clock: Clock) {
    this.#list = list;
    this.#clock = clock;
  }

  async get(subscriptionId: string, maxAgeMs: number): Promise<MachineSnapshot> {
    const key = subscriptionId.toLowerCase();
    const known = this.#known.get(key);
    if (known !== undefined && maxAgeMs > 0 && this.#clock.now() - known.takenAt <= maxAgeMs) return known;
    const underWay = this.#underWay.get(key);
    // One that began earlier would not do for a caller who asks for the state from now on.
    if (underWay !== undefined && maxAgeMs > 0) return await underWay;
    const taking = this.#take(subscriptionId, key);
    this.#underWay.set(key, taking);
    try {
      return await taking;
    } finally {
      if (this.#underWay.get(key) === taking) this.#underWay.delete(key);
    }
  }

  /** The answer to a change: it shows in the newest listing, and in one that began before it. */
  changed(machine: Machine): void {
    const id = idKey(machine.id);
    this.#changes.set(id, { machine, atMs: this.#clock.monotonic() });
    const known = this.#known.get(machine.subscriptionId.toLowerCase());
    if (known?.machines.has(id)) (known.machines as Map<string, Machine>).set(id, machine);
  }

  async #take(subscriptionId: string, key: string): Promise<MachineSnapshot> {
    const takenAt = this.#clock.now();
    const begunMs = this.#clock.monotonic();
    const listed = await this.#list(subscriptionId);
    const machines = new Map(listed.map((machine) => [idKey(machine.id), machine]));
    for (const [id, { machine, atMs }] of this.#changes) {
      if (atMs < begunMs) this.#changes.delete(id);
      else if (machines.has(id)) machines.set(id, machine);
    }
    const sequence = (this.#known.get(key)?.sequence ?? 0) + 1;
    const snapshot: MachineSnapshot = { subscriptionId, takenAt, sequence, machines };
    this.#known.set(key, snapshot);
    return snapshot;
  }
}

import { idKey } from './ids.ts';
import type { Machine, MachineSnapshot } from './types.ts';
import type { Clock } from '../base/clock.ts';

/** Every server of a subscription; each is handed to `keep` as soon as it is read, and what that gives is kept. */
export type ListMachines = (
  subscriptionId: string,
  keep: (machine: Machine) => Machine,
) => Promise<Machine[]>;

/**
 * Complete listings of servers, shared by everything that one identity reconciles: thousands of servers are read page
 * by page every few minutes and never one by one.
 */
export class MachineSnapshots {
  readonly #list: ListMachines;
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By subscription in lower case: the complete listing that began last. One that fails leaves it. */
  readonly #known = new Map<string, MachineSnapshot>();
  readonly #underWay = new Map<string, { begunMs: number; listing: Promise<MachineSnapshot> }>();
  /** What this process changed, by subscription and id: a listing that began before shows the state before. */
  readonly #changes = new Map<string, Map<string, { machine: Machine; atMs: number }>>();

  constructor(list: ListMachines, clock: Pick<Clock, 'monotonic'>) {
    this.#list = list;
    this.#clock = clock;
  }

  async get(subscriptionId: string, maxAgeMs: number): Promise<MachineSnapshot> {
    const key = subscriptionId.toLowerCase();
    const oldest = this.#clock.monotonic() - maxAgeMs;
    const known = this.#known.get(key);
    if (known !== undefined && maxAgeMs > 0 && known.begunMs >= oldest) return known;
    const underWay = this.#underWay.get(key);
    // One that began earlier would not do for a caller who asks for the state from now on.
    if (underWay !== undefined && maxAgeMs > 0 && underWay.begunMs >= oldest) return await underWay.listing;
    const begun = { begunMs: this.#clock.monotonic(), listing: this.#take(subscriptionId, key) };
    this.#underWay.set(key, begun);
    try {
      return await begun.listing;
    } finally {
      if (this.#underWay.get(key) === begun) this.#underWay.delete(key);
    }
  }

  /** The answer to a change: it shows in the newest listing, and in one that began before it. */
  changed(machine: Machine): void {
    const id = idKey(machine.id);
    const key = machine.subscriptionId.toLowerCase();
    const changes = this.#changes.get(key) ?? new Map<string, { machine: Machine; atMs: number }>();
    this.#changes.set(key, changes.set(id, { machine, atMs: this.#clock.monotonic() }));
    const known = this.#known.get(key);
    if (known?.machines.has(id)) (known.machines as Map<string, Machine>).set(id, machine);
  }

  async #take(subscriptionId: string, key: string): Promise<MachineSnapshot> {
    const begunMs = this.#clock.monotonic();
    // Most servers are as they were: those of two listings are the same objects, and take their place once.
    const before = this.#known.get(key)?.machines;
    const listed = await this.#list(subscriptionId, (machine) => {
      const known = before?.get(idKey(machine.id));
      return known !== undefined && isSame(known, machine) ? known : machine;
    });
    // Listings may overlap and end in any order: the one that began last counts, for whoever waits for this one too.
    const newer = this.#known.get(key);
    if (newer !== undefined && newer.begunMs > begunMs) return newer;
    const machines = new Map(listed.map((machine) => [idKey(machine.id), machine]));
    const changes = [...(this.#changes.get(key) ?? [])].filter(([, { atMs }]) => atMs >= begunMs);
    for (const [id, { machine }] of changes) if (machines.has(id)) machines.set(id, machine);
    const snapshot: MachineSnapshot = { subscriptionId, begunMs, machines };
    this.#known.set(key, snapshot);
    this.#changes.set(key, new Map(changes));
    return snapshot;
  }
}

function isSame(one: Machine, other: Machine): boolean {
  const [{ tags, ...rest }, { tags: otherTags, ...otherRest }] = [one, other];
  return isEqual(rest, otherRest) && isEqual(tags, otherTags);
}

function isEqual(one: object, other: object): boolean {
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([name, value]) => other[name as keyof typeof other] === value)
  );
}

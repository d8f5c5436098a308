import { associations, scopes } from '../../../src/api/resources.ts';
import { Laboratory, namespace, seededRandom } from '../../world/laboratory.ts';
import { Watch } from '../acto/watch.ts';
import { chosen, deeds, type Stage, type Undo } from './deeds.ts';
import { Evening } from './evening.ts';
import { monthObjects, monthSeed } from './estate.ts';
import { faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { Service } from './service.ts';

/** A month in the life of an estate, a day at a time: busy until nine in the evening, then left alone. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const stepMs = 5 * minuteMs;
const busyMs = 20 * 60 * minuteMs;
const longestFaultMs = 90 * minuteMs;
const deedsADay = 14;
const faultsADay = 5;

interface Due {
  atMs: number;
  name: string;
  act: () => Undo | Promise<Undo>;
}

export class Month implements Stage {
  readonly lab: Laboratory;
  readonly ledger: Ledger;
  readonly random: () => number;
  readonly names: readonly string[];
  readonly #service: Service;
  readonly #watch: Watch;
  readonly #evening: Evening;
  /** What was done on the day, for whoever looks for the cause. */
  readonly told: string[] = [];

  private constructor(seed: number, servers: number) {
    this.random = seededRandom(seed);
    this.lab = new Laboratory(monthSeed(servers));
    this.ledger = new Ledger(this.lab);
    this.#service = new Service(this.lab);
    this.#watch = new Watch(this.lab);
    this.#evening = new Evening(this.lab, this.ledger);
    const red = this.lab.world.resources.all().filter(({ name }) => name.startsWith('red-'));
    this.names = red.slice(0, Math.ceil(red.length * 0.8)).map(({ name }) => name);
  }

  /** Everything is rolled out when the first day begins. */
  static async begin(seed: number, servers: number): Promise<Month> {
    const month = new Month(seed, servers);
    const { lab } = month;
    await lab.createSecret();
    const objects = monthObjects(month.names);
    for (const scope of objects.scopes) await lab.kubernetes.create(scopes, scope);
    for (const association of objects.associations) await lab.kubernetes.create(associations, association);
    await month.#readObjects();
    lab.onExchange = month.ledger.enter;
    lab.start();
    await lab.clock.advance(3 * 60 * minuteMs);
    return month;
  }

  /** What was wrong in the course of one day, a sentence each. */
  async day(): Promise<string[]> {
    this.ledger.violations.length = 0;
    this.told.length = 0;
    const from = this.lab.clock.now();
    const due = this.#planned(from);
    for (let now = from; now < from + dayMs; now = this.lab.clock.now()) {
      const todo = due.filter(({ atMs }) => atMs <= now).sort((one, other) => one.atMs - other.atMs);
      due.splice(0, due.length, ...due.filter(({ atMs }) => atMs > now));
      for (const one of todo) await this.#do(one, due);
      await this.lab.clock.advance(stepMs);
      if (this.lab.crashed) this.lab.start();
      this.#service.sample(stepMs);
      if (now - from === dayMs - 60 * minuteMs) this.#evening.listen();
    }
    await this.#readObjects();
    const lines = [...this.ledger.violations, ...this.#service.lines(), ...(await this.#evening.lines())];
    this.#forget();
    return lines;
  }

  end(): readonly string[] {
    return this.#watch.end();
  }

  async stop(): Promise<void> {
    await this.lab.stop();
  }

  async restart(how: 'stop' | 'crash'): Promise<void> {
    await this.lab.stop();
    const at = Math.floor(this.random() * 60);
    this.lab.start((_, number) =>
      how === 'crash' && number === at ? (this.random() < 0.5 ? 'crash before' : 'crash after') : undefined,
    );
  }

  disturb(scope: 'net' | 'south'): void {
    this.#service.disturb(scope);
  }

  #planned(from: number): Due[] {
    const one = (table: Readonly<Record<string, (stage: Stage) => Undo | Promise<Undo>>>): Due => {
      const name = chosen(this.random, Object.keys(table)) ?? '';
      const atMs = from + Math.floor(this.random() * (busyMs - longestFaultMs));
      return { atMs, name, act: () => table[name]?.(this) };
    };
    return [
      ...Array.from({ length: deedsADay }, () => one(deeds)),
      ...Array.from({ length: faultsADay }, () => one(faults)),
    ];
  }

  async #do({ name, act }: Due, due: Due[]): Promise<void> {
    const now = this.lab.clock.now();
    this.told.push(`${new Date(now).toISOString().slice(11, 16)} ${name}`);
    const undo = await act();
    if (undo !== undefined) {
      const atMs = now + Math.floor(this.random() * longestFaultMs);
      due.push({ atMs, name: `end of ${name}`, act: () => undo() });
    }
    await this.#readObjects();
  }

  async #readObjects(): Promise<void> {
    this.ledger.associations = (await this.lab.kubernetes.list(associations, { namespace })).items;
  }

  /** What the simulated worlds remember for tests would look like a leak of the operator's. */
  #forget(): void {
    this.lab.world.exchanges.length = 0;
    this.lab.kubernetes.calls.length = 0;
    this.lab.kubernetes.compact();
  }
}

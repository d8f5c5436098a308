import { associations, scopes, slices } from '../../../src/api/resources.ts';
import type { ArcPrivateLinkScopeStatus, ArcServerAssociationStatus } from '../../../src/api/types.ts';
import { secrets } from '../../../src/identity/resources.ts';
import { findCondition, type Condition } from '../../../src/runtime/conditions.ts';
import { namespace } from '../../world/objects.ts';
import { ServersLab } from '../../world/servers.ts';
import { scopeObject } from '../../world/objects.ts';
import { anonymous } from '../acto/life.ts';
import { Watch } from '../acto/watch.ts';
import type { KubeFault } from './faults.ts';
import { Ledger } from './ledger.ts';
import { Operators } from './operators.ts';

/**
 * A scope with an endpoint and two associations: taken into use, one of them told to take one more server and to
 * release one, and all deleted. What came of it, for a comparison with a life in which nothing went wrong.
 */
export interface Lived {
  /** Azure and the objects' status after the change and at the end, without what differs by itself. */
  states: Record<string, unknown>;
  /** What came and went in Azure, and the scopes that each server was in. */
  effects: string[];
  patches: Map<string, number>;
  calls: number;
  events: number;
  /** The most calls of the Kubernetes API in a minute. */
  busiest: number;
  /** What must not be, whatever a life without faults is like. */
  violations: string[];
}

const longMs = 4 * 3_600_000;
/** As long as pauses between tries become, and a resync. */
const settleMs = 22 * 60_000;
/** Three resyncs. */
const quietMs = 45 * 60_000;

export async function live(faults: readonly KubeFault[]): Promise<Lived> {
  const life = new Life(faults);
  try {
    return await life.live();
  } finally {
    await life.end();
  }
}

class Life {
  readonly #lab = new ServersLab();
  readonly #watch = new Watch(this.#lab);
  readonly #ledger = new Ledger(this.#lab);
  readonly #operators: Operators;
  readonly #violations: string[] = [];

  constructor(faults: readonly KubeFault[]) {
    this.#operators = new Operators(this.#lab, faults);
  }

  async live(): Promise<Lived> {
    const states: Record<string, unknown> = {};
    const { fate } = this.#operators;
    await this.#lab.prepare(scopeObject());
    await this.#lab.associate({ machines: { names: ['web-1', 'web-2'] } });
    await this.#lab.associate({ machines: { names: ['office'] } }, 'office');
    this.#operators.start();
    await this.#until('Ready', () => this.#ready());
    await this.#lab.select(['web-2', 'web-3']);
    await this.#until('Ready after the change', () => this.#ready());
    states['changed'] = await this.#quiet('after the change');
    for (const name of ['servers', 'office']) await this.#lab.dissociate(name);
    await this.#lab.kubernetes.delete(scopes, { namespace, name: 'net' });
    await this.#until('gone', () => this.#gone());
    states['gone'] = await this.#quiet('after the deletion');
    return {
      states,
      effects: this.#ledger.lines(),
      patches: this.#ledger.patches(),
      calls: fate.callsMs.length,
      events: fate.events,
      busiest: busiest(fate.callsMs),
      violations: [...this.#violations, ...this.#watch.storms(0, 300)],
    };
  }

  async end(): Promise<void> {
    await this.#lab.stop();
    this.#violations.push(...this.#watch.end());
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    try {
      await this.#lab.clock.until(holds, longMs, 10_000);
    } catch (error) {
      throw new Error(`never ${what}: ${JSON.stringify(await this.#conditions())}`, { cause: error });
    }
  }

  async #ready(): Promise<boolean> {
    const all = [await this.#lab.association('servers'), await this.#lab.association('office')];
    return [...all, await this.#lab.scope('net')].every(
      (object) =>
        object?.status?.observedGeneration === object?.metadata.generation &&
        findCondition(object?.status?.conditions, 'Ready')?.status === 'True',
    );
  }

  async #gone(): Promise<boolean> {
    const { kubernetes } = this.#lab;
    const left = [await kubernetes.list(scopes), await kubernetes.list(associations)];
    return left.every(({ items }) => items.length === 0);
  }

  /** Three resyncs without a write on either side, once everything that went wrong is over; the state then. */
  async #quiet(when: string): Promise<unknown> {
    const { clock, kubernetes, world } = this.#lab;
    const { fate } = this.#operators;
    let late: string[];
    let beganMs: number;
    do {
      await clock.advance(settleMs);
      beganMs = clock.now();
      const stored = kubernetes.calls.length;
      const sent = world.exchanges.length;
      await clock.advance(quietMs);
      late = [
        ...kubernetes.calls
          .slice(stored)
          .filter(({ verb }) => ['create', 'replace', 'patch', 'delete'].includes(verb))
          .map(({ verb, kind, name }) => `${verb} ${kind} ${name}`),
        ...world.exchanges
          .slice(sent)
          .filter(({ method }) => method !== 'GET')
          .map(({ method, path }) => `${method} ${path}`),
      ];
    } while (fate.lastMs > beganMs - settleMs);
    if (late.length > 0) this.#violations.push(`not quiet ${when}: ${late.slice(0, 10).join(', ')}`);
    return await this.#state();
  }

  async #state(): Promise<unknown> {
    const { kubernetes } = this.#lab;
    const objects = [
      ...(await kubernetes.list(scopes)).items,
      ...(await kubernetes.list(associations)).items,
    ];
    return anonymous({
      azure: this.#lab.portal.picture(),
      status: Object.fromEntries(objects.map(({ metadata: { name }, status }) => [name, sorted(status)])),
      finalizers: [...objects, ...(await kubernetes.list(secrets)).items].map(({ metadata }) => [
        metadata.name,
        metadata.finalizers ?? [],
      ]),
      servers: Object.fromEntries(await this.#lab.entries()),
      slices: (await kubernetes.list(slices)).items.length,
    });
  }

  async #conditions(): Promise<Record<string, string[]>> {
    const objects = [
      await this.#lab.scope('net'),
      await this.#lab.association('servers'),
      await this.#lab.association('office'),
    ];
    return Object.fromEntries(
      objects.flatMap((object) => {
        if (object === undefined) return [];
        const conditions: Condition[] = object.status?.conditions ?? [];
        return [
          [
            object.metadata.name,
            conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`),
          ],
        ];
      }),
    );
  }
}

/** What was made is listed in the order in which it was made. */
function sorted(
  status: ArcPrivateLinkScopeStatus | ArcServerAssociationStatus | undefined,
): object | undefined {
  if (status === undefined || !('inventory' in status)) return status;
  const inventory = [...(status.inventory ?? [])].sort((one, other) => (one.id < other.id ? -1 : 1));
  return { ...status, inventory };
}

function busiest(timesMs: readonly number[]): number {
  const minutes = new Map<number, number>();
  for (const atMs of timesMs) {
    const minute = Math.floor(atMs / 60_000);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  return Math.max(0, ...minutes.values());
}

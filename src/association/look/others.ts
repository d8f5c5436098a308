import { idKey, sameId } from '../../azure/ids.ts';
import type { Machine } from '../../azure/types.ts';
import type { ArcServerAssociation } from '../../api/types.ts';
import { inTurns } from '../../base/in-turns.ts';
import { isHeld } from '../../domain/releases.ts';
import { claimOn, heirOf, mayHaveHeir, rankOf, type Rival } from '../../domain/rivals.ts';
import type { SelectorIndex } from '../../domain/selector-index.ts';
import type { AssociationDeps } from '../deps.ts';
import { machineOf, type Claim, type Entry, type Others, type Server } from '../seen.ts';
import type { Sightings } from '../sightings.ts';
import { entriesOf, readSlices } from '../slices.ts';
import { resolveRival } from './rival.ts';

export interface Own {
  object: ArcServerAssociation;
  scopeId: string | undefined;
}

interface Other {
  other: ArcServerAssociation;
  rival: Rival;
}

/** What one pass knows of the other associations: whose servers are, and what goes from one to another. */
export class Around implements Others {
  readonly inherited = new Map<string, Entry>();
  readonly #deps: AssociationDeps;
  readonly #index: SelectorIndex;
  readonly #sightings: Sightings;
  readonly #own: { scopeId: string | undefined; rank: string; uid: string; alone: boolean };
  readonly #rivals = new Map<ArcServerAssociation, Rival>();
  /** Entries by association, where its slices were read. */
  readonly #slices = new Map<string, ReadonlyMap<string, Entry>>();
  readonly #near = new WeakMap<Machine, readonly Other[]>();
  readonly #claims = new WeakMap<Machine, { claim: Claim | undefined }>();
  #unspecific: readonly Other[] | undefined;
  readonly #bySubscription = new Map<string, readonly Other[]>();
  #managed: ReadonlySet<string> | undefined;

  constructor(deps: AssociationDeps, index: SelectorIndex, sightings: Sightings, { object, scopeId }: Own) {
    this.#deps = deps;
    this.#index = index;
    this.#sightings = sightings;
    const { uid = '' } = object.metadata;
    const alone = deps.associations.list().every(({ metadata }) => metadata.uid === uid);
    this.#own = { scopeId, rank: rankOf(object), uid, alone };
  }

  claimOn(machine: Machine): Claim | undefined {
    const known = this.#claims.get(machine);
    if (known !== undefined) return known.claim;
    const claim = claimOn(machine, this.#own, this.#rivalsFor(machine));
    this.#claims.set(machine, { claim });
    return claim;
  }

  heirOf(machine: Machine): Claim | undefined {
    const { scopeId } = this.#own;
    return scopeId === undefined ? undefined : heirOf(machine, scopeId, this.#rivalsFor(machine));
  }

  mayHaveHeir(machine: Machine): boolean {
    const { scopeId } = this.#own;
    return scopeId !== undefined && mayHaveHeir(machine, scopeId, this.#rivalsFor(machine));
  }

  holds(uid: string, key: string): boolean {
    return isHeld(this.#slices.get(uid)?.get(key));
  }

  /** Whoever has not looked since this process began, or never does, is judged by its slices. */
  async readUnsighted(servers: readonly Server[]): Promise<void> {
    if (this.#own.alone) return;
    const unsighted = new Set<ArcServerAssociation>();
    await inTurns(this.#deps.clock, servers, ({ key, sight }) => {
      if (sight.is !== 'there') return;
      for (const { other, rival } of this.#around(sight.machine))
        if (
          !unsighted.has(other) &&
          this.#sightings.sees(rival.uid, key) !== true &&
          rival.selects(sight.machine)
        )
          unsighted.add(other);
    });
    for (const other of unsighted) await this.#read(other);
  }

  /** Servers that go from one association to another in our scope: both sides look at what the other has written. */
  async readHandOvers(servers: readonly Server[]): Promise<void> {
    if (this.#own.alone) return;
    const newcomers: string[] = [];
    await inTurns(this.#deps.clock, servers, async (server) => {
      const machine = machineOf(server);
      if (machine === undefined || !sameId(machine.scopeId, this.#own.scopeId)) return;
      const claim = server.selected ? this.claimOn(machine) : this.heirOf(machine);
      if (isHeld(server.entry)) await this.#readTakers(machine, claim);
      else if (server.selected && claim === undefined) newcomers.push(server.key);
    });
    if (newcomers.length > 0) await this.#readHolders(newcomers);
  }

  /** Finds out now, a few at a time, whose the servers are that the plan will ask for all at once. */
  async claimAll(servers: readonly Server[]): Promise<void> {
    if (this.#own.alone) return;
    await inTurns(this.#deps.clock, servers, (server) => {
      const machine = machineOf(server);
      if (machine !== undefined && server.selected) this.claimOn(machine);
    });
  }

  /** What those of our scope have written down of servers that are new to us; also those that are being deleted. */
  async #readHolders(newcomers: readonly string[]): Promise<void> {
    for (const other of this.#deps.associations.list().filter((one) => this.#isOfOurScope(one))) {
      await this.#read(other);
      const entries = this.#slices.get(other.metadata.uid ?? '');
      for (const key of newcomers) {
        const entry = entries?.get(key);
        if (entry !== undefined && isHeld(entry)) this.inherited.set(key, entry);
      }
    }
  }

  async #readTakers(machine: Machine, taker: Claim | undefined): Promise<void> {
    if (taker === undefined || !sameId(taker.scopeId, this.#own.scopeId)) return;
    for (const { other, rival } of this.#around(machine))
      if (rival.uid === taker.uid) await this.#read(other);
  }

  #isOfOurScope(other: ArcServerAssociation): boolean {
    if (other.metadata.uid === this.#own.uid) return false;
    const { heldIn, scopeId } = this.#rivalOf(other);
    return sameId(heldIn, this.#own.scopeId) || sameId(scopeId, this.#own.scopeId);
  }

  async #read(other: ArcServerAssociation): Promise<void> {
    const { uid = '' } = other.metadata;
    if (this.#slices.has(uid)) return;
    this.#slices.set(uid, entriesOf(await readSlices(this.#deps.client, other)));
  }

  #rivalsFor(machine: Machine): Rival[] {
    return this.#around(machine).map(({ rival }) => rival);
  }

  /** The others that may select the server. */
  #around(machine: Machine): readonly Other[] {
    if (this.#own.alone) return [];
    const known = this.#near.get(machine);
    if (known !== undefined) return known;
    const found = [...this.#index.candidates(machine)]
      .filter(({ metadata }) => metadata.uid !== this.#own.uid)
      .map((other) => ({ other, rival: this.#rivalOf(other) }));
    const all = [...found, ...this.#everywhere(machine.subscriptionId.toLowerCase())];
    this.#near.set(machine, all);
    return all;
  }

  /** Those of a subscription that the index cannot tell apart by servers. */
  #everywhere(subscription: string): readonly Other[] {
    this.#unspecific ??= [...this.#index.unspecific()]
      .filter(({ metadata }) => metadata.uid !== this.#own.uid)
      .map((other) => ({ other, rival: this.#rivalOf(other) }));
    const known = this.#bySubscription.get(subscription);
    if (known !== undefined) return known;
    const found = this.#unspecific.filter(({ rival }) => rival.subscriptions.has(subscription));
    this.#bySubscription.set(subscription, found);
    return found;
  }

  #rivalOf(other: ArcServerAssociation): Rival {
    const known = this.#rivals.get(other);
    if (known !== undefined) return known;
    const rival = resolveRival(other, {
      deps: this.#deps,
      sightings: this.#sightings,
      isManaged: (scopeId) => this.#isManaged(scopeId),
      entries: (uid) => this.#slices.get(uid),
    });
    this.#rivals.set(other, rival);
    return rival;
  }

  /** The scope of an object of this cluster is referred to by `scopeRef`, not by its id. */
  #isManaged(scopeId: string): boolean {
    this.#managed ??= new Set(
      this.#deps.scopes
        .list()
        .flatMap(({ status }) => (status?.resourceId ? [idKey(status.resourceId)] : [])),
    );
    return this.#managed.has(idKey(scopeId));
  }
}

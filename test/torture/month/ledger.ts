import type { ArcServerAssociation } from '../../../src/api/types.ts';
import type { ArmRequest, ArmResponse } from '../../world/azure/http.ts';
import { lastName } from '../../world/azure/ids.ts';
import type { Resource } from '../../world/azure/store.ts';
import type { Laboratory } from '../../world/laboratory.ts';
import { otherScopeId, scopeId } from '../../world/small-seed.ts';
import { isOfRegion, isSelected } from '../acto/server-model.ts';
import { southId } from './estate.ts';

/**
 * Who may be touched, kept by hand from what happens: an independent reading of design rules 1, 2, 12, 13 and 16. Every
 * change of a server by the operator is entered here and judged at once.
 */

const low = (text: unknown): string => String(text ?? '').toLowerCase();
const hourMs = 3_600_000;
/** Rule 13: a PATCH rests on a listing of the last minute; what a person did since is not known yet. */
const unseenMs = 90_000;
/** A change of a spec is seen at once, but for calls that are on their way. */
const underWayMs = 5_000;

export const targets: Readonly<Record<string, string>> = { net: scopeId, south: southId };

interface Release {
  association: string;
  atMs: number;
}

export class Ledger {
  readonly violations: string[] = [];
  /** Server → scope that it is in, before the call that is judged. */
  readonly #scopes = new Map<string, string>();
  /** Servers that the operator has put into the scope that they are in. */
  readonly taken = new Set<string>();
  /** Servers that a person moved or made anew since: whether they count as taken is not told by what Azure shows. */
  readonly unclear = new Set<string>();
  readonly #touchedMs = new Map<string, number>();
  readonly #specsMs = new Map<string, number>();
  readonly #releases: Release[] = [];
  readonly #lab: Laboratory;
  /** As they are in Kubernetes. */
  associations: readonly ArcServerAssociation[] = [];
  /** Patches of servers so far. */
  patches = 0;

  constructor(lab: Laboratory) {
    this.#lab = lab;
    for (const { id, properties } of lab.world.resources.ofType('Microsoft.HybridCompute/machines'))
      this.#scopes.set(low(id), low(properties['privateLinkScopeResourceId']));
  }

  /** A person did something to the server: the operator cannot have seen it yet. */
  byHand(id: string): void {
    this.#touchedMs.set(low(id), this.#lab.clock.now());
    this.unclear.add(low(id));
    this.#scopes.set(low(id), low(this.#lab.portal.get(id)?.properties['privateLinkScopeResourceId']));
  }

  /** A person changed tags alone. */
  tagged(id: string): void {
    this.#touchedMs.set(low(id), this.#lab.clock.now());
  }

  specChanged(association: string): void {
    this.#specsMs.set(association, this.#lab.clock.now());
  }

  /** Every exchange of the operator's. */
  readonly enter = (request: ArmRequest, response: ArmResponse): void => {
    const id = decodeURIComponent(request.url.pathname);
    if (request.method === 'GET' || !/\/machines\/[^/]+$/i.test(id)) return;
    if (request.method !== 'PATCH') this.#wrong(`${request.method} of server ${id}`);
    if (response.status >= 300) return;
    this.patches += 1;
    const body = JSON.parse(request.body) as { properties?: Record<string, unknown> };
    const fields = [...Object.keys(body), ...Object.keys(body.properties ?? {})].join();
    if (fields !== 'properties,privateLinkScopeResourceId') this.#wrong(`PATCH of ${fields} of ${id}`);
    this.#judge(id, low(this.#scopes.get(low(id))), low(body.properties?.['privateLinkScopeResourceId']));
  };

  #judge(id: string, from: string, to: string): void {
    const server = this.#lab.portal.need(id);
    if (to === '') this.#judgeRelease(server, from);
    else this.#judgeTake(server, from, to);
    this.#scopes.set(low(id), to);
    if (to === '') this.taken.delete(low(id));
    else if (to !== from) this.taken.add(low(id));
    this.unclear.delete(low(id));
  }

  #judgeTake(server: Resource, from: string, to: string): void {
    if (this.#isUnseen(server.id)) return;
    const claims = this.associations.filter((one) => low(targetOf(one)) === to && this.selects(one, server));
    const recent = this.associations.some((one) => low(targetOf(one)) === to && this.#isRecent(one));
    if (claims.length === 0 && !recent) this.#wrong(`${server.name} was taken into ${lastName(to)}, unasked`);
    const moves = claims.some(({ spec }) => spec.conflictPolicy === 'Move');
    const foreign = from !== '' && from !== to;
    if (foreign && !moves && !recent)
      this.#wrong(`${server.name} was taken from ${lastName(from)} under Refuse`);
    const held = Object.values(targets).map(low).includes(from) && this.taken.has(low(server.id));
    if (foreign && held)
      this.#wrong(`${server.name} was taken from ${lastName(from)}, where an association holds it`);
  }

  #judgeRelease(server: Resource, from: string): void {
    const there = this.associations.filter((one) => low(targetOf(one)) === from);
    const holder = there.find((one) => this.selects(one, server));
    // One that is being deleted sees what was changed before its deletion.
    const deleted = there.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
    const unseen = this.#isUnseen(server.id) || (!deleted && there.some((one) => this.#isRecent(one)));
    if (holder !== undefined && !unseen)
      this.#wrong(`${server.name} was cut off, although ${holder.metadata.name} selects it`);
    if (!this.taken.has(low(server.id)) && !this.unclear.has(low(server.id)))
      this.#wrong(`${server.name} was released from ${lastName(from)}, which it was in before`);
    if (from === low(otherScopeId)) this.#wrong(`${server.name} was taken out of a stranger's scope`);
    this.#count(from);
  }

  /** Rule 16: nobody ever confirms anything in this month. */
  #count(from: string): void {
    const now = this.#lab.clock.now();
    this.#releases.push({ association: from, atMs: now });
    const lately = this.#releases.filter(
      ({ association, atMs }) => association === from && now - atMs < hourMs,
    );
    const held = [...this.taken].filter((id) => this.#scopes.get(id) === from).length + lately.length;
    // Two associations may share a scope.
    if (lately.length > 2 * Math.max(10, held / 10)) this.#wrong(`${lately.length} releases within an hour`);
  }

  selects({ metadata, spec }: ArcServerAssociation, server: Resource): boolean {
    if (metadata.deletionTimestamp !== undefined || spec.suspend) return false;
    const scope = this.#lab.portal.get(targetOf({ spec }));
    return isSelected(server, spec.machines) && isOfRegion(server, scope);
  }

  #isUnseen(id: string): boolean {
    return this.#lab.clock.now() - (this.#touchedMs.get(low(id)) ?? Number.NEGATIVE_INFINITY) < unseenMs;
  }

  #isRecent({ metadata }: ArcServerAssociation): boolean {
    return (
      this.#lab.clock.now() - (this.#specsMs.get(metadata.name) ?? Number.NEGATIVE_INFINITY) < underWayMs
    );
  }

  #wrong(line: string): void {
    this.violations.push(`${new Date(this.#lab.clock.now()).toISOString()}: ${line}`);
  }
}

export function targetOf({ spec }: Pick<ArcServerAssociation, 'spec'>): string {
  return targets[spec.scopeRef?.name ?? ''] ?? '';
}

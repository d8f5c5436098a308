import { scopes } from '../../../src/api/resources.ts';
import type { ArcServerAssociation } from '../../../src/api/types.ts';
import { findCondition } from '../../../src/runtime/conditions.ts';
import { namespace, type Laboratory } from '../../world/laboratory.ts';
import { otherScopeId } from '../../world/small-seed.ts';
import type { Resource } from '../../world/azure/store.ts';
import { differences } from '../acto/scope-model.ts';
import { isFree, isIn, serversOf } from '../acto/server-model.ts';
import { targetOf, type Ledger } from './ledger.ts';

/** At the end of a quiet evening everything is as the specs say, and nothing is written any more. */
export class Evening {
  readonly #lab: Laboratory;
  readonly #ledger: Ledger;
  #azure = 0;
  #kubernetes = 0;

  constructor(lab: Laboratory, ledger: Ledger) {
    this.#lab = lab;
    this.#ledger = ledger;
  }

  /** From now on nothing is to be written. */
  listen(): void {
    this.#azure = this.#lab.world.writes().length;
    this.#kubernetes = this.#lab.kubernetes.writes('ArcPrivateLinkScope', 'ArcServerAssociation').length;
  }

  async lines(): Promise<string[]> {
    return [...this.#writes(), ...(await this.#scopes()), ...this.#associations(), ...this.#servers()];
  }

  #writes(): string[] {
    const azure = this.#lab.world.writes().slice(this.#azure);
    const kubernetes = this.#lab.kubernetes
      .writes('ArcPrivateLinkScope', 'ArcServerAssociation')
      .slice(this.#kubernetes);
    const texts = [
      ...azure.map(({ method, path, status }) => `${method} ${path} (${status})`),
      ...kubernetes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`),
    ];
    return texts.length === 0 ? [] : [`still written in a quiet hour: ${texts.slice(0, 5).join(', ')}`];
  }

  async #scopes(): Promise<string[]> {
    const { items } = await this.#lab.kubernetes.list(scopes, { namespace });
    return items.flatMap(({ metadata, spec, status }) => {
      const { name } = metadata;
      const told = notReady(name, status?.conditions);
      const wrong = differences(
        this.#lab.world,
        spec as unknown as Record<string, unknown>,
        name,
        `cluster/lab/${name}`,
      );
      return [...told, ...wrong.map((line) => `scope ${name}: ${line}`)];
    });
  }

  #associations(): string[] {
    return this.#ledger.associations.flatMap(({ metadata }) => {
      if (metadata.deletionTimestamp !== undefined) return [`${metadata.name} is still being deleted`];
      return [];
    });
  }

  #servers(): string[] {
    const wrong = serversOf(this.#lab.world).flatMap((server) => this.#misplaced(server));
    return wrong.slice(0, 8);
  }

  #misplaced(server: Resource): string[] {
    const claims = this.#ledger.associations.filter((one) => this.#ledger.selects(one, server));
    const shown = String(server.properties['privateLinkScopeResourceId'] ?? '');
    const told = `${server.name} is in '${shown}'`;
    if (claims.length > 0)
      return this.#wanted(server, claims) ? [] : [`${told}, though ${claims[0]?.metadata.name} selects it`];
    const id = server.id.toLowerCase();
    return this.#ledger.taken.has(id) && !this.#ledger.unclear.has(id) && !isFree(server)
      ? [`${told}, though nothing selects it any more`]
      : [];
  }

  #wanted(server: Resource, claims: readonly ArcServerAssociation[]): boolean {
    if (claims.some((one) => isIn(server, targetOf(one)))) return true;
    // Under Refuse a server of another scope is left there and listed.
    const elsewhere = !isFree(server);
    const moves = claims.some(({ spec }) => spec.conflictPolicy === 'Move');
    const strange = isIn(server, otherScopeId);
    return elsewhere && !(moves && strange);
  }
}

function notReady(name: string, conditions: Parameters<typeof findCondition>[0] = []): string[] {
  const ready = findCondition(conditions, 'Ready');
  return ready?.status === 'True' ? [] : [`${name} is not Ready: ${ready?.reason}: ${ready?.message}`];
}

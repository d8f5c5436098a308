import { anonymous } from '../acto/life.ts';
import type { ServersLab } from '../../world/servers.ts';

/** What an operator did to Azure by effect: what came, what went, and which scope each server was in, in order. */
export class Ledger {
  readonly #lab: ServersLab;
  #present: Set<string>;
  readonly #servers = new Map<string, string[]>();
  /** `+ /subscriptions/…` and `- /subscriptions/…`, with how often. */
  readonly #changes = new Map<string, number>();

  constructor(lab: ServersLab) {
    this.#lab = lab;
    this.#present = this.#ids();
    lab.onExchange = () => this.look();
  }

  look(): void {
    const now = this.#ids();
    for (const id of now) if (!this.#present.has(id)) this.#count(`+ ${id}`);
    for (const id of this.#present) if (!now.has(id)) this.#count(`- ${id}`);
    this.#present = now;
    for (const { name, properties } of this.#lab.world.resources.ofType('Microsoft.HybridCompute/machines')) {
      const scope =
        String(properties['privateLinkScopeResourceId'] ?? '')
          .split('/')
          .pop() ?? '';
      const known = this.#servers.get(name) ?? [];
      if (known.at(-1) !== scope) this.#servers.set(name, [...known, scope]);
    }
  }

  /** As lines that can be compared with another run's, in no order. */
  lines(): string[] {
    this.look();
    return anonymous([
      ...[...this.#changes].map(([change, times]) => `${change} ${times} times`),
      ...[...this.#servers].map(([name, scopes]) => `${name} was in: ${scopes.join(' → ')}`),
    ]).sort();
  }

  /** PATCHes that Azure took, by server. */
  patches(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { path, status } of this.#lab.machineCalls('PATCH')) {
      const name = path.split('/').pop() ?? '';
      if (status < 400) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  #count(change: string): void {
    this.#changes.set(change, (this.#changes.get(change) ?? 0) + 1);
  }

  #ids(): Set<string> {
    return new Set(this.#lab.world.resources.all().map(({ id }) => id.toLowerCase()));
  }
}

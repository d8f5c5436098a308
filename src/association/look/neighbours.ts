import type { ArcServerAssociation } from '../../api/types.ts';
import { SelectorIndex } from '../../domain/selector-index.ts';
import type { AssociationDeps } from '../deps.ts';
import type { Others, Server } from '../seen.ts';
import { Sightings } from '../sightings.ts';
import { Around } from './others.ts';

/** The other associations of the cluster: which of them matter to servers of ours, and what their slices say. */
export class Neighbours {
  readonly sightings = new Sightings();
  readonly #index = new SelectorIndex();
  readonly #deps: AssociationDeps;

  constructor(deps: AssociationDeps) {
    this.#deps = deps;
  }

  /** `servers` are those that are seen; `scopeId` is the scope that ours belong to. */
  async look(
    own: ArcServerAssociation,
    scopeId: string | undefined,
    servers: readonly Server[],
  ): Promise<Others> {
    const all = this.#deps.associations.list();
    this.#index.sync(all);
    const here = all.filter((object) => this.#deps.worksOn(object));
    this.sightings.keepOnly(new Set(here.map(({ metadata }) => metadata.uid ?? '')));
    const around = new Around(this.#deps, this.#index, this.sightings, { object: own, scopeId });
    await around.readUnsighted(servers);
    await around.readHandOvers(servers);
    await around.claimAll(servers);
    return around;
  }
}

import type { ArcServerAssociation } from '../api/types.ts';
import { parseResourceId } from '../azure/ids.ts';
import type { Pass } from './context.ts';
import { rankOf, selectionOf, type Rival } from './select.ts';
import { scopeIdOf, scopeObject } from './target.ts';

/** The other live associations of the cluster: a server belongs to one of them at most. */
export function rivalsOf({ deps, object }: Pick<Pass, 'deps' | 'object'>): Rival[] {
  return deps.associations
    .list()
    .filter(
      ({ metadata }) => metadata.uid !== object.metadata.uid && metadata.deletionTimestamp === undefined,
    )
    .map((other) => rivalOf(deps, other));
}

function rivalOf(deps: Pass['deps'], other: ArcServerAssociation): Rival {
  const scopeId = scopeIdOf(deps, other);
  const subscription =
    scopeObject({ deps, object: other })?.spec.subscriptionId ??
    parseResourceId(scopeId ?? '')?.subscriptionId ??
    '';
  return {
    name: `${other.metadata.namespace}/${other.metadata.name}`,
    scopeId,
    rank: rankOf(other),
    selects: selectionOf(other.spec.machines, subscription),
  };
}
